/**
 * Facts go up by a cursor, not by message ids: `(epoch, seq)` up to which the platform holds them.
 * Several batches are in flight at once (one at a time is 20 facts a second at 50 ms), an
 * acknowledgement moves the durable cursor, and whatever is lost on the way is sent again: the
 * platform discards what it has.
 */

import type { EventName } from '../domain/events.ts';
import { DiskFullError, type Ledger } from '../store/ledger.ts';
import type { Welcome } from './connection.ts';
import { LIMITS, type TerminalFrame } from './protocol.ts';

export interface FactUploadOptions {
  readonly ledger: Ledger;
  readonly send: (frame: TerminalFrame) => void;
  /** False while the socket has enough to do. `pump` is called when that may have changed. */
  readonly hasRoom: () => boolean;
  readonly journal: (event: EventName, fields: Readonly<Record<string, unknown>>) => void;
  /** Batches without an answer for so long are sent again, for a platform may lose an answer. */
  readonly answerMs: number;
  readonly now: () => number;
}

type Credit = Welcome['credit'];

/** JSON doubles at most every byte of a text that is JSON itself: quotes and backslashes only. */
const BATCH_BYTES = LIMITS.frameBytes / 2 - 1_024;
const JOURNAL_EVERY_MS = 1_000;

export class FactUpload {
  readonly #options: FactUploadOptions;
  #credit: Credit | null = null;
  /** Last fact of each batch in flight, oldest first. */
  #inFlight: number[] = [];
  #sentUpto = 0;
  /**
   * The last gap that was heeded: the batches that were in flight behind it report the same one
   * again.
   */
  #rewoundTo: number | null = null;
  #answeredAt = 0;
  #journaledAt = Number.NEGATIVE_INFINITY;

  constructor(options: FactUploadOptions) {
    this.#options = options;
  }

  /** After the welcome. `upto`: what the platform holds. */
  start(upto: number, credit: Credit): void {
    this.#credit = credit;
    this.#answeredAt = this.#options.now();
    this.#rewind(upto);
  }

  /** Sends what the credit allows. */
  pump(): void {
    const { ledger, hasRoom, send, now } = this.#options;
    const credit = this.#credit;
    if (credit === null) return;
    const limit = { items: credit.batch, bytes: Math.min(credit.bytes, BATCH_BYTES) };
    while (this.#inFlight.length < credit.inflight && hasRoom()) {
      const batch = ledger.unsent(this.#sentUpto, limit);
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
    if (this.#holds(upto)) this.pump();
  }

  onGap(upto: number): void {
    if (this.#rewoundTo === upto) return;
    this.#rewoundTo = upto;
    this.#rewind(upto);
    this.pump();
  }

  /** On every heartbeat. */
  onBeat(): void {
    const { ledger, now, answerMs } = this.#options;
    if (this.#inFlight.length === 0 || now() - this.#answeredAt < answerMs) return;
    this.#rewoundTo = null;
    this.#rewind(ledger.acknowledged);
    this.pump();
  }

  #rewind(upto: number): void {
    this.#inFlight = [];
    this.#sentUpto = upto;
    this.#holds(upto);
  }

  /**
   * Moves the durable cursor. False when the platform holds facts that this ledger has not: it was
   * restored or copied. Nothing is sent then, for it would fork the chain; the terminal goes on
   * serving and keeps its facts.
   */
  #holds(upto: number): boolean {
    const { ledger, journal } = this.#options;
    const newest = ledger.lastFact().seq;
    if (upto > newest) {
      this.#credit = null;
      journal('link.refused', {
        reason: 'ledger-behind',
        detail: `the platform holds fact ${upto}, the newest here is ${newest}`,
      });
      return false;
    }
    if (upto > ledger.acknowledged) this.#acknowledge(upto);
    return true;
  }

  #acknowledge(upto: number): void {
    const { ledger, journal, now } = this.#options;
    try {
      ledger.acknowledge(upto);
    } catch (error) {
      // The cursor is behind what the platform holds then: facts are sent twice some day, and
      // discarded there.
      if (!(error instanceof DiskFullError)) throw error;
    }
    const waiting = ledger.waiting();
    if (waiting > 0 && now() - this.#journaledAt < JOURNAL_EVERY_MS) return;
    this.#journaledAt = now();
    journal('facts.acknowledged', { upto, waiting });
  }
}
