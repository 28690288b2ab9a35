/**
 * What time it is, and how well the terminal knows: the wall clock, held against authenticated
 * time.
 *
 * A terminal's wall clock may start in 1970 (no battery), be set by hand, or be wrong by years.
 * Three rules keep it from deciding anything it should not:
 * - `now()` is never before the high-water mark, which only authenticated time raises: a clock that
 *   was set back does not revive an expired list;
 * - a jump of wall against monotonic time means that somebody set the wall clock: time then goes on
 *   by the monotonic clock from where it was, and the quality is `unset` until the platform
 *   corrects it;
 * - a correction forward is taken at once. A correction back by less than `STANDSTILL_MS` lets the
 *   clock stand still until time has caught up; a greater one steps back, for a clock that stands
 *   still for an hour lies more.
 */

import type { ClockQuality } from './domain/fact.ts';

/** No terminal runs this software before it was written. */
export const BUILD_FLOOR = Date.parse('2026-01-01T00:00:00Z');

/**
 * Wall against monotonic time, between two checks; NTP slews by 0.5 ms a second at most
 * (adjtimex(2)).
 */
const JUMP_MS = 2_000;
/**
 * Below this the local wall clock, often disciplined by NTP, is better than an answer over a
 * network.
 */
const TOLERANCE_MS = 1_000;
const STANDSTILL_MS = 5_000;
/** A crystal of 100 ppm is 9 seconds off after a day without contact. */
const SYNCED_FOR_MS = 24 * 3_600_000;
const CHECK_EVERY_MS = 10_000;
/** The mark rises with every heartbeat; the medium should not be written as often. */
const SAVE_EVERY_MS = 600_000;
/** Of so many heartbeats the fastest tells the time best, whatever delayed the others. */
const HEARTBEATS = 8;

export interface TimeSources {
  /** Milliseconds since the epoch, as the operating system has them. */
  readonly wall: () => number;
  /** Milliseconds since the start of the machine (CLOCK_MONOTONIC). */
  readonly mono: () => number;
}

export const SYSTEM_TIME: TimeSources = {
  wall: () => Date.now(),
  mono: () => Number(process.hrtime.bigint() / 1_000n) / 1_000,
};

/**
 * Where the high-water mark outlives a restart. `save` may fail; it is asked again with the next
 * rise.
 */
export interface HighWaterMark {
  load(): number | null;
  save(at: number): void;
}

/** Shape of the ledger's ClockReading. */
export interface Reading {
  readonly at: string;
  readonly clock: ClockQuality;
  readonly mono: number;
}

export interface Correction {
  /** What was added to what the clock said; 0 when it was right. */
  readonly offsetMs: number;
  readonly quality: ClockQuality;
}

export interface ClockOptions {
  readonly mark: HighWaterMark;
  readonly time?: TimeSources;
  readonly floor?: number;
  /** Called once a jump, with how far the wall clock jumped. */
  readonly onJump?: (jumpMs: number) => void;
}

/** One running count of time: `at` when the monotonic clock stood at `mono`. */
interface Anchor {
  readonly at: number;
  readonly mono: number;
}

export class Clock {
  readonly #time: TimeSources;
  readonly #store: HighWaterMark;
  readonly #onJump: (jumpMs: number) => void;
  readonly #timer: NodeJS.Timeout;
  #mark: number;
  #saved: number;
  /** How far the wall clock is behind the time; null: the wall clock is not used, `#anchor` is. */
  #offset: number | null;
  #anchor: Anchor;
  /** Wall less monotonic time at the last check. */
  #difference: number;
  /** Monotonic time of the last agreement with the platform. */
  #agreedAt: number | null = null;
  #standsStillUntil = 0;
  #heartbeats: Anchor[] = [];

  /**
   * Starts at `holdover` when the wall clock can be right, at `unset` when it is below the mark or
   * the floor.
   */
  constructor(options: ClockOptions) {
    this.#time = options.time ?? SYSTEM_TIME;
    this.#store = options.mark;
    this.#onJump = options.onJump ?? (() => {});
    this.#saved = options.mark.load() ?? 0;
    this.#mark = Math.max(this.#saved, options.floor ?? BUILD_FLOOR);
    const wall = this.#time.wall();
    const mono = this.#time.mono();
    this.#offset = wall < this.#mark ? null : 0;
    this.#anchor = { at: this.#mark, mono };
    this.#difference = wall - mono;
    this.#timer = setInterval(() => this.#check(), CHECK_EVERY_MS).unref();
  }

  /** The high-water mark: it can't be earlier. Milliseconds since the epoch. */
  get floor(): number {
    return this.#mark;
  }

  /** Whether the platform agreed with it since the start, and nobody has set the wall clock since then. */
  get isAgreed(): boolean {
    this.#check();
    return this.#offset !== null && this.#agreedAt !== null;
  }

  /** Milliseconds since the epoch. */
  now(): number {
    this.#check();
    const at = this.#running();
    if (at >= this.#standsStillUntil) this.#standsStillUntil = 0;
    return Math.round(Math.max(at, this.#standsStillUntil, this.#mark));
  }

  quality(): ClockQuality {
    this.#check();
    if (this.#offset === null) return 'unset';
    if (this.#agreedAt === null) return 'holdover';
    return this.#time.mono() - this.#agreedAt < SYNCED_FOR_MS ? 'synced' : 'holdover';
  }

  read(): Reading {
    const clock = this.quality();
    return { at: new Date(this.now()).toISOString(), clock, mono: this.#time.mono() };
  }

  /**
   * The platform's time in answer to a question of ours that took `roundTripMs`. Null when it
   * changed nothing: the clock was right and known to be. A time below the mark contradicts what
   * the platform itself said earlier: then the clock stays `unset`.
   */
  correct(platformNow: number, roundTripMs: number): Correction | null {
    const said = this.now();
    const quality = this.quality();
    this.#heartbeats = [];
    const right = platformNow + roundTripMs / 2;
    const tolerance = Math.max(TOLERANCE_MS, roundTripMs / 2);
    if (right < this.#mark - tolerance) return this.#distrust(said, quality);
    const wrong = Math.abs(right - said) > tolerance;
    if (this.#offset === null || wrong) this.#set(right, said, tolerance);
    this.#agreedAt = this.#time.mono();
    this.raise(platformNow);
    if (!wrong && quality === 'synced') return null;
    return { offsetMs: wrong ? Math.round(right - said) : 0, quality: 'synced' };
  }

  /**
   * The platform's time in a message that nobody asked for, so that its delay is not known: a lower
   * bound. It corrects at once a clock that is behind it or `unset`; a clock that is ahead, by the
   * fastest of several.
   */
  heard(platformNow: number): Correction | null {
    this.#check();
    const mono = this.#time.mono();
    this.#heartbeats.push({ at: platformNow, mono });
    const behind = platformNow - this.now() > TOLERANCE_MS;
    if (this.#offset === null || behind) return this.correct(platformNow, 0);
    this.raise(platformNow);
    if (this.#heartbeats.length < HEARTBEATS) return null;
    const fastest = Math.max(...this.#heartbeats.map((beat) => beat.at - beat.mono));
    return this.correct(fastest + mono, 0);
  }

  /**
   * An authenticated lower bound: when something that was verified had been signed. A clock that is
   * behind it goes on from there; one that is behind by less than the tolerance is left alone, and
   * the mark rises only that far.
   */
  raise(at: number): void {
    this.#check();
    const behind = at - this.#running();
    if (behind > TOLERANCE_MS) this.#forward(behind);
    const mark = Math.min(at, this.#running());
    if (mark <= this.#mark) return;
    this.#mark = mark;
    if (mark - this.#saved < SAVE_EVERY_MS) return;
    try {
      this.#store.save(mark);
      this.#saved = mark;
    } catch {
      // A full disk: whoever watches the disk says so, and the mark in memory holds until then.
    }
  }

  /** Ends the timer. */
  close(): void {
    clearInterval(this.#timer);
  }

  #running(): number {
    if (this.#offset !== null) return this.#time.wall() + this.#offset;
    return this.#anchor.at + this.#time.mono() - this.#anchor.mono;
  }

  #set(right: number, said: number, tolerance: number): void {
    const offset = right - this.#time.wall();
    this.#offset = Math.abs(offset) <= tolerance ? 0 : offset;
    const back = said - this.#running();
    this.#standsStillUntil = back > 0 && back < STANDSTILL_MS ? said : 0;
  }

  #forward(behind: number): void {
    if (this.#offset !== null) this.#offset += behind;
    this.#anchor = { at: this.#anchor.at + behind, mono: this.#anchor.mono };
  }

  #distrust(said: number, before: ClockQuality): Correction | null {
    this.#anchor = { at: said, mono: this.#time.mono() };
    this.#offset = null;
    return before === 'unset' ? null : { offsetMs: 0, quality: 'unset' };
  }

  #check(): void {
    const mono = this.#time.mono();
    const difference = this.#time.wall() - mono;
    const before = this.#difference;
    this.#difference = difference;
    const jump = difference - before;
    if (Math.abs(jump) <= JUMP_MS) return;
    if (this.#offset !== null) {
      // Where the clock would be had nobody touched it.
      this.#anchor = { at: before + mono + this.#offset, mono };
      this.#offset = null;
    }
    this.#onJump(Math.round(jump));
  }
}
