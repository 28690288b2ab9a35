/** What the links to terminals are made of. */

import type { PlatformFrame } from '../src/link/protocol.ts';
import type { TellAlerts } from './alerts/telling.ts';
import type { FactLog } from './fact-log.ts';
import type { FanOut } from './fan-out.ts';
import type { Heads } from './heads.ts';
import type { TerminalQuestions } from './questions.ts';
import type { PlatformKeys } from './signing.ts';
import type { TerminalRegistry } from './terminal-registry.ts';

/** One line of what the platform says it does; the fields hold no content of facts, lists or certificates. */
export type PlatformLog = (event: string, fields: Readonly<Record<string, unknown>>) => void;

/** The frames of what is asked of a terminal now, behind the command `after`. */
export type TellCommands = (terminal: string, after: number) => readonly PlatformFrame[];

export interface LinkParts {
  readonly facts: FactLog;
  readonly fanOut: FanOut;
  readonly heads: Heads;
  readonly keys: PlatformKeys;
  readonly terminals: TerminalRegistry;
  readonly commands: TellCommands;
  readonly tellAlerts: TellAlerts;
  readonly questions: TerminalQuestions;
  readonly log: PlatformLog;
}
