/**
 * The bench group "memory": what a gate's processes take together, by proportional set size (proc(5), smaps_rollup).
 * Pages that several processes map count in parts, so the gate and the two bare Node processes beside it each run on a
 * copy of the Node binary of their own: nobody else on this machine bears a part.
 */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { SimCard } from '../../devices/card/sim-card.ts';
import { holdOnVpcd } from '../../devices/card/vpcd.ts';
import type { Bench } from './figures.ts';
import { ANSWER_MS_MAX, inService, SEEN_GONE_MS, withGateSite } from './gate.ts';

const ROWS = 100_000;
const TAPS = 50;
const QUICK_TAPS = 10;
const BUDGET_MIB = 170;
const SETTLE_MS = 2_000;

export async function memoryBench({ report, quick }: Bench): Promise<void> {
  const taps = quick ? QUICK_TAPS : TAPS;
  await withGateSite({ rows: ROWS, cards: taps, reader: 'pcsc' }, async (site) => {
    await site.startPlatform();
    const node = join(site.directory, 'node-of-the-gate');
    await copyFile(process.execPath, node);
    const gate = site.startGate({ node });
    await inService(gate);
    const atStart = await memoryOf(gate.pid);
    for (const { card } of site.cards) {
      const before = gate.lines.all.length;
      const held = await holdOnVpcd(new SimCard(card), { port: site.vpcdPort ?? 0 });
      await gate.lines.next({ event: 'print.done' }, before, ANSWER_MS_MAX);
      await held.remove();
      await pause(SEEN_GONE_MS);
    }
    const floor = await bareNodes(join(site.directory, 'node-of-the-floor'));
    const { pss, processes } = await memoryOf(gate.pid);
    const detail = { unit: 'MiB', rows: ROWS, processes };
    report({ ...detail, figure: 'memory.start', value: atStart.pss, floor, budget: BUDGET_MIB });
    report({ ...detail, figure: 'memory', value: pss, floor, budget: BUDGET_MIB, taps });
  });
}

/** Two Node processes that do nothing, measured together, in MiB. */
async function bareNodes(node: string): Promise<number> {
  await copyFile(process.execPath, node);
  const script = 'setInterval(() => {}, 1e6); console.log("up")';
  const bare = [0, 1].map(() =>
    spawn(node, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] }),
  );
  try {
    await Promise.all(bare.map(({ stdout }) => once(stdout, 'data')));
    await pause(SETTLE_MS);
    const sizes = await Promise.all(bare.map(({ pid = 0 }) => pssOf(pid)));
    return sizes.reduce((sum, each) => sum + each, 0);
  } finally {
    for (const child of bare) child.kill();
  }
}

/** Of a process and all its descendants, in MiB. */
async function memoryOf(pid: number): Promise<{ pss: number; processes: number }> {
  await pause(SETTLE_MS);
  const pids = await familyOf(pid);
  const sizes = await Promise.all(pids.map(pssOf));
  return { pss: sizes.reduce((sum, each) => sum + each, 0), processes: pids.length };
}

async function familyOf(pid: number): Promise<number[]> {
  const threads = await readdir(`/proc/${pid}/task`);
  const children = await Promise.all(
    threads.map((thread) => readFile(`/proc/${pid}/task/${thread}/children`, 'latin1')),
  );
  const pids = children.join(' ').split(/\s+/u).filter(Boolean).map(Number);
  return [pid, ...(await Promise.all(pids.map(familyOf))).flat()];
}

async function pssOf(pid: number): Promise<number> {
  const rollup = await readFile(`/proc/${pid}/smaps_rollup`, 'latin1');
  return Number(/^Pss:\s+(\d+) kB$/mu.exec(rollup)?.[1]) / 1_024;
}
