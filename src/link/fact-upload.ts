/**
 * Facts go up by a cursor, not by message ids: `(epoch, seq)` up to which the platform holds them.
 * Several batches are in flight at once (one at a time is 20 facts a second at 50 ms), an
 * acknowledgement moves the durable cursor, and whatever is lost on the way is sent again: the
 * platform discards what it has.
 */

import type { EventName } from '../domain/events.ts';
import { DiskFullError, type FactStream } from '../store/ledger.ts';
import { LIMITS, type TerminalFrame } from './protocol.ts';
import type { Credit } from './upload-protocol.ts';

export interface FactUploadOptions {
  /** How many facts wait, of all epochs. */
  readonly waiting: () => number;
  readonly send: (frame: TerminalFrame) => void;
  /** False while the socket has enough to do. `pump` is called when that may have changed. */
  readonly hasRoom: () => boolean;
  readonly journal: (event: EventName, fields: Readonly<Record<string, unknown>>) => void;
  /** Batches without an answer for so long are sent again, for a platform may lose an answer. */
  readonly answerMs: number;
  readonly now: () => number;
  /** The platform lacks facts of this epoch that are not here any more, for one held them once. */
  readonly onRemoved: (stream: FactStream) => void;
  /** An epoch that is over was told to its end. */
  readonly onTold: (stream: FactStream) => void;
}

/** JSON doubles at most every byte of a text that is JSON itself: quotes and backslashes only. */
const BATCH_BYTES = LIMITS.frameBytes / 2 - 1_024;
const JOURNAL_EVERY_MS = 1_000;

export class FactUpload {
  readonly #options: FactUploadOptions;
  /** Null: nothing is sent, for now or over this link. */
  #credit: Credit | null = null;
  #stream: FactStream | null = null;
  #pause: NodeJS.Timeout | null = null;
  /** Last fact of each batch in flight, oldest first. */
  #inFlight: number[] = [];
  #sentUpto = 0;
  /**
   * The last gap that was heeded: the batches that were in flight behind it report the same one
   * again.
   */
  #rewoundTo: number | null = null;
  /** What the platform holds while the disk was too full to note it. */
  #unnoted = 0;
  #answeredAt = 0;
  #journaledAt = Number.NEGATIVE_INFINITY;

  constructor(options: FactUploadOptions) {
    this.#options = options;
  }

  /** After the welcome. `upto`: what the platform holds; of an epoch that is over all is told again, whatever it holds. */
  start(stream: FactStream, upto: number, credit: Credit): void {
    this.#stream = stream;
    this.#credit = credit;
    this.#unnoted = 0;
    this.#answeredAt = this.#options.now();
    this.#rewind(stream, stream.isOver ? stream.acknowledged : upto);
  }

  /** The link is over. */
  stop(): void {
    this.#credit = null;
    if (this.#pause !== null) clearTimeout(this.#pause);
    this.#pause = null;
  }

  /** The platform has more to do than it can. */
  onSlow(credit: Credit, pauseMs: number): void {
    if (this.#credit === null) return;
    this.#credit = credit;
    const { batch, inflight } = credit;
    this.#options.journal('facts.slowed', { batch, inflight, pauseMs });
    if (this.#pause !== null) clearTimeout(this.#pause);
    this.#pause = setTimeout(() => {
      this.#pause = null;
      this.#answeredAt = this.#options.now();
      this.pump();
    }, pauseMs).unref();
  }

  /** Sends what the credit allows. */
  pump(): void {
    const { hasRoom, send, now } = this.#options;
    const credit = this.#credit;
    const stream = this.#stream;
    if (credit === null || stream === null || this.#pause !== null) return;
    const limit = { items: credit.batch, bytes: Math.min(credit.bytes, BATCH_BYTES) };
    while (this.#inFlight.length < credit.inflight && hasRoom()) {
      const batch = stream.unsent(this.#sentUpto, limit);
      const [first] = batch;
      const last = batch.at(-1);
      if (first === undefined || last === undefined) return;
      if (this.#inFlight.length === 0) this.#answeredAt = now();
      this.#inFlight.push(last.seq);
      this.#sentUpto = last.seq;
      send({ frame: 'facts', from: first.seq, items: batch.map(({ text }) => text) });
    }
  }

  onAck(upto: number): void {
    this.#rewoundTo = null;
    this.#answeredAt = this.#options.now();
    this.#inFlight = this.#inFlight.filter((last) => last > upto);
    this.#sentUpto = Math.max(this.#sentUpto, upto);
    if (this.#stream !== null && this.#holds(this.#stream, upto)) this.pump();
  }

  onGap(upto: number): void {
    if (this.#rewoundTo === upto || this.#stream === null) return;
    this.#rewoundTo = upto;
    this.#rewind(this.#stream, upto);
    this.pump();
  }

  /** On every heartbeat. */
  onBeat(): void {
    const { now, answerMs } = this.#options;
    const stream = this.#stream;
    if (stream === null) return;
    this.#noteAgain(stream);
    if (this.#pause !== null || this.#inFlight.length === 0) return;
    if (now() - this.#answeredAt < answerMs) return;
    this.#rewoundTo = null;
    this.#rewind(stream, stream.acknowledged);
    this.pump();
  }

  #rewind(stream: FactStream, upto: number): void {
    this.#inFlight = [];
    this.#sentUpto = Math.max(upto, stream.gone);
    if (upto < stream.gone) this.#options.onRemoved(stream);
    this.#holds(stream, upto);
  }

  /**
   * Moves the durable cursor. False when the platform holds facts that this ledger has not, and did
   * not say so in a welcome with which a new epoch could begin. Nothing is sent then, for it would
   * fork the chain; the terminal goes on serving and keeps its facts.
   */
  #holds(stream: FactStream, upto: number): boolean {
    const { journal } = this.#options;
    const newest = stream.last().seq;
    if (upto > newest) {
      this.#credit = null;
      journal('link.refused', {
        reason: 'ledger-behind',
        detail: `the platform holds fact ${upto}, the newest here is ${newest}`,
      });
      return false;
    }
    if (upto > stream.acknowledged) this.#acknowledge(stream, upto);
    if (!stream.isOver || stream.acknowledged < newest) return true;
    this.#credit = null;
    this.#options.onTold(stream);
    return false;
  }

  #acknowledge(stream: FactStream, upto: number): void {
    this.#note(stream, upto);
    if (this.#options.waiting() > 0 && this.#options.now() - this.#journaledAt < JOURNAL_EVERY_MS) {
      return;
    }
    this.#journal(upto);
  }

  /** With space on the disk the cursor is right again, also when no further fact comes. */
  #noteAgain(stream: FactStream): void {
    const upto = this.#unnoted;
    if (upto <= stream.acknowledged || !this.#note(stream, upto)) return;
    this.#journal(upto);
    this.#holds(stream, upto);
  }

  /**
   * False where the disk is too full: the cursor is then behind what the platform holds, and facts are sent twice some
   * day, and discarded there.
   */
  #note(stream: FactStream, upto: number): boolean {
    try {
      stream.acknowledge(upto);
      return true;
    } catch (error) {
      if (!(error instanceof DiskFullError)) throw error;
      this.#unnoted = upto;
      return false;
    }
  }

  #journal(upto: number): void {
    this.#journaledAt = this.#options.now();
    this.#options.journal('facts.acknowledged', { upto, waiting: this.#options.waiting() });
  }
}
