/** What the bench says: one JSON line a figure. */

export interface Figure {
  /** `group.what`, then `.p50` or `.p99` for one point of a distribution. */
  readonly figure: string;
  readonly value: number;
  readonly unit: string;
  /** Met when the value is not above it, or for rates not below it. */
  readonly budget?: number;
  /** What the same machine takes for it at the least, in the same run and unit. */
  readonly floor?: number;
  /** What somebody else's software takes for it, in the same run and unit. */
  readonly peer?: number;
  /** How many measurements it comes from. */
  readonly n?: number;
  /** True: a model's time is in it. */
  readonly modelled?: boolean;
  readonly [detail: string]: unknown;
}

export type Report = (figure: Figure) => void;

/** What every group is given. */
export interface Bench {
  readonly report: Report;
  /** For people, on stderr. */
  readonly note: (text: string) => void;
  /** Fewer measurements: CI wants to know that the figures can be taken, not what they are. */
  readonly quick: boolean;
}

/** The smallest value that is not below `share` (0 to 1) of all; NaN without values. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

export function median(values: readonly number[]): number {
  return percentile(values, 0.5);
}

/** Details that belong to p50 or p99 alone, such as their budgets. */
export interface PerPoint {
  readonly p50?: Partial<Figure>;
  readonly p99?: Partial<Figure>;
}

/** Reports p50 and p99 of times in ms. */
export function reportTimes(
  report: Report,
  figure: string,
  times: readonly number[],
  detail: Partial<Figure> = {},
  { p50 = {}, p99 = {} }: PerPoint = {},
): void {
  const common = { unit: 'ms', n: times.length, ...detail };
  report({ ...common, ...p50, figure: `${figure}.p50`, value: percentile(times, 0.5) });
  report({ ...common, ...p99, figure: `${figure}.p99`, value: percentile(times, 0.99) });
}

/** Runs `work` and answers how long it took, in ms. */
export function timed(work: () => unknown): number {
  const before = performance.now();
  work();
  return performance.now() - before;
}
