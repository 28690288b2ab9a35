/** One socket of a terminal, from its opening to its end. */

import type { WebSocket } from 'ws';
import type { WirePlace } from '../src/link/alert-protocol.ts';
import { CLOSE, SUBPROTOCOL, SUBPROTOCOL_NOW, type TerminalFrame } from '../src/link/protocol.ts';
import { retryAfterReason } from '../src/link/upload-protocol.ts';
import { Pressure } from './back-pressure.ts';
import type { ClientIdentity } from './client-identity.ts';
import { ClockSounding } from './clock-sounding.ts';
import { PLATFORM_TERMINAL, type Suspicion, type Taken, type Told } from './fact-log.ts';
import type { TerminalRegistry } from './terminal-registry.ts';

export interface LinkSettings {
  /** Heartbeats go both ways at this interval; after two missed ones the peer counts as dead. */
  readonly beatMs: number;
  /** How long a new socket may take to say who it is. */
  readonly helloMs: number;
  /** Who comes when so many are there is asked to come again later. */
  readonly sessionsMax: number;
  /** Whose facts take longer than this to store is asked for fewer. */
  readonly slowMs: number;
}

export type Hello = Extract<TerminalFrame, { frame: 'hello' }>;

export interface Session {
  readonly socket: WebSocket;
  /** Null: of a terminal that is not enrolled. */
  readonly client: ClientIdentity | null;
  hello: Hello | null;
  /** Which of all sockets it was, in the order in which they were opened. */
  readonly opened: number;
  readonly pressure: Pressure;
  /** What its beats tell of its clock. */
  readonly sounding: ClockSounding;
  /** There were heads that it did not get. */
  isWithheld: boolean;
  /** Beats sent since the peer was last heard. Counted, not timed: a stall of this process cuts nobody off. */
  missed: number;
  /** Ends what it hears of the platform's news. */
  unsubscribe: (() => void) | null;
  /** Set once this side has decided to close; whatever still arrives is not looked at. */
  ended: boolean;
}

/** What somebody said: a frame, or what is wrong with it. */
export interface Said {
  readonly session: Session;
  readonly frame: TerminalFrame | string;
}

/** What follows from a frame. */
export interface Plan {
  /** What of it is to be durable first. */
  readonly told?: Told;
  /** What is done then; with what became of it. */
  readonly answer: (taken: Taken | undefined) => void;
}

/** For the log. */
export function who({ hello }: Session): { terminal: string } | object {
  return hello ? { terminal: hello.terminal } : {};
}

/**
 * What a ledger shows that was copied. One that merely went back may have been restored, or lost what its disk never
 * kept; it shows as a fork as soon as it goes on by itself.
 */
const COPIED: ReadonlySet<Suspicion> = new Set(['fork', 'boot-went-back']);

export function isCopied(suspected: readonly Suspicion[]): boolean {
  return suspected.some((why) => COPIED.has(why));
}

/** Whether it knows `hash` and `slow`, which came after `kazasu.v1`. */
export function knowsSlow({ socket }: Session): boolean {
  return socket.protocol !== SUBPROTOCOL;
}

/** Where it stands; undefined: nowhere, or it does not know what an alert is. */
export function placeOf({ socket, hello }: Session): WirePlace | undefined {
  return socket.protocol === SUBPROTOCOL_NOW ? hello?.place : undefined;
}

let sockets = 0;

export function sessionOf(
  socket: WebSocket,
  client: ClientIdentity | null,
  slowMs: number,
): Session {
  sockets += 1;
  const pressure = new Pressure(slowMs);
  const sounding = new ClockSounding((payload) => {
    if (socket.readyState === socket.OPEN) socket.ping(payload);
  });
  socket.on('pong', (payload: Buffer) => sounding.ponged(String(payload)));
  socket.once('close', () => sounding.end());
  const state = { hello: null, opened: sockets, isWithheld: false, missed: 0 };
  return { socket, client, pressure, sounding, ...state, unsubscribe: null, ended: false };
}

/**
 * Which of a terminal's sockets that have said hello was opened last. One that was opened before it and says hello behind it is
 * of an earlier start, whose machine was cut off: a slow network, and no copy.
 */
export class Openings {
  readonly #last = new Map<string, number>();

  /** Whether a socket that was opened later has said hello already. */
  isOvertaken({ opened }: Session, terminal: string): boolean {
    if (opened < (this.#last.get(terminal) ?? 0)) return true;
    this.#last.set(terminal, opened);
    return false;
  }
}

/** Null, or how the socket of one ends that is not to be heard under this name. */
export function helloFault(
  session: Session,
  terminal: string,
  terminals: Pick<TerminalRegistry, 'standing'>,
  openings: Openings,
): { readonly code: number; readonly reason: string } | null {
  const reason = nameFault(session, terminal, terminals);
  if (reason !== null) return { code: CLOSE.identity, reason };
  if (!openings.isOvertaken(session, terminal)) return null;
  return { code: CLOSE.replaced, reason: 'a newer socket took over' };
}

/** While nobody has said which of two is the terminal, one that opens an epoch does not cut off the other. */
export function isTwin(other: Session | undefined, epoch: string, isQuarantined: boolean): boolean {
  const known = other?.hello?.epoch;
  return known !== undefined && known !== epoch && isQuarantined;
}

/** Null, or why the one at the other end may not call itself so. */
function nameFault(
  { client }: Session,
  terminal: string,
  terminals: Pick<TerminalRegistry, 'standing'>,
): string | null {
  if (terminal === PLATFORM_TERMINAL) return 'a terminal that calls itself the platform';
  if (client !== null) return client.terminal === terminal ? null : 'the certificate of another';
  const standing = terminals.standing(terminal);
  return standing === null || standing === 'added' ? null : 'enrolled, and came without TLS';
}

/** What a peer gets to answer a close before its socket is destroyed. */
const CLOSE_MS = 2_000;

/** Says goodbye; whatever still arrives is not looked at. */
export function endSession(session: Session, code: number, reason: string): void {
  if (session.ended) return;
  session.ended = true;
  closeFor(session.socket, code, reason);
}

/** The reason of a close 1013. Each adds its own jitter to it. */
export const COME_AGAIN = retryAfterReason(30);

/** There is no room: whoever it is shall come again later. */
export function putOff(socket: WebSocket): void {
  socket.on('error', () => {});
  closeFor(socket, CLOSE.tryLater, COME_AGAIN);
}

function closeFor(socket: WebSocket, code: number, reason: string): void {
  socket.close(code, reason);
  const timer = setTimeout(() => socket.terminate(), CLOSE_MS);
  socket.once('close', () => clearTimeout(timer));
}

/** Who a card's proof may have been made for at this terminal: any of its certificates, or its name while it has none. */
export function signersOf(
  { client }: Session,
  terminal: string,
  terminals: Pick<TerminalRegistry, 'certificates'>,
): Buffer[] {
  if (client === null) return [Buffer.from(terminal, 'utf8')];
  return terminals.certificates(terminal).map(({ der }) => der);
}
