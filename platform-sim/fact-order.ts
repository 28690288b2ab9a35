/** When facts happened, as well as the platform can tell, and in which order they count: the same whatever the order of arrival. */

import type { Fact } from '../src/domain/fact.ts';

/** Which fact it is, and what its terminal says of when it was. */
export type StampedFact = Pick<
  Fact,
  'terminal' | 'epoch' | 'seq' | 'at' | 'clock' | 'boot' | 'mono'
>;

/** `origin`: the platform's time (ms since the epoch) at which the terminal's monotonic clock of this boot was zero. */
export interface ClockOrigin {
  readonly terminal: string;
  readonly epoch: string;
  readonly boot: number;
  readonly origin: number;
}

/** Names one boot of one terminal. */
export function bootKey(of: Omit<ClockOrigin, 'origin'>): string {
  return `${of.terminal} ${of.epoch} ${of.boot}`;
}

/** Whether `mono` can be the milliseconds since a machine started: nothing of the wire is added to a date unseen. */
export function isPlausibleMono(mono: number): boolean {
  return mono >= 0 && mono < 1e12;
}

/** ms since the epoch. `origin`: that of the fact's boot; undefined: not known, and what the terminal said has to do. */
export function correctedTime(
  { at, clock, mono }: StampedFact,
  origin: number | undefined,
): number {
  const isAsSaid = clock === 'synced' || !isPlausibleMono(mono);
  return origin === undefined || isAsSaid ? Date.parse(at) : Math.round(origin + mono);
}

/** `time`: corrected. `about`: what the fact is about; empty where all are about the same. */
export interface Placed {
  readonly fact: StampedFact;
  readonly time: number;
  readonly about: string;
}

/**
 * By corrected time, then terminal, epoch and number; but the facts of one ledger about one thing never against its own order,
 * which knows better what came first than a clock that was set back between two of them.
 */
export function inOrderOfTime<Each>(all: readonly Each[], placeOf: (each: Each) => Placed): Each[] {
  const byNumber = all
    .map((each) => ({ each, ...placeOf(each) }))
    .sort((a, b) => byLedger(a.fact, b.fact));
  const latest = new Map<string, number>();
  const ranked = byNumber.map(({ each, fact, time, about }) => {
    const ledger = `${about} ${fact.terminal} ${fact.epoch}`;
    const rank = Math.max(time, latest.get(ledger) ?? time);
    latest.set(ledger, rank);
    return { each, rank };
  });
  // Stable: facts of one moment stay as they were put.
  return ranked.sort((a, b) => a.rank - b.rank).map(({ each }) => each);
}

function byLedger(a: StampedFact, b: StampedFact): number {
  return compare(a.terminal, b.terminal) || compare(a.epoch, b.epoch) || a.seq - b.seq;
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
