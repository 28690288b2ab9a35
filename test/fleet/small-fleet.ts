/** A fleet that is through in seconds. */

import type { FleetFigure } from '../../platform-sim/fleet/figures.ts';
import { type FleetOptions, runFleet } from '../../platform-sim/fleet/fleet.ts';

const SMALL: FleetOptions = {
  ...{ terminals: 50, slow: 3, taps: 4, heads: 2, processes: 2, url: null, crashes: false },
  ...{ beatMs: 1_000, idleMs: 200, patienceMs: 60_000, hasFloor: true, cuts: true },
};

/** What was reported, by name. */
export async function figuresOf(
  over: Partial<FleetOptions>,
  heard: (figure: FleetFigure) => void = () => {},
  stop = new AbortController().signal,
): Promise<Map<string, FleetFigure>> {
  const figures = new Map<string, FleetFigure>();
  const report = (figure: FleetFigure) => {
    figures.set(figure.figure, figure);
    heard(figure);
  };
  await runFleet({ ...SMALL, ...over }, { report, note: () => {} }, stop);
  return figures;
}
