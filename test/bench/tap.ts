/**
 * The bench group "tap": from the reader's event to the durable decision, through the real pcscd and vpcd. Every tap is
 * a person of their own who is let in, so each one commits a fact and prints a receipt while the next one comes.
 * After each tap the same card is read on vpcd's other slot by a program that does nothing else: the floor.
 */

import { execFile } from 'node:child_process';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { type CardDefinition, type CardTiming, SimCard } from '../../devices/card/sim-card.ts';
import { holdOnVpcd } from '../../devices/card/vpcd.ts';
import type { TestCard } from '../cards.ts';
import { Program } from '../rig/program.ts';
import { type Site, withSite } from '../rig/site.ts';
import { BareCommits } from './bare-commits.ts';
import { type Bench, type Figure, median, percentile, reportTimes } from './figures.ts';
import { publish, rowsOf, SEEN_GONE_MS } from './gate.ts';

const OTHER_SLOT = 'Virtual PCD 00 01';
const BARE_READ = fileURLToPath(new URL('./bare-read.ts', import.meta.url));
const OPENSC_READS = 10;
const SLOWEST_SHOWN = 5;
const MODELLED: CardTiming = { bitRate: 106, perApduMs: 1, signatureMs: 0 };

const OWN_BUDGET_MS = { p50: 5, p99: 20 } as const;
const MODELLED_RATIO_BUDGET = 1.05;
/** How much slower than the hundredth the first tap after a start may be. */
const FIRST_TO_LATER = 2;

const PAPER_SETTLED: ReadonlySet<string> = new Set(['print.done', 'print.owed', 'print.unknown']);

type Stages = Readonly<Record<string, number>>;

interface Pair {
  readonly tap: Stages;
  readonly bare: Stages;
  /** One bare commit in SQLite with fsync, on the same disk. */
  readonly commit: number;
}

export async function tapBench(bench: Bench): Promise<void> {
  const taps = bench.quick ? 40 : 200;
  const modelledTaps = bench.quick ? 10 : 60;
  await withSite({ reader: 'pcsc' }, async (site) => {
    const cards = await publish(site, { rows: rowsOf(bench), cards: taps + modelledTaps });
    await site.openGate();
    const bare = new Program([BARE_READ, OTHER_SLOT], { env: site.pcscd.env });
    try {
      await bare.next({ event: 'watching' });
      const rig = { site, bare, note: bench.note };
      const pairs = await pairsOf(rig, cards.slice(0, taps));
      noteSlowest(bench, pairs);
      reportZeroLatency(bench, pairs, await openScReads(rig, cards));
      reportModelled(bench, await pairsOf(rig, cards.slice(taps), MODELLED));
    } finally {
      await bare.end();
    }
  });
}

interface Rig {
  readonly site: Site;
  readonly bare: Program;
  readonly note: Bench['note'];
}

async function pairsOf(rig: Rig, cards: readonly TestCard[], timing?: CardTiming): Promise<Pair[]> {
  const commits = new BareCommits(rig.site.directory);
  const pairs: Pair[] = [];
  try {
    for (const { der, card } of cards) {
      const timed = timing === undefined ? card : { ...card, timing };
      const tap = await tapOf(rig, timed);
      const goneAt = performance.now();
      pairs.push({ tap, bare: await bareRead(rig, timed, der.length), commit: commits.time() });
      await pause(Math.max(0, goneAt + SEEN_GONE_MS - performance.now()));
      if (pairs.length % 20 === 0) rig.note(`tap: ${pairs.length} of ${cards.length}`);
    }
  } finally {
    commits.close();
  }
  return pairs;
}

async function tapOf({ site }: Rig, card: CardDefinition): Promise<Stages> {
  const after = site.gate.lines.all.length;
  const answer = await site.tap(card);
  if (answer.event !== 'entry.granted') {
    throw new Error(`a tap was not granted: ${JSON.stringify(answer)}`);
  }
  // The modelled printer shares this process with the modelled cards: it must not slow the next one down. On a machine
  // that is busy it may be silent for so long that the gate owes the receipt; the tap is measured all the same.
  await site.gate.first(({ event }) => PAPER_SETTLED.has(event), after);
  return answer['ms'] as Stages;
}

async function bareRead({ site, bare }: Rig, card: CardDefinition, bytes: number): Promise<Stages> {
  const after = bare.lines.all.length;
  const held = await holdOnVpcd(new SimCard(card), { port: site.pcscd.port + 1 });
  const read = await bare.first(({ event }) => event === 'read' || event === 'failed', after);
  await held.remove();
  await bare.next({ event: 'gone' }, after);
  if (read['bytes'] !== bytes) throw new Error(`no bare read: ${JSON.stringify(read)}`);
  return read['ms'] as Stages;
}

/** Wall time of `pkcs15-tool --read-certificate`, in ms, on a card that lies there already. */
async function openScReads({ site, bare }: Rig, [any]: readonly TestCard[]): Promise<number[]> {
  if (any === undefined) throw new Error('there is no card');
  const after = bare.lines.all.length;
  const held = await holdOnVpcd(new SimCard(any.card), { port: site.pcscd.port + 1 });
  await bare.next({ event: 'read' }, after);
  const read = ['--reader', OTHER_SLOT, '--read-certificate', '01'];
  const env = { ...process.env, ...site.pcscd.env };
  const times: number[] = [];
  for (let n = 0; n < OPENSC_READS; n += 1) {
    const startedAt = performance.now();
    await promisify(execFile)('pkcs15-tool', read, { env });
    times.push(performance.now() - startedAt);
  }
  await held.remove();
  await bare.next({ event: 'gone' }, after);
  return times;
}

/** For whoever wants to know what the p99 is made of. */
function noteSlowest({ note }: Bench, pairs: readonly Pair[]): void {
  const slowest = pairs
    .map(({ tap }, at) => ({ at: at + 1, tap }))
    .toSorted((a, b) => (b.tap['total'] ?? 0) - (a.tap['total'] ?? 0))
    .slice(0, SLOWEST_SHOWN);
  for (const { at, tap } of slowest) note(`tap ${at}: ${JSON.stringify(tap)}`);
}

function reportZeroLatency(
  { report }: Bench,
  pairs: readonly Pair[],
  openSc: readonly number[],
): void {
  const totals = pairs.map(({ tap }) => tap['total'] ?? Number.NaN);
  const bare = pairs.map((pair) => pair.bare['total'] ?? Number.NaN);
  const [floor, peer] = [median(bare), median(openSc)];
  reportTimes(
    report,
    'tap.decision',
    totals,
    {},
    {
      p50: { floor, peer },
      p99: { floor: percentile(bare, 0.99), peer: percentile(openSc, 0.99) },
    },
  );
  // Less the usual bare read, not the one beside it: a slow neighbour must not make a tap look fast.
  const own = totals.map((total) => total - floor);
  reportTimes(
    report,
    'tap.own',
    own,
    {},
    {
      p50: { budget: OWN_BUDGET_MS.p50 },
      p99: { budget: OWN_BUDGET_MS.p99 },
    },
  );
  reportStages(report, pairs, {});
  reportTimes(report, 'tap.bare', bare);
  const later = median(totals.slice(pairs.length / 2 - 10, pairs.length / 2 + 10));
  report({
    figure: 'tap.first',
    value: totals[0] ?? Number.NaN,
    unit: 'ms',
    n: 1,
    later,
    budget: FIRST_TO_LATER * later,
  });
}

function reportModelled({ report }: Bench, pairs: readonly Pair[]): void {
  const totals = pairs.map(({ tap }) => tap['total'] ?? Number.NaN);
  const bare = pairs.map((pair) => pair.bare['total'] ?? Number.NaN);
  const detail = { modelled: true, bitRate: MODELLED.bitRate, perApduMs: MODELLED.perApduMs };
  const floors = { p50: { floor: median(bare) }, p99: { floor: percentile(bare, 0.99) } };
  reportTimes(report, 'tap.modelled.decision', totals, detail, floors);
  report({
    figure: 'tap.modelled.ratio',
    value: median(totals) / median(bare),
    unit: 'times the bare read',
    budget: MODELLED_RATIO_BUDGET,
    n: pairs.length,
    ...detail,
  });
  reportStages(report, pairs, detail, 'tap.modelled');
}

function reportStages(
  report: Bench['report'],
  pairs: readonly Pair[],
  detail: Partial<Figure>,
  prefix = 'tap',
): void {
  for (const stage of ['detect', 'read', 'verify', 'lookup', 'commit']) {
    const of = (side: 'tap' | 'bare') => pairs.map((pair) => pair[side][stage] ?? Number.NaN);
    const floors =
      stage === 'commit'
        ? pairs.map(({ commit }) => commit)
        : stage in (pairs[0]?.bare ?? {})
          ? of('bare')
          : null;
    const points =
      floors === null
        ? {}
        : { p50: { floor: median(floors) }, p99: { floor: percentile(floors, 0.99) } };
    reportTimes(report, `${prefix}.${stage}`, of('tap'), detail, points);
  }
}
