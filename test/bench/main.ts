/**
 * `npm run bench [-- GROUP...] [--quick]`: one JSON line a figure on stdout, notes for people on stderr. docs/bench.md
 * says what each figure is. A missed budget is said, not punished: the exit code is 1 only when something could not be
 * measured, 2 for an unknown group.
 */

import { loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { alertBench } from './alert.ts';
import { centreBench } from './centre.ts';
import { certificateBench } from './certificate.ts';
import { crlBench } from './crl.ts';
import { factsBench } from './facts.ts';
import type { Bench, Figure } from './figures.ts';
import { fleetBench } from './fleet.ts';
import { keysBench } from './keys.ts';
import { listsBench } from './lists.ts';
import { memoryBench } from './memory.ts';
import { millionBench } from './million.ts';
import { neighboursBench } from './neighbours.ts';
import { ocspBench } from './ocsp.ts';
import { orderBench } from './order.ts';
import { outageBench } from './outage.ts';
import { pageBench } from './page.ts';
import { possessionBench } from './possession.ts';
import { receiptBench } from './receipt.ts';
import { shelterBench } from './shelter.ts';
import { sizeBench } from './size.ts';
import { startBench } from './start.ts';
import { storeBench } from './store.ts';
import { tapBench } from './tap.ts';
import { townBench } from './town.ts';
import { verifyBench } from './verify.ts';

const GROUPS: Readonly<Record<string, (bench: Bench) => Promise<void>>> = {
  tap: tapBench,
  possession: possessionBench,
  verify: verifyBench,
  ocsp: ocspBench,
  keys: keysBench,
  crl: crlBench,
  start: startBench,
  memory: memoryBench,
  facts: factsBench,
  neighbours: neighboursBench,
  fleet: fleetBench,
  alert: alertBench,
  receipt: receiptBench,
  page: pageBench,
  size: sizeBench,
  lists: listsBench,
  million: millionBench,
  certificate: certificateBench,
  order: orderBench,
  centre: centreBench,
  store: storeBench,
  town: townBench,
  shelter: shelterBench,
  outage: outageBench,
};

/** Figures that are the better the higher they are. */
const RATES: ReadonlySet<string> = new Set(['1/s']);
const DIGITS = 4;
const ERROR_CHARACTERS_SHOWN = 4_000;

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

async function measure(group: string, quick: boolean): Promise<void> {
  const report = (figure: Figure): void => {
    if (!Number.isFinite(figure.value)) throw new Error(`${figure.figure} was not measured`);
    process.stdout.write(`${lineOf(group, figure)}\n`);
  };
  note(`${group} ...`);
  const begun = performance.now();
  try {
    await GROUPS[group]?.({ report, note, quick });
    note(`${group}: ${((performance.now() - begun) / 1_000).toFixed(1)} s`);
  } catch (error) {
    process.exitCode = 1;
    const why = String(error instanceof Error ? error.stack : error);
    note(`${group} could not be measured: ${why.slice(0, ERROR_CHARACTERS_SHOWN)}`);
  }
}

const { values, positionals } = parseArgs({
  options: { quick: { type: 'boolean', default: false } },
  allowPositionals: true,
});
const wanted = positionals.length === 0 ? Object.keys(GROUPS) : positionals;
const unknown = wanted.filter((group) => !Object.hasOwn(GROUPS, group));
if (unknown.length > 0) {
  note(`no group ${unknown.join(', ')}; there are: ${Object.keys(GROUPS).join(', ')}`);
  process.exitCode = 2;
} else {
  for (const group of wanted) await measure(group, values.quick);
}
// The control sockets of simulated devices, of a daemon that ran in this process, would keep it going.
process.exit();
