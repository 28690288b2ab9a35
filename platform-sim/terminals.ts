/** The terminals that are connected: one session a socket, every frame checked, the newest socket of each wins. */

import { WebSocket } from 'ws';
import {
  CLOSE,
  LIMITS,
  type PlatformFrame,
  TERMINAL_FRAME,
  type TerminalFrame,
} from '../src/link/protocol.ts';
import { type FactStore, NotAFactError, PLATFORM_TERMINAL } from './facts.ts';
import { type Heads, isFor, type ListHead } from './heads.ts';

export interface LinkSettings {
  /** Heartbeats go both ways at this interval; after two missed ones the peer counts as dead. */
  readonly beatMs: number;
  /** How long a new socket may take to say who it is. */
  readonly helloMs: number;
}

/** One line of what the platform says it does; the fields hold no content of facts, lists or certificates. */
export type PlatformLog = (event: string, fields: Readonly<Record<string, unknown>>) => void;

const CREDIT = { batch: 200, bytes: 262_144, inflight: 4 } as const;
/** A client that doesn't read gets no more than this kept for it. */
const BUFFERED_BYTES_MAX = 1_048_576;
/** What a peer gets to answer a close before its socket is destroyed. */
const CLOSE_MS = 2_000;
const MISSED_BEATS_MAX = 2;
/** RFC 6455 7.4.1: the server is going away. */
const GOING_AWAY = 1001;

type Hello = Extract<TerminalFrame, { frame: 'hello' }>;
type Facts = Extract<TerminalFrame, { frame: 'facts' }>;

/** What terminals are told of the platform's keys. */
export interface PlatformRoots {
  /** DER. */
  readonly caCertificate: Buffer;
  /** Every version of the root, the first one first. */
  readonly roots: readonly Buffer[];
}

/** The frames of what is asked of a terminal now, behind the command `after`. */
export type TellCommands = (terminal: string, after: number) => readonly PlatformFrame[];

interface Session {
  readonly socket: WebSocket;
  hello: Hello | null;
  /** Beats sent since the peer was last heard. Counted, not timed: a stall of this process cuts nobody off. */
  missed: number;
  /** Set once this side has decided to close; whatever still arrives is not looked at. */
  ended: boolean;
}

export class TerminalLinks {
  readonly #facts: FactStore;
  readonly #heads: Heads;
  readonly #keys: PlatformRoots;
  readonly #settings: LinkSettings;
  readonly #commands: TellCommands;
  readonly #log: PlatformLog;
  readonly #sessions = new Set<Session>();
  readonly #newest = new Map<string, Session>();
  readonly #beat: NodeJS.Timeout;
  #closing = false;

  constructor(
    parts: {
      facts: FactStore;
      heads: Heads;
      keys: PlatformRoots;
      commands: TellCommands;
      log: PlatformLog;
    },
    settings: LinkSettings,
  ) {
    this.#facts = parts.facts;
    this.#heads = parts.heads;
    this.#keys = parts.keys;
    this.#commands = parts.commands;
    this.#log = parts.log;
    this.#settings = settings;
    this.#beat = setInterval(() => this.#beatAll(), settings.beatMs);
  }

  /** Takes over a socket that has just been opened. */
  accept(socket: WebSocket): void {
    if (this.#closing) {
      socket.terminate();
      return;
    }
    const session: Session = { socket, hello: null, missed: 0, ended: false };
    this.#sessions.add(session);
    const helloTimer = setTimeout(
      () => this.#refuse(session, 'no hello in time'),
      this.#settings.helloMs,
    );
    socket.on('message', (data: Buffer, isBinary) => {
      session.missed = 0;
      if (!session.ended) this.#receive(session, data, isBinary);
      if (session.hello) clearTimeout(helloTimer);
    });
    // ws closes the socket itself after an error of the websocket layer (RFC 6455 7.1.7); 'close' follows.
    socket.on('error', (error: NodeJS.ErrnoException) => {
      this.#log('frame.refused', { ...who(session), detail: error.code ?? error.name });
    });
    socket.on('close', (code) => {
      clearTimeout(helloTimer);
      this.#sessions.delete(session);
      const terminal = session.hello?.terminal;
      if (terminal && this.#newest.get(terminal) === session) this.#newest.delete(terminal);
      this.#log('terminal.closed', { ...who(session), code });
    });
  }

  /** Pokes every terminal that a head is for. */
  announce(heads: readonly ListHead[]): void {
    for (const session of this.#newest.values()) {
      for (const head of heads) this.#sendHead(session, head);
    }
  }

  /** Tells every terminal the versions of the root after `after`. */
  announceRoots(after: number): void {
    for (const session of this.#newest.values()) this.#sendRoots(session, after);
  }

  /** Tells each terminal what is asked of it behind the command `after`. */
  announceCommands(after: number): void {
    for (const session of this.#newest.values()) {
      if (session.hello) this.#sendCommands(session, session.hello, after);
    }
  }

  /** Says goodbye to everyone; resolves when all sockets are closed. */
  async close(): Promise<void> {
    clearInterval(this.#beat);
    this.#closing = true;
    const closed = [...this.#sessions].map(
      ({ socket }) => new Promise((resolve) => socket.once('close', resolve)),
    );
    for (const session of this.#sessions) this.#end(session, GOING_AWAY, 'platform stops');
    await Promise.all(closed);
  }

  #receive(session: Session, data: Buffer, isBinary: boolean): void {
    const frame = isBinary ? 'binary frame' : parseFrame(data);
    const fault = typeof frame === 'string' ? frame : this.#answer(session, frame);
    if (fault) this.#refuse(session, fault);
  }

  /** Null, or why this frame is not of the protocol here. */
  #answer(session: Session, frame: TerminalFrame): string | null {
    const { hello } = session;
    if (frame.frame === 'hello') return hello ? 'a second hello' : this.#welcome(session, frame);
    if (!hello) return `${frame.frame} before hello`;
    // Being heard is all that a beat is for.
    return frame.frame === 'beat' ? null : this.#take(session, hello, frame);
  }

  #welcome(session: Session, hello: Hello): null {
    const { terminal, epoch } = hello;
    if (terminal === PLATFORM_TERMINAL) {
      this.#log('frame.refused', { detail: 'a terminal that calls itself the platform' });
      this.#end(session, CLOSE.identity, 'this name is taken');
      return null;
    }
    const now = Date.now();
    const { upto, suspected } = this.#facts.hello(hello, now);
    const replaced = this.#newest.get(terminal);
    session.hello = hello;
    this.#newest.set(terminal, session);
    if (replaced) this.#end(replaced, CLOSE.replaced, 'a newer socket took over');
    this.#log('terminal.connected', {
      ...{ terminal, epoch, upto, root: hello.root },
      waiting: hello.last.seq - upto,
    });
    for (const why of suspected) this.#log('terminal.suspected', { terminal, epoch, why });
    this.#send(session, {
      frame: 'welcome',
      now: new Date(now).toISOString(),
      platform: this.#keys.caCertificate.toString('base64'),
      upto,
      credit: CREDIT,
      beatMs: this.#settings.beatMs,
    });
    // Before the heads, which are signed by keys that the newest root names.
    this.#sendRoots(session, hello.root);
    for (const head of this.#heads.all()) this.#sendHead(session, head);
    this.#sendCommands(session, hello, 0);
    return null;
  }

  #take(session: Session, { terminal, epoch }: Hello, { from, items }: Facts): string | null {
    try {
      const outcome = this.#facts.store({ terminal, epoch }, from, items, Date.now());
      const { kind, ...counts } = outcome;
      this.#log(`facts.${kind}`, { terminal, epoch, from, ...counts });
      this.#send(session, { frame: kind === 'gap' ? 'gap' : 'ack', upto: outcome.upto });
      return null;
    } catch (error) {
      if (!(error instanceof NotAFactError)) throw error;
      return error.message;
    }
  }

  #refuse(session: Session, detail: string): void {
    if (session.ended) return;
    this.#log('frame.refused', { ...who(session), code: CLOSE.notOfTheProtocol, detail });
    this.#end(session, CLOSE.notOfTheProtocol, detail);
  }

  #end(session: Session, code: number, reason: string): void {
    if (session.ended) return;
    session.ended = true;
    const { socket } = session;
    socket.close(code, reason);
    const timer = setTimeout(() => socket.terminate(), CLOSE_MS);
    socket.once('close', () => clearTimeout(timer));
  }

  #sendHead(session: Session, head: ListHead): void {
    const { hello } = session;
    if (hello && isFor(head, hello.terminal, hello.lists)) this.#sendText(session, head.frame);
  }

  #sendCommands(session: Session, { terminal }: Hello, after: number): void {
    for (const frame of this.#commands(terminal, after)) this.#send(session, frame);
  }

  #sendRoots(session: Session, after: number): void {
    const roots = this.#keys.roots.slice(after).map((root) => root.toString('base64'));
    for (let at = 0; at < roots.length; at += LIMITS.roots) {
      this.#send(session, { frame: 'root', statements: roots.slice(at, at + LIMITS.roots) });
    }
  }

  #send(session: Session, frame: PlatformFrame): void {
    this.#sendText(session, JSON.stringify(frame));
  }

  #sendText(session: Session, text: string): void {
    const { socket } = session;
    if (socket.readyState !== WebSocket.OPEN) return;
    socket.send(text);
    if (socket.bufferedAmount <= BUFFERED_BYTES_MAX) return;
    this.#log('frame.refused', { ...who(session), detail: 'does not read what it is sent' });
    session.ended = true;
    socket.terminate();
  }

  #beatAll(): void {
    const now = new Date().toISOString();
    for (const session of this.#sessions) {
      if (!session.hello || session.ended) continue;
      if (session.missed >= MISSED_BEATS_MAX) this.#end(session, CLOSE.silent, 'two beats missed');
      else this.#send(session, { frame: 'beat', now });
      session.missed += 1;
    }
  }
}

/** The frame, or what is wrong with it: a place in it at most, never its content. */
function parseFrame(data: Buffer): TerminalFrame | string {
  if (data.length > LIMITS.frameBytes) return 'frame too large';
  let value: unknown;
  try {
    value = JSON.parse(data.toString('utf8'));
  } catch {
    return 'not JSON';
  }
  const parsed = TERMINAL_FRAME.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  return `not of the protocol: ${issue?.code} at ${issue?.path.join('.') || 'the frame'}`.slice(
    0,
    100,
  );
}

function who({ hello }: Session): { terminal: string } | object {
  return hello ? { terminal: hello.terminal } : {};
}
