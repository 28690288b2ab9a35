/**
 * The bench group "memory": what a gate's processes take together, by proportional set size (proc(5), smaps_rollup).
 * Pages that several processes map count in parts, so the gate and the two bare Node processes beside it each run on a
 * copy of the Node binary of their own: nobody else on this machine bears a part of theirs.
 */

import { copyFile, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { pinnedNode } from '../../src/bin/pinned-node.mjs';
import { Program } from '../rig/program.ts';
import { withSite } from '../rig/site.ts';
import type { Bench } from './figures.ts';
import { publish, rowsOf, SEEN_GONE_MS } from './gate.ts';

const TAPS = 50;
const QUICK_TAPS = 10;
const BUDGET_MIB = 170;
/**
 * V8 looks at the memory of a process that has become quiet 8 s later (--gc-memory-reducer-start-delay-ms), and gives back
 * what a download needed for a moment.
 */
const SETTLE_MS = 15_000;
const SOON_MS = 3_000;
const IDLE = 'setInterval(() => {}, 1e6); console.log(JSON.stringify({ event: "idle" }))';

export async function memoryBench({ report, quick }: Bench): Promise<void> {
  const rows = rowsOf({ quick });
  const settleMs = quick ? SOON_MS : SETTLE_MS;
  await withSite({ reader: 'pcsc' }, async (site) => {
    // As in a terminal that was started before: its code is compiled and kept.
    const env = compiledCodeIn(site.directory, 'compiled');
    await (await site.startGate({ env })).end();
    const cards = await publish(site, { rows, cards: quick ? QUICK_TAPS : TAPS });
    const floor = await memoryOfTwoBareNodes(site.directory);
    const within = await onACopyOfNode(site.directory);
    const gate = await site.openGate({ within, env });
    const detail = { unit: 'MiB', budget: BUDGET_MIB, floor, rows };
    const soon = await memoryOf([gate], SOON_MS);
    const value = await memoryOf([gate], settleMs);
    report({ ...detail, figure: 'memory.after-download', value, soon });
    for (const { card } of cards) {
      await site.tap(card);
      await pause(SEEN_GONE_MS);
    }
    report({
      ...detail,
      figure: 'memory.after-taps',
      value: await memoryOf([gate], settleMs),
      taps: cards.length,
    });
    await gate.end();
    const again = await site.openGate({ within, env });
    report({
      ...detail,
      figure: 'memory.list-from-disk',
      value: await memoryOf([again], settleMs),
    });
    await again.end();
    const first = await site.openGate({ within, env: compiledCodeIn(site.directory, 'none-yet') });
    report({ ...detail, figure: 'memory.first-start', value: await memoryOf([first], settleMs) });
  });
}

/** Environment of a gate that keeps its compiled code in this folder, whatever was run in this clone before. */
function compiledCodeIn(directory: string, name: string): Record<string, string> {
  return { NODE_COMPILE_CACHE: join(directory, name) };
}

/** A command that runs the rest of its arguments where the pinned Node is a file of its own. */
async function onACopyOfNode(directory: string): Promise<string[]> {
  const copy = join(directory, 'node-of-the-gate');
  await copyFile(pinnedNode, copy);
  const script = 'mount --bind "$1" "$2" && shift 2 && exec "$@"';
  return ['unshare', '--mount', 'sh', '-c', script, 'sh', copy, pinnedNode];
}

/** Two Node processes that do nothing, in MiB. */
async function memoryOfTwoBareNodes(directory: string): Promise<number> {
  const node = join(directory, 'node-of-the-floor');
  await copyFile(pinnedNode, node);
  const bare = [
    new Program(['-e', IDLE], { program: node }),
    new Program(['-e', IDLE], { program: node }),
  ];
  try {
    for (const program of bare) await program.next({ event: 'idle' });
    return await memoryOf(bare, SOON_MS);
  } finally {
    for (const program of bare) await program.end();
  }
}

/** Of programs and everything that they started, in MiB, after so long. */
async function memoryOf(programs: readonly Program[], settleMs: number): Promise<number> {
  await pause(settleMs);
  const pids = programs.flatMap((program) => [...program.processes().keys()]);
  const sizes = await Promise.all(
    pids.map(async (pid) => {
      const rollup = await readFile(`/proc/${pid}/smaps_rollup`, 'latin1');
      return Number(/^Pss:\s+(\d+) kB$/mu.exec(rollup)?.[1]) / 1_024;
    }),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}
