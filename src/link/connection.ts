/**
 * One websocket to the platform: opened once, greeted, kept alive by heartbeats, lost once. It
 * knows frames, not what they mean; it never heals itself.
 */

import type { IncomingMessage } from 'node:http';
import { isIPv4, type Socket } from 'node:net';
import { WebSocket } from 'ws';
import { Allowance } from '../domain/allowance.ts';
import {
  CLIENT_REFUSAL,
  CLOSE,
  type ClientRefusal,
  LIMITS,
  PLATFORM_FRAME,
  type PlatformFrame,
  REFUSED_HEADER,
  SUBPROTOCOLS,
  type TerminalFrame,
} from './protocol.ts';
import { byCallback, PlatformFaultError } from './secure-transport.ts';
import { retryAfterOf, retryAfterReason } from './upload-protocol.ts';

export type Welcome = Extract<PlatformFrame, { frame: 'welcome' }>;
export type FrameAfterWelcome = Exclude<PlatformFrame, { frame: 'welcome' }>;

/** Why this side ends the connection, and with which close code. */
export interface Refusal {
  readonly reason:
    | 'not-of-the-protocol'
    | 'platform-changed'
    | 'platform-certificate'
    | 'disk-full';
  readonly detail: string;
  readonly code: number;
}

/** The link could not be opened. `reason` is short and fixed, for the journal. */
export class LinkError extends Error {
  override readonly name = 'LinkError';
  readonly reason: string;
  /** The websocket's close code, when it had one. */
  readonly code: number | null;
  constructor(reason: string, code: number | null, detail: string | null) {
    super(detail === null ? reason : `${reason}: ${detail}`);
    this.reason = reason;
    this.code = code;
  }
}

/**
 * Everything is called synchronously, in the order of the frames; nothing after `onLost` or
 * `close()`.
 */
export interface ConnectionListener {
  onWelcome(welcome: Welcome, roundTripMs: number): Refusal | null;
  onFrame(frame: FrameAfterWelcome): Refusal | null;
  /** A frame has left for the operating system: there may be room for another. */
  onSent(): void;
  /** With every heartbeat that is sent. */
  onBeat(): void;
  onRefused(refusal: Refusal): void;
  /** The platform, which has too much to do, asks not to be called for so long. Before `onLost`, or before it could be opened. */
  onTryLater(afterMs: number): void;
  /** The platform, known by its certificate, turned this terminal away. `now`: its time, ms since the epoch. */
  onTurnedAway(why: ClientRefusal, now: number, roundTripMs: number): void;
  /** The connection was up and is gone. At most once. */
  onLost(reason: string, code: number | null): void;
}

export interface ConnectionOptions {
  readonly url: string;
  /** Opens what the websocket runs over, once the other end is known to be the platform; null: over TCP, to anybody. */
  readonly transport: (() => Promise<Socket>) | null;
  /** What is said first, in the subprotocol that the platform chose. */
  readonly hello: (subprotocol: string) => TerminalFrame;
  readonly beat: () => TerminalFrame;
  /** From the first packet to the welcome. */
  readonly openTimeoutMs: number;
}

/** Above this, what is sent waits for the network, not for memory. */
const BUFFERED_BYTES = 1_048_576;
const MISSED_BEATS = 2;
const CLOSING_MS = 1_000;

const REASON_OF_CLOSE: Readonly<Record<number, string>> = {
  [CLOSE.notOfTheProtocol]: 'not-of-the-protocol',
  [CLOSE.replaced]: 'replaced',
  [CLOSE.identity]: 'identity',
  [CLOSE.silent]: 'silent',
  [CLOSE.tryLater]: 'try-later',
};

/** RFC 6455 7.4.1: no close frame came; not to be told from a cut cable. */
const NO_CLOSE_FRAME = 1006;

/**
 * Until terminals are enrolled nobody is authenticated, and list keys travel in clear: only this
 * machine is spoken to, as `ws://` to 127.0.0.0/8, `[::1]` or `localhost`.
 */
export function isUnenrolledUrl(url: string): boolean {
  const parsed = URL.parse(url);
  if (parsed === null || parsed.protocol !== 'ws:') return false;
  if (parsed.username !== '' || parsed.password !== '' || parsed.hash !== '') return false;
  const host = parsed.hostname;
  return host === 'localhost' || host === '[::1]' || (isIPv4(host) && host.startsWith('127.'));
}

/** Where an enrolled terminal finds its platform: `wss://`, without what a websocket's address must not have. */
export function isSecureUrl(url: string): boolean {
  const parsed = URL.parse(url);
  if (parsed === null || parsed.protocol !== 'wss:' || parsed.hostname === '') return false;
  return parsed.username === '' && parsed.password === '' && parsed.hash === '';
}

/** Opens a connection, says hello and waits for the welcome. Rejects with LinkError. */
export function connect(
  options: ConnectionOptions,
  listener: ConnectionListener,
): Promise<Connection> {
  return new Promise((resolve, reject) => {
    const connection: Connection = new Connection(options, listener, {
      up: () => resolve(connection),
      failed: reject,
    });
  });
}

interface Outcome {
  up(): void;
  failed(error: LinkError): void;
}

export class Connection {
  readonly #socket: WebSocket;
  readonly #options: ConnectionOptions;
  readonly #listener: ConnectionListener;
  readonly #outcome: Outcome;
  readonly #opening: NodeJS.Timeout;
  #state: 'opening' | 'up' | 'over' = 'opening';
  readonly #begunAt = performance.now();
  #saidHelloAt = 0;
  #heartbeat: NodeJS.Timeout | null = null;
  #heard = false;
  #missed = 0;
  readonly #frames = new Allowance(LIMITS.frames.atOnce, LIMITS.frames.perSecond);
  /** Frames of facts that have no answer yet. */
  #unanswered = 0;
  #error: string | null = null;

  constructor(options: ConnectionOptions, listener: ConnectionListener, outcome: Outcome) {
    this.#options = options;
    this.#listener = listener;
    this.#outcome = outcome;
    this.#socket = new WebSocket(options.url, [...SUBPROTOCOLS], {
      perMessageDeflate: false,
      followRedirects: false,
      maxPayload: LIMITS.frameBytes,
      ...(options.transport && { createConnection: byCallback(options.transport) as never }),
    });
    this.#opening = setTimeout(() => this.#end('no-welcome', null), options.openTimeoutMs);
    this.#socket.on('open', () => this.#sayHello());
    this.#socket.on('message', (data, isBinary) => this.#hear(data, isBinary));
    this.#socket.on('error', (error) => this.#failed(error));
    this.#socket.on('close', (code, reason) => this.#closed(code, String(reason)));
    this.#socket.on('unexpected-response', (_request, response) => this.#turnedAway(response));
  }

  /** True while a batch may be sent without filling memory. */
  get hasRoom(): boolean {
    return this.#state === 'up' && this.#socket.bufferedAmount < BUFFERED_BYTES;
  }

  send(frame: TerminalFrame): void {
    if (this.#state === 'over') return;
    if (frame.frame === 'facts') this.#unanswered += 1;
    this.#socket.send(JSON.stringify(frame), (error) => {
      if (!error && this.#state === 'up') this.#listener.onSent();
    });
  }

  /** Ends the connection without `onLost`. Resolves when the socket is gone. */
  async close(): Promise<void> {
    this.#over();
    if (this.#socket.readyState === WebSocket.CLOSED) return;
    const gone = new Promise<void>((resolve) => this.#socket.once('close', () => resolve()));
    this.#hangUp(1000);
    await gone;
  }

  #sayHello(): void {
    this.#saidHelloAt = performance.now();
    this.send(this.#options.hello(this.#socket.protocol));
  }

  #hear(data: WebSocket.RawData, isBinary: boolean): void {
    if (this.#state === 'over') return;
    this.#heard = true;
    const frame = isBinary ? null : parse(data);
    const refusal =
      frame === null ? notOfTheProtocol('no frame of the platform') : this.#take(frame);
    if (refusal !== null) this.#refuse(refusal);
  }

  #take(frame: PlatformFrame): Refusal | null {
    if (frame.frame === 'welcome') {
      if (this.#state !== 'opening') return notOfTheProtocol('a second welcome');
      const refusal = this.#listener.onWelcome(frame, performance.now() - this.#saidHelloAt);
      if (refusal === null) this.#goUp(frame.beatMs);
      return refusal;
    }
    if (this.#state === 'opening') return notOfTheProtocol(`${frame.frame} before the welcome`);
    if (!this.#mayBeSaid(frame)) return notOfTheProtocol('too many frames');
    return this.#listener.onFrame(frame);
  }

  /** An answer to facts is no flood, however fast they go up. */
  #mayBeSaid({ frame }: PlatformFrame): boolean {
    if ((frame === 'ack' || frame === 'gap') && this.#unanswered > 0) {
      this.#unanswered -= 1;
      return true;
    }
    return this.#frames.take(1);
  }

  #goUp(beatMs: number): void {
    this.#state = 'up';
    clearTimeout(this.#opening);
    // Fixed, and not re-armed by what is heard: a peer that is dead would then never be noticed.
    this.#heartbeat = setInterval(() => this.#beat(), beatMs);
    this.#outcome.up();
    this.#listener.onSent();
  }

  #beat(): void {
    this.#missed = this.#heard ? 0 : this.#missed + 1;
    this.#heard = false;
    if (this.#missed >= MISSED_BEATS) {
      this.#end('silent', CLOSE.silent);
      return;
    }
    this.send(this.#options.beat());
    this.#listener.onBeat();
  }

  #refuse(refusal: Refusal): void {
    if (this.#state === 'over') return;
    this.#listener.onRefused(refusal);
    this.#end(refusal.reason, refusal.code);
  }

  /**
   * `ws` checks frames (length, UTF-8, RFC 6455 5) itself and calls what it finds WS_ERR_...; the
   * rest is the network.
   */
  #failed(error: Error): void {
    if (this.#state === 'over') return;
    if (error instanceof PlatformFaultError) {
      const { fault } = error;
      const isOther = fault === 'another-platform';
      const reason = isOther ? 'platform-changed' : 'platform-certificate';
      this.#refuse({ reason, detail: fault, code: CLOSE.identity });
      return;
    }
    const code = 'code' in error ? String(error.code) : '';
    this.#error = code === '' ? error.message : code;
    if (code.startsWith('WS_ERR_')) this.#refuse(notOfTheProtocol(code));
  }

  /** No websocket came of it. Whose time it is and who refuses is only known over TLS. */
  #turnedAway({ statusCode, headers }: IncomingMessage): void {
    const why = CLIENT_REFUSAL.safeParse(headers[REFUSED_HEADER]);
    if (this.#options.transport === null || !why.success) {
      if (statusCode === 503) this.#tryLater(retryAfterReason(Number(headers['retry-after'])));
      this.#error = `HTTP ${statusCode}`;
      this.#end('unreachable', null);
      return;
    }
    const roundTripMs = performance.now() - this.#begunAt;
    this.#listener.onTurnedAway(why.data, Date.parse(headers.date ?? ''), roundTripMs);
    this.#error = why.data;
    this.#end('turned-away', null);
  }

  #closed(code: number, said: string): void {
    if (code === CLOSE.tryLater) this.#tryLater(said);
    const reason = this.#state === 'opening' ? 'unreachable' : 'broken';
    const told = code === NO_CLOSE_FRAME ? null : code;
    this.#report(told === null ? reason : (REASON_OF_CLOSE[told] ?? 'closed'), told);
  }

  #tryLater(said: string): void {
    const afterMs = this.#state === 'over' ? null : retryAfterOf(said);
    if (afterMs !== null) this.#listener.onTryLater(afterMs);
  }

  #end(reason: string, code: number | null): void {
    this.#hangUp(code);
    this.#report(reason, code);
  }

  #report(reason: string, code: number | null): void {
    const state = this.#state;
    this.#over();
    if (state === 'opening') {
      this.#outcome.failed(new LinkError(reason, code, this.#error));
    } else if (state === 'up') {
      this.#listener.onLost(reason, code);
    }
  }

  #over(): void {
    this.#state = 'over';
    clearTimeout(this.#opening);
    if (this.#heartbeat !== null) clearInterval(this.#heartbeat);
  }

  /**
   * A peer that is gone does not answer a close frame; it is not waited for longer than a second.
   */
  #hangUp(code: number | null): void {
    const deadline = setTimeout(() => this.#socket.terminate(), CLOSING_MS);
    this.#socket.once('close', () => clearTimeout(deadline));
    if (this.#socket.readyState === WebSocket.CONNECTING) this.#socket.terminate();
    else this.#socket.close(code ?? 1000);
  }
}

export function notOfTheProtocol(detail: string): Refusal {
  return { reason: 'not-of-the-protocol', detail, code: CLOSE.notOfTheProtocol };
}

function parse(data: WebSocket.RawData): PlatformFrame | null {
  try {
    return PLATFORM_FRAME.parse(JSON.parse(data.toString()));
  } catch {
    return null;
  }
}
