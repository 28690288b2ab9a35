/** One websocket between two gates, whichever of them opened it: greeted, kept alive by beats, lost once. */

import type { WebSocket } from 'ws';
import { Allowance } from '../domain/allowance.ts';
import {
  BEAT_MS,
  CLOSE,
  type Hello,
  LIMITS,
  MISSED_BEATS,
  type NeighbourFrame,
  parseFrame,
} from './protocol.ts';

export type FrameAfterHello = Exclude<NeighbourFrame, { frame: 'hello' } | { frame: 'beat' }>;

/** Everything is called synchronously, in the order of the frames; nothing after `onLost`. */
export interface SocketListener {
  onHello(hello: Hello): void;
  onFrame(frame: FrameAfterHello): void;
  /** With every beat that is sent. */
  onBeat(): void;
  /** Once. `code`: of the websocket; null where no close frame came. */
  onLost(reason: string, code: number | null): void;
}

/** A gate that does not read has no more than this waiting for it, besides one frame of facts. */
const BUFFERED_BYTES = 1_048_576;
const HELLO_MS = 10_000;
const CLOSING_MS = 1_000;
/** RFC 6455 7.4.1: no close frame came. */
const NO_CLOSE_FRAME = 1006;

export class NeighbourSocket {
  readonly #socket: WebSocket;
  readonly #listener: SocketListener;
  readonly #beat: NodeJS.Timeout;
  readonly #greeting: NodeJS.Timeout;
  readonly #frames = new Allowance(LIMITS.frames.atOnce, LIMITS.frames.perSecond);
  #isGreeted = false;
  #isOver = false;
  #heard = false;
  #missed = 0;

  /** `socket`: open. */
  constructor(
    socket: WebSocket,
    { hello, beatMs = BEAT_MS }: { readonly hello: Hello; readonly beatMs?: number | undefined },
    listener: SocketListener,
  ) {
    this.#socket = socket;
    this.#listener = listener;
    socket.on('message', (data, isBinary) => this.#hear(String(data), isBinary));
    // `ws` closes by itself after what it finds wrong; the rest is the network.
    socket.on('error', () => {});
    socket.on('close', (code) => this.#lost('closed', code === NO_CLOSE_FRAME ? null : code));
    this.#greeting = setTimeout(() => this.end(CLOSE.silent, 'no-hello'), HELLO_MS);
    this.#beat = setInterval(() => this.#beats(), beatMs);
    this.send(hello);
  }

  /** Whether more may be sent without filling memory. */
  get hasRoom(): boolean {
    return !this.#isOver && this.#socket.bufferedAmount < BUFFERED_BYTES;
  }

  send(frame: NeighbourFrame): void {
    if (!this.#isOver) this.#socket.send(JSON.stringify(frame), () => {});
  }

  /** Ends it; `onLost` is called at once. */
  end(code: number, reason: string): void {
    if (this.#isOver) return;
    const deadline = setTimeout(() => this.#socket.terminate(), CLOSING_MS);
    this.#socket.once('close', () => clearTimeout(deadline));
    this.#socket.close(code);
    this.#lost(reason, code);
  }

  #hear(text: string, isBinary: boolean): void {
    if (this.#isOver) return;
    this.#heard = true;
    const frame = isBinary || !this.#frames.take(1) ? null : parseFrame(text);
    if (frame === null || (frame.frame === 'hello') === this.#isGreeted) {
      this.end(CLOSE.notOfTheProtocol, 'not-of-the-protocol');
    } else if (frame.frame === 'hello') {
      this.#isGreeted = true;
      clearTimeout(this.#greeting);
      this.#listener.onHello(frame);
    } else if (frame.frame !== 'beat') {
      this.#listener.onFrame(frame);
    }
  }

  #beats(): void {
    this.#missed = this.#heard ? 0 : this.#missed + 1;
    this.#heard = false;
    if (this.#missed >= MISSED_BEATS) {
      this.end(CLOSE.silent, 'silent');
      return;
    }
    this.send({ frame: 'beat' });
    if (this.#isGreeted) this.#listener.onBeat();
  }

  #lost(reason: string, code: number | null): void {
    if (this.#isOver) return;
    this.#isOver = true;
    clearInterval(this.#beat);
    clearTimeout(this.#greeting);
    this.#listener.onLost(reason, code);
  }
}
