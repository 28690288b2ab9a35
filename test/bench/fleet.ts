/** The bench group "fleet": what `npm run fleet` reports, of 5,000 terminals. */

import { runFleet } from '../../platform-sim/fleet/fleet.ts';
import type { Bench } from './figures.ts';

const TERMINALS = 5_000;
const QUICK_TERMINALS = 100;
const PLAN = {
  taps: 10,
  heads: 3,
  slow: 0,
  processes: 2,
  url: null,
  crashes: false,
  cuts: true,
  hasFloor: true,
} as const;

export async function fleetBench({ report, note, quick }: Bench): Promise<void> {
  const terminals = quick ? QUICK_TERMINALS : TERMINALS;
  const times = { beatMs: 10_000, idleMs: quick ? 1_000 : 20_000, patienceMs: 300_000 };
  await runFleet({ ...PLAN, ...times, terminals }, { report, note }, new AbortController().signal);
}
