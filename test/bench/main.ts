/**
 * `npm run bench [-- GROUP...] [--quick]`: one JSON line a figure on stdout, notes for people on stderr; docs/bench.md says what each figure is.
 * Ends with 0 also when a budget is missed: that is said, not hidden. With 1 when something could not be measured.
 */

import { loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { factsBench } from './facts.ts';
import type { Bench, Figure } from './figures.ts';
import { memoryBench } from './memory.ts';
import { receiptBench } from './receipt.ts';
import { sizeBench } from './size.ts';
import { startBench } from './start.ts';
import { storeBench } from './store.ts';
import { tapBench } from './tap.ts';
import { verifyBench } from './verify.ts';

const GROUPS: Readonly<Record<string, (bench: Bench) => Promise<void>>> = {
  tap: tapBench,
  verify: verifyBench,
  start: startBench,
  memory: memoryBench,
  facts: factsBench,
  receipt: receiptBench,
  size: sizeBench,
  store: ({ report }) => storeBench(report),
};

/** Figures that are the better the higher they are. */
const RATES: ReadonlySet<string> = new Set(['1/s']);
const DIGITS = 4;

function lineOf(group: string, figure: Figure): string {
  const { value, unit, budget } = figure;
  const met =
    budget === undefined ? {} : { met: RATES.has(unit) ? value >= budget : value <= budget };
  const load = Math.round((loadavg()[0] ?? 0) * 10) / 10;
  return JSON.stringify({ group, ...figure, ...met, load }, (_key, said: unknown) =>
    typeof said === 'number' ? Number(said.toPrecision(DIGITS)) : said,
  );
}

function note(text: string): void {
  process.stderr.write(`${text}\n`);
}

// Only an exit that is made here ends the children of the bench too.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));

const { values, positionals } = parseArgs({
  options: { quick: { type: 'boolean', default: false } },
  allowPositionals: true,
});
const wanted = positionals.length === 0 ? Object.keys(GROUPS) : positionals;
const unknown = wanted.filter((group) => !(group in GROUPS));
if (unknown.length > 0) {
  note(`no group ${unknown.join(', ')}; there are: ${Object.keys(GROUPS).join(', ')}`);
  process.exit(2);
}
for (const group of wanted) {
  note(`${group} ...`);
  const report = (figure: Figure): void => {
    if (!Number.isFinite(figure.value)) throw new Error(`${figure.figure} was not measured`);
    process.stdout.write(`${lineOf(group, figure)}\n`);
  };
  await GROUPS[group]?.({ report, note, quick: values.quick });
}
