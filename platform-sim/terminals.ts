/** The terminals that are connected: one session a socket, every frame checked, the newest socket of each wins. */

import { WebSocket } from 'ws';
import {
  CLOSE,
  LIMITS,
  type PlatformFrame,
  TERMINAL_FRAME,
  type TerminalFrame,
} from '../src/link/protocol.ts';
import type { ClientIdentity } from './client-identity.ts';
import { type FactStore, NotAFactError, PLATFORM_TERMINAL, type Suspicion } from './facts.ts';
import { type Heads, isFor, type ListHead, wrappedFrame } from './heads.ts';
import type { TerminalQuestions } from './questions.ts';
import type { PlatformKeys } from './signing.ts';
import type { TerminalRegistry } from './terminal-registry.ts';

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

/**
 * What a ledger shows that was copied. One that merely went back may have been restored, or lost what its disk never
 * kept; it shows as a fork as soon as it goes on by itself.
 */
const COPIED: ReadonlySet<Suspicion> = new Set(['fork', 'boot-went-back']);

type Hello = Extract<TerminalFrame, { frame: 'hello' }>;
type Ask = Extract<TerminalFrame, { frame: 'ask' }>;
type Facts = Extract<TerminalFrame, { frame: 'facts' }>;

/** The frames of what is asked of a terminal now, behind the command `after`. */
export type TellCommands = (terminal: string, after: number) => readonly PlatformFrame[];

interface Session {
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

export class TerminalLinks {
  readonly #facts: FactStore;
  readonly #heads: Heads;
  readonly #keys: PlatformKeys;
  readonly #terminals: TerminalRegistry;
  readonly #questions: TerminalQuestions;
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
      keys: PlatformKeys;
      terminals: TerminalRegistry;
      commands: TellCommands;
      questions: TerminalQuestions;
      log: PlatformLog;
    },
    settings: LinkSettings,
  ) {
    this.#facts = parts.facts;
    this.#heads = parts.heads;
    this.#keys = parts.keys;
    this.#commands = parts.commands;
    this.#terminals = parts.terminals;
    this.#questions = parts.questions;
    this.#log = parts.log;
    this.#settings = settings;
    this.#beat = setInterval(() => this.#beatAll(), settings.beatMs);
  }

  /** Takes over a socket that has just been opened; `client`: who is at its other end, where that is known. */
  accept(socket: WebSocket, client: ClientIdentity | null): void {
    if (this.#closing) {
      socket.terminate();
      return;
    }
    const session: Session = {
      ...{ socket, client, hello: null, isWithheld: false, missed: 0, ended: false },
    };
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

  /** Something was decided about terminals: ends the links of those that are revoked, and tells those that were released. */
  review(): void {
    for (const session of this.#sessions) {
      const { client, hello } = session;
      if (hello === null || session.ended) continue;
      const { terminal } = hello;
      if (client !== null && this.#terminals.standing(terminal) === 'revoked') {
        this.#log('terminal.cut-off', { terminal });
        this.#end(session, CLOSE.identity, 'revoked');
      } else if (session.isWithheld && !this.#mustWithhold(session, hello)) {
        for (const head of this.#heads.all()) this.#sendHead(session, head);
        this.#sendCommands(session, hello, 0);
      }
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
    if (frame.frame === 'ask') {
      void this.#reply(session, hello, frame);
      return null;
    }
    // Being heard is all that a beat is for.
    if (frame.frame === 'beat') return null;
    if (frame.frame === 'renew') return this.#renew(session, frame.request);
    return this.#take(session, hello, frame);
  }

  async #reply(session: Session, hello: Hello, ask: Ask): Promise<void> {
    const { terminal } = hello;
    const signedAs =
      session.client === null
        ? [Buffer.from(terminal, 'utf8')]
        : this.#terminals.certificates(terminal).map(({ der }) => der);
    if (this.#mustWithhold(session, hello)) {
      this.#send(session, { frame: 'fault', id: ask.id, fault: 'not-served' });
      return;
    }
    const asker = { terminal, signedAs };
    await this.#questions.deliver(asker, ask, (answer) => this.#send(session, answer));
  }

  #welcome(session: Session, hello: Hello): null {
    const { terminal, epoch } = hello;
    const fault = this.#nameFault(session, terminal);
    if (fault !== null) {
      this.#log('frame.refused', { detail: fault });
      this.#end(session, CLOSE.identity, fault);
      return null;
    }
    const now = Date.now();
    const { upto, suspected } = this.#facts.hello(hello, now);
    session.hello = hello;
    const isCopy = suspected.some((why) => COPIED.has(why));
    if (isCopy) this.#suspect(terminal, suspected, now);
    this.#takeOver(session, terminal, isCopy);
    if (session.client) this.#terminals.connected(session.client.certificate);
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

  /** Null, or why the one at the other end may not call itself so. */
  #nameFault({ client }: Session, terminal: string): string | null {
    if (terminal === PLATFORM_TERMINAL) return 'a terminal that calls itself the platform';
    if (client !== null) return client.terminal === terminal ? null : 'the certificate of another';
    const standing = this.#terminals.standing(terminal);
    return standing === null || standing === 'added' ? null : 'enrolled, and came without TLS';
  }

  /** The newest socket wins while it continues what is held here. One that does not may be a copy: then both are heard. */
  #takeOver(session: Session, terminal: string, isCopy: boolean): void {
    const replaced = this.#newest.get(terminal);
    if (replaced && isCopy) return;
    this.#newest.set(terminal, session);
    if (replaced) this.#end(replaced, CLOSE.replaced, 'a newer socket took over');
  }

  #suspect(terminal: string, suspected: readonly Suspicion[], now: number): void {
    for (const why of suspected) {
      if (this.#terminals.quarantine(terminal, why, now)) {
        this.#log('terminal.quarantined', { terminal, why });
      }
    }
  }

  #take(session: Session, { terminal, epoch }: Hello, { from, items }: Facts): string | null {
    try {
      const now = Date.now();
      const outcome = this.#facts.store({ terminal, epoch }, from, items, now);
      const { kind, ...counts } = outcome;
      if (kind === 'stored' && outcome.quarantined > 0) this.#suspect(terminal, ['fork'], now);
      this.#log(`facts.${kind}`, { terminal, epoch, from, ...counts });
      this.#send(session, { frame: kind === 'gap' ? 'gap' : 'ack', upto: outcome.upto });
      return null;
    } catch (error) {
      if (!(error instanceof NotAFactError)) throw error;
      return error.message;
    }
  }

  #renew(session: Session, request: string): string | null {
    if (session.client === null) return 'renew without a certificate';
    const { terminal } = session.client;
    const der = Buffer.from(request, 'base64');
    // Of two that have this certificate, the one that renews would lock the other out, and with it its facts.
    if (this.#terminals.isQuarantined(terminal)) return null;
    const certificate = this.#terminals.renew(this.#keys, terminal, der, Date.now());
    if (certificate === null) return 'a request for a certificate that is not in order';
    this.#log('terminal.renewed', { terminal });
    this.#send(session, { frame: 'renewed', certificate: certificate.toString('base64') });
    return null;
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
    if (!hello || !isFor(head, hello.terminal, hello.lists)) return;
    session.isWithheld = this.#mustWithhold(session, hello);
    if (session.isWithheld) return;
    const { client } = session;
    const frame = client === null ? head.frame : wrappedFrame(head, client.certificate.der);
    this.#sendText(session, frame);
  }

  /** An expired certificate is good for facts and for its renewal; whose twin is about gets no key and no list either. */
  #mustWithhold({ client }: Session, { terminal }: Hello): boolean {
    return client?.isExpired === true || this.#terminals.isQuarantined(terminal);
  }

  #sendCommands(session: Session, hello: Hello, after: number): void {
    if (this.#mustWithhold(session, hello)) return;
    for (const frame of this.#commands(hello.terminal, after)) this.#send(session, frame);
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
