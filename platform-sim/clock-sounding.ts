/**
 * How well the platform knows the clock of a terminal that is connected. The terminal's next beat is awaited with a ping
 * shortly before it: a websocket answers in order (RFC 6455 5.5.3), so a beat that comes behind the pong was made behind the ping.
 */

import { type BootOf, type ClockSample, SAMPLE_EVERY_MS } from './clock-samples.ts';
import type { FactLog } from './fact-log.ts';
import { isPlausibleMono } from './fact-order.ts';
import { storageFailureOf } from './full-disk.ts';

/** How long before a beat is due the terminal is pinged, at first; twice as long whenever the pong comes too late. */
const LEAD_MS = 50;
const NOTED_EVERY_MS = 2_000;

/** One connection. Times: the platform's, ms since the epoch. */
export class ClockSounding {
  readonly #ping: (payload: string) => void;
  #heardAfter: number | null = null;
  #beatMs = 0;
  #lead = LEAD_MS;
  #pinged: { readonly at: number; readonly payload: string } | null = null;
  #due: NodeJS.Timeout | null = null;
  #pings = 0;
  #best = { hour: -1, width: Number.POSITIVE_INFINITY };

  constructor(ping: (payload: string) => void) {
    this.#ping = ping;
  }

  /** The welcome is sent: no beat was made before it. */
  welcomed(at: number, beatMs: number): void {
    this.#heardAfter = at;
    this.#beatMs = beatMs;
  }

  /** A pong that answers the last ping; any other says nothing. */
  ponged(payload: string): void {
    if (this.#pinged?.payload !== payload) return;
    this.#heardAfter = this.#pinged.at;
    this.#pinged = null;
  }

  /** What a beat that says `mono` and is here at `now` tells beyond those before it; null: nothing. */
  heard(mono: number, now: number): ClockSample | null {
    const earliest = this.#heardAfter;
    if (earliest === null || !isPlausibleMono(mono)) return null;
    const hour = Math.floor(mono / SAMPLE_EVERY_MS);
    const width = Math.max(0, now - earliest);
    if (this.#pinged !== null) this.#lead = Math.min(this.#lead * 2, this.#beatMs);
    this.#pinged = null;
    const best = this.#best.hour === hour ? this.#best.width : Number.POSITIVE_INFINITY;
    if (Math.min(best, width) > this.#lead * 2) this.#pingBeforeNext();
    if (width >= best) return null;
    this.#best = { hour, width };
    return { mono, earliest, latest: earliest + width };
  }

  end(): void {
    if (this.#due !== null) clearTimeout(this.#due);
    this.#due = null;
  }

  #pingBeforeNext(): void {
    this.end();
    const afterMs = Math.max(0, this.#beatMs - this.#lead);
    this.#due = setTimeout(() => {
      this.#pings += 1;
      this.#pinged = { at: Date.now(), payload: String(this.#pings) };
      this.#ping(this.#pinged.payload);
    }, afterMs).unref();
  }
}

/** Keeps what was sounded, together every two seconds: a crash in between, or a full disk, costs a bound, and no fact. */
export class ClockNotes {
  readonly #log: Pick<FactLog, 'noteClocks'>;
  #notes: (readonly [BootOf, ClockSample])[] = [];
  #due: NodeJS.Timeout | null = null;

  constructor(log: Pick<FactLog, 'noteClocks'>) {
    this.#log = log;
  }

  /** A beat is here, made when the clock of this boot stood at `mono`. */
  heard({ sounding }: { readonly sounding: ClockSounding }, of: BootOf, mono: number): void {
    const sample = sounding.heard(mono, Date.now());
    if (sample === null) return;
    this.#notes.push([of, sample]);
    this.#due ??= setTimeout(() => void this.keep(), NOTED_EVERY_MS);
  }

  /** Now. */
  async keep(): Promise<void> {
    if (this.#due !== null) clearTimeout(this.#due);
    this.#due = null;
    const notes = this.#notes;
    this.#notes = [];
    if (notes.length === 0) return;
    try {
      await this.#log.noteClocks(notes);
    } catch (error) {
      if (storageFailureOf(error) === null) throw error;
    }
  }
}
