/** What was measured, as figures: those of the platform with the bare server's as their floor. */

import type { Measured } from './measuring.ts';

/** As in the bench: `docs/bench.md` says what each field is. */
export interface FleetFigure {
  readonly figure: string;
  readonly value: number;
  readonly unit: string;
  readonly floor?: number;
  readonly n?: number;
  readonly [detail: string]: unknown;
}

interface Point {
  readonly name: string;
  readonly unit: string;
  readonly of: (measured: Measured) => number | undefined;
  /** How many measurements it comes from, where that is not the number of terminals. */
  readonly n?: (measured: Measured) => number | undefined;
}

const POINTS: Readonly<Partial<Record<keyof Measured, readonly Point[]>>> = {
  opening: [{ name: 'fleet.open', unit: '1/s', of: ({ opening }) => opening }],
  memory: [{ name: 'fleet.memory', unit: 'KiB', of: ({ memory }) => memory }],
  cpu: [{ name: 'fleet.cpu', unit: 'us/s', of: ({ cpu }) => cpu }],
  heads: times('fleet.head', ({ heads }) => heads, [0.5, 0.99]),
  rate: [
    {
      name: 'fleet.facts',
      unit: '1/s',
      of: ({ rate }) => rate,
      n: ({ acknowledged }) => acknowledged?.length,
    },
  ],
  acknowledged: times('fleet.acknowledged', ({ acknowledged }) => acknowledged, [0.5, 0.99]),
  storm: times('fleet.storm', ({ storm }) => storm, [0.5, 0.99, 1]),
  stormCpu: [{ name: 'fleet.storm.cpu', unit: 'us', of: ({ stormCpu }) => stormCpu }],
};

/** The figures of one thing that was measured; none where it was not, or is no figure. */
export function figuresOf(
  what: keyof Measured,
  measured: Measured,
  bare: Measured | null,
): FleetFigure[] {
  return (POINTS[what] ?? []).flatMap(({ name, unit, of, n }) => {
    const value = of(measured);
    if (value === undefined || Number.isNaN(value)) return [];
    const floor = bare === null ? undefined : of(bare);
    const count = n?.(measured);
    return [
      {
        ...{ figure: name, value, unit },
        ...(floor !== undefined && !Number.isNaN(floor) && { floor }),
        ...(count !== undefined && { n: count }),
      },
    ];
  });
}

function times(
  name: string,
  of: (measured: Measured) => readonly number[] | undefined,
  shares: readonly number[],
): Point[] {
  return shares.map((share) => ({
    name: `${name}.p${share * 100}`,
    unit: 'ms',
    of: (measured) => percentile(of(measured) ?? [], share),
    n: (measured) => of(measured)?.length,
  }));
}

/** The smallest value that is not below `share` (0 to 1) of all; NaN without values. */
function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}
