/**
 * A terminal as far as its platform can see: one websocket, its own ledger in memory, heartbeats, back-off. It is light because a
 * process holds thousands of it; what it lacks is everything behind the link. Frames are those of the protocol, checked both ways.
 */

import { hash, randomUUID } from 'node:crypto';
import { WebSocket } from 'ws';
import { RECONNECT, reconnectDelay } from '../../src/domain/back-off.ts';
import type { WirePlace } from '../../src/link/alert-protocol.ts';
import {
  LIMITS,
  PLATFORM_FRAME,
  type PlatformFrame,
  SUBPROTOCOL,
  SUBPROTOCOLS,
  TERMINAL_FRAME,
  type TerminalFrame,
} from '../../src/link/protocol.ts';
import type { LedgerState } from './orders.ts';

/** From the first packet to the welcome, as a terminal's own. */
const OPEN_MS = 5_000;
const MISSED_BEATS_MAX = 2;
const NO_FACT = '0'.repeat(64);
const SOFTWARE = 'kazasu-fleet';

export interface LightTerminalOptions {
  readonly name: string;
  readonly url: string;
  readonly list: string;
  /** Undefined: nowhere that alerts are for. */
  readonly place: WirePlace | undefined;
  /** Reads nothing any more once it was welcomed. */
  readonly isSlow: boolean;
  readonly onUp: () => void;
  /** The connection was up and is gone, and this side did not want it. */
  readonly onLost: () => void;
  /** The newest statement of a list, base64. */
  readonly onHead: (statement: string) => void;
  readonly onAlert: () => void;
  /** The fact that was written last has arrived; ms that it took. */
  readonly onAcknowledged: (tookMs: number) => void;
  /** What is no frame of the protocol, or an acknowledgement of what was never written. */
  readonly onFault: (fault: string) => void;
}

export class LightTerminal {
  readonly #options: LightTerminalOptions;
  readonly #epoch = randomUUID();
  #seq = 0;
  #hash = NO_FACT;
  #acknowledged = 0;
  /** Facts after `#acknowledged`, oldest first. */
  #unsent: string[] = [];
  #socket: WebSocket | null = null;
  #isUp = false;
  #upAt = 0;
  #tappedAt = 0;
  #failures = 0;
  /** For the next try, for the welcome, or for the next beat: never more than one of them runs. */
  #timer: NodeJS.Timeout | null = null;
  #heard = false;
  #missed = 0;
  #isClosed = false;

  constructor(options: LightTerminalOptions) {
    this.#options = options;
  }

  get isUp(): boolean {
    return this.#isUp;
  }

  get state(): LedgerState {
    const { name } = this.#options;
    return {
      terminal: name,
      epoch: this.#epoch,
      seq: this.#seq,
      acknowledged: this.#acknowledged,
    };
  }

  open(): void {
    const { url, place } = this.#options;
    const socket = new WebSocket(url, place ? [...SUBPROTOCOLS] : SUBPROTOCOL, {
      perMessageDeflate: false,
      maxPayload: LIMITS.frameBytes,
    });
    this.#socket = socket;
    this.#later(OPEN_MS, () => socket.terminate());
    socket.on('open', () => this.#send(this.#hello()));
    socket.on('message', (data) => this.#hear(String(data)));
    // 'close' follows, and says all that matters.
    socket.on('error', () => {});
    socket.on('close', () => this.#closed(socket));
  }

  /** Writes a fact and sends it as soon as there is a connection. */
  tap(): void {
    this.#seq += 1;
    const text = this.#fact();
    this.#hash = hash('sha256', text);
    this.#unsent.push(text);
    this.#tappedAt = performance.now();
    if (this.#isUp) this.#sendFacts(this.#seq, [text]);
  }

  /** As when somebody pulls the cable: no close frame. It comes back by itself. */
  cut(): void {
    const socket = this.#socket;
    this.#gone();
    socket?.terminate();
  }

  /** For good. Resolves when the socket is gone. */
  async close(): Promise<void> {
    this.#isClosed = true;
    if (this.#timer) clearTimeout(this.#timer);
    const socket = this.#socket;
    if (socket === null || socket.readyState === WebSocket.CLOSED) return;
    const closed = new Promise((resolve) => socket.once('close', resolve));
    socket.terminate();
    await closed;
  }

  #hear(text: string): void {
    this.#heard = true;
    const frame = parse(text);
    if (frame === null) {
      this.#options.onFault('a frame that is not of the protocol');
      this.#socket?.terminate();
      return;
    }
    if (frame.frame === 'welcome') this.#welcomed(frame.upto, frame.beatMs);
    else if (frame.frame === 'ack') this.#holds(frame.upto);
    else if (frame.frame === 'gap') this.#resend(frame.upto);
    else if (frame.frame === 'head') this.#options.onHead(frame.statement);
    else if (frame.frame === 'alert') this.#options.onAlert();
  }

  #welcomed(upto: number, beatMs: number): void {
    this.#isUp = true;
    this.#upAt = performance.now();
    this.#missed = 0;
    this.#beatEvery(beatMs);
    this.#options.onUp();
    this.#resend(upto);
    if (this.#options.isSlow) this.#socket?.pause();
  }

  #resend(upto: number): void {
    this.#holds(upto);
    if (this.#unsent.length > 0) this.#sendFacts(this.#acknowledged + 1, this.#unsent);
  }

  #holds(upto: number): void {
    if (upto > this.#seq) {
      this.#options.onFault('facts acknowledged that were never written');
      return;
    }
    if (upto <= this.#acknowledged) return;
    this.#unsent = this.#unsent.slice(upto - this.#acknowledged);
    this.#acknowledged = upto;
    if (upto === this.#seq) this.#options.onAcknowledged(performance.now() - this.#tappedAt);
  }

  #beatEvery(beatMs: number): void {
    this.#later(beatMs, () => {
      this.#missed = this.#heard || this.#options.isSlow ? 0 : this.#missed + 1;
      this.#heard = false;
      if (this.#missed >= MISSED_BEATS_MAX) {
        this.#socket?.terminate();
        return;
      }
      this.#send({ frame: 'beat', waiting: this.#unsent.length, clock: clockReading() });
      this.#beatEvery(beatMs);
    });
  }

  #closed(socket: WebSocket): void {
    // One that was cut has its successor already, or is to have it.
    if (socket !== this.#socket) return;
    const wasUp = this.#isUp;
    this.#gone();
    if (wasUp) this.#options.onLost();
  }

  #gone(): void {
    const wasSteady = this.#isUp && performance.now() - this.#upAt >= RECONNECT.steadyMs;
    this.#socket = null;
    this.#isUp = false;
    if (this.#isClosed) return;
    if (wasSteady) this.#failures = 0;
    this.#later(reconnectDelay(this.#failures), () => this.open());
    this.#failures += 1;
  }

  #later(ms: number, work: () => void): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = setTimeout(work, ms);
  }

  #send(frame: TerminalFrame): void {
    this.#socket?.send(JSON.stringify(frame));
  }

  #sendFacts(from: number, items: readonly string[]): void {
    this.#send({ frame: 'facts', from, items: [...items] });
  }

  #hello(): TerminalFrame {
    return TERMINAL_FRAME.parse({
      frame: 'hello',
      terminal: this.#options.name,
      epoch: this.#epoch,
      boot: 1,
      last: { seq: this.#seq, hash: this.#hash },
      lists: [this.#options.list],
      root: 0,
      software: SOFTWARE,
      clock: clockReading(),
      ...(this.#options.place && { place: this.#options.place }),
    });
  }

  /** Its exact text; `#hash` is still the predecessor's. */
  #fact(): string {
    const { name, list } = this.#options;
    const seq = this.#seq;
    const ref = hash('sha256', `${this.#epoch} ${seq}`).slice(0, 32);
    const { at, quality, mono } = clockReading();
    return JSON.stringify({
      ...{ terminal: name, epoch: this.#epoch, seq, prev: this.#hash },
      ...{ at, clock: quality, boot: 1, mono },
      event: 'entry.granted',
      subject: `${list}/${ref}`,
      body: {
        ...{ ticket: `T-${seq}`, list, version: 1, ref, gate: name },
        ...{ assurance: 'identified', revocation: 'checked', listAge: 'fresh' },
      },
    });
  }
}

function clockReading() {
  return { at: new Date().toISOString(), quality: 'synced', mono: performance.now() } as const;
}

function parse(text: string): PlatformFrame | null {
  try {
    return PLATFORM_FRAME.parse(JSON.parse(text));
  } catch {
    return null;
  }
}
