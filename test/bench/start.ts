/** The bench group "start": from the start of the process until cards are served, with the list on disk and no network. */

import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { withSite } from '../rig/site.ts';
import { type Bench, median, reportTimes } from './figures.ts';
import { publish, rowsOf } from './gate.ts';

const STARTS = 20;
const QUICK_STARTS = 3;
const BUDGET_MS = 1_500;

export async function startBench({ report, quick }: Bench): Promise<void> {
  const rows = rowsOf({ quick });
  const ready: number[] = [];
  const serving: number[] = [];
  const bare: number[] = [];
  await withSite({ reader: 'pcsc' }, async (site) => {
    await publish(site, { rows, cards: 1 });
    const first = await site.openGate();
    await first.end();
    await site.platform.end();
    for (let n = 0; n < (quick ? QUICK_STARTS : STARTS); n += 1) {
      bare.push(await bareNode());
      const begun = performance.now();
      const gate = await site.startGate();
      ready.push(performance.now() - begun);
      await gate.next({ event: 'terminal.in-service' });
      serving.push(performance.now() - begun);
      await gate.end();
    }
  });
  const detail = { rows, budget: BUDGET_MS, floor: median(bare) };
  reportTimes(report, 'start.ready', ready, detail);
  reportTimes(report, 'start.in-service', serving, detail);
}

/** From the start of a Node that does nothing to its end. */
async function bareNode(): Promise<number> {
  const begun = performance.now();
  await promisify(execFile)(process.execPath, ['-e', '']);
  return performance.now() - begun;
}
