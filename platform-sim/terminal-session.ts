/** One socket of a terminal, from its opening to its end. */

import type { WebSocket } from 'ws';
import type { TerminalFrame } from '../src/link/protocol.ts';
import type { ClientIdentity } from './client-identity.ts';

export type Hello = Extract<TerminalFrame, { frame: 'hello' }>;

export interface Session {
  readonly socket: WebSocket;
  /** Null: of a terminal that is not enrolled. */
  readonly client: ClientIdentity | null;
  hello: Hello | null;
  /** There were heads that it did not get. */
  isWithheld: boolean;
  /** Beats sent since the peer was last heard. Counted, not timed: a stall of this process cuts nobody off. */
  missed: number;
  /** Set once this side has decided to close; whatever still arrives is not looked at. */
  ended: boolean;
}

/** For the log. */
export function who({ hello }: Session): { terminal: string } | object {
  return hello ? { terminal: hello.terminal } : {};
}
