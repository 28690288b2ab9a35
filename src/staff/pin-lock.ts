/**
 * How often a PIN may be tried: five times, then after growing waits. The number of wrong tries is durable before the PIN
 * is looked at, so that pulling the plug gives nobody another five; waits are measured on CLOCK_MONOTONIC, so that setting
 * the clock does not end them.
 */

import type { Ledger } from '../store/ledger.ts';
import { isNotRecorded } from './decisions.ts';

const FREE_TRIES = 5;
const FIRST_WAIT_SECONDS = 30;
const LONGEST_WAIT_SECONDS = 900;
const SETTING = 'staff-pin-tries';
/** More would change nothing. */
const TRIES_MAX = 1_000;

export type PinOutcome =
  | { readonly pin: 'right' }
  /** Typed in full, and not it. */
  | { readonly pin: 'wrong'; readonly tries: number }
  /** None is taken for so many whole seconds; with this one it began (`tries`), or it lasts already. */
  | { readonly pin: 'locked'; readonly waitSeconds: number; readonly tries: number | null };

export class PinLock {
  readonly #kept: Pick<Ledger, 'get' | 'set'>;
  readonly #mono: () => number;
  #tries: number;
  /** ms, monotonic */
  #lockedUntil = 0;

  /**
   * `mono`: ms, monotonic. A wait that an earlier run began is begun anew, in full, for it can't be known how long the
   * machine was off.
   */
  constructor(kept: Pick<Ledger, 'get' | 'set'>, mono: () => number) {
    this.#kept = kept;
    this.#mono = mono;
    const tries = Number(kept.get(SETTING) ?? 0);
    this.#tries = Number.isInteger(tries) && tries >= 0 ? tries : FREE_TRIES;
    this.#lockAfter(this.#tries);
  }

  /** Whole seconds until the next try; 0 when one is free. */
  waitSeconds(): number {
    return Math.max(0, Math.ceil((this.#lockedUntil - this.#mono()) / 1_000));
  }

  /** `isRight` is asked only when a try is free, after the try has been counted. */
  async attempt(isRight: () => Promise<boolean>): Promise<PinOutcome> {
    const waitSeconds = this.waitSeconds();
    if (waitSeconds > 0) return { pin: 'locked', waitSeconds, tries: null };
    const tries = Math.min(this.#tries + 1, TRIES_MAX);
    this.#count(tries);
    this.#lockAfter(tries);
    if (await isRight()) {
      this.#lockedUntil = 0;
      this.#count(0);
      return { pin: 'right' };
    }
    this.#lockAfter(tries);
    const wait = this.waitSeconds();
    return wait > 0 ? { pin: 'locked', waitSeconds: wait, tries } : { pin: 'wrong', tries };
  }

  #count(tries: number): void {
    this.#tries = tries;
    try {
      this.#kept.set(SETTING, String(tries));
    } catch (error) {
      // Staff has to get in to a full disk too. This run goes on counting.
      if (!isNotRecorded(error)) throw error;
    }
  }

  #lockAfter(tries: number): void {
    const beyond = tries - FREE_TRIES;
    if (beyond < 0) return;
    const seconds = Math.min(FIRST_WAIT_SECONDS * 2 ** beyond, LONGEST_WAIT_SECONDS);
    this.#lockedUntil = this.#mono() + seconds * 1_000;
  }
}
