/**
 * When something happened at a terminal, by the platform's clock, between which bounds.
 *
 * A terminal's monotonic clock stands in its beats. Such a reading was taken before it arrived, and after whatever it can be
 * shown to have heard before. So each is a pair of bounds; between two readings clocks drift no faster than a bad crystal.
 */

/** What names a boot of a terminal in a ledger of it. */
export interface BootOf {
  readonly terminal: string;
  readonly epoch: string;
  readonly boot: number;
}

/** When the monotonic clock stood at `mono`, the platform's (ms since the epoch) stood between these. */
export interface ClockSample {
  readonly mono: number;
  /** Null: the terminal was not shown to have heard anything before. */
  readonly earliest: number | null;
  readonly latest: number;
}

/** Ms since the epoch. Null: nothing is known on this side. */
export interface Interval {
  readonly earliest: number | null;
  readonly latest: number | null;
}

/** Of each hour one sample is kept: in half of one a clock drifts by less than 0.2 s. */
export const SAMPLE_EVERY_MS = 3_600_000;

/** Twice 100 ppm, which a cheap crystal keeps: the platform's has an error of its own. */
const DRIFT = 200e-6;

/** The bounds of the moment in which the monotonic clock of that boot stood at `mono`. */
export function intervalAt(mono: number, samples: readonly ClockSample[]): Interval {
  let earliest: number | null = null;
  let latest: number | null = null;
  for (const sample of samples) {
    const since = mono - sample.mono;
    const drift = Math.abs(since) * DRIFT;
    const to = sample.latest + since + drift;
    latest = latest === null ? to : Math.min(latest, to);
    if (sample.earliest === null) continue;
    const from = sample.earliest + since - drift;
    earliest = earliest === null ? from : Math.max(earliest, from);
  }
  return { earliest, latest };
}
