/** The bench group "start": from the start of the process until cards are served, with the list on disk and no network. */

import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { type Bench, median, reportTimes } from './figures.ts';
import { inService, READY_MS_MAX, withGateSite } from './gate.ts';

const ROWS = 100_000;
const STARTS = 10;
const QUICK_STARTS = 3;
const BUDGET_MS = 1_500;

export async function startBench({ report, note, quick }: Bench): Promise<void> {
  await withGateSite({ rows: ROWS, cards: 1, reader: 'pcsc' }, async (site) => {
    const platform = await site.startPlatform();
    const first = site.startGate();
    await inService(first);
    await first.end();
    await platform.end();
    const ready: number[] = [];
    const serving: number[] = [];
    const bare: number[] = [];
    for (let n = 0; n < (quick ? QUICK_STARTS : STARTS); n += 1) {
      bare.push(await bareNode());
      const begun = performance.now();
      const gate = site.startGate();
      const line = await gate.lines.next({ event: 'terminal.ready' }, 0, READY_MS_MAX);
      ready.push(performance.now() - begun);
      await inService(gate);
      serving.push(performance.now() - begun);
      if (line['reason'] !== undefined) note(`start: ready, but not to serve: ${line['reason']}`);
      await gate.end();
    }
    const floor = median(bare);
    reportTimes(report, 'start.ready', ready, { rows: ROWS }, { p50: { floor } });
    reportTimes(
      report,
      'start.in-service',
      serving,
      { rows: ROWS, budget: BUDGET_MS },
      { p50: { floor } },
    );
  });
}

/** From the start of a Node that does nothing to its end. */
async function bareNode(): Promise<number> {
  const begun = performance.now();
  await promisify(execFile)(process.execPath, ['-e', '']);
  return performance.now() - begun;
}
