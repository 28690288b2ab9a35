/**
 * The bench group "facts": what is durable at the terminal goes up: real sockets, real platform, both disks. A clock stops
 * when the terminal has stored the cursor that says so.
 *
 * - a backlog drained by a real daemon; the same after an outage, over wires of some length;
 * - one fact at a time, by the terminal's ledger and link alone.
 */

import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { FactStore } from '../../platform-sim/facts.ts';
import type { NewFact } from '../../src/domain/fact.ts';
import { Ledger } from '../../src/store/ledger.ts';
import { type Site, withSite } from '../rig/site.ts';
import { BareCommits } from './bare-commits.ts';
import { BareUplink, pouchDrain, pouchOneByOne } from './fact-peers.ts';
import { type Bench, median, percentile, reportTimes } from './figures.ts';
import { Uplink } from './uplink.ts';
import { wireUp } from './wire.ts';

interface Counts {
  readonly backlog: number;
  /** Facts of an outage. */
  readonly outage: number;
  /** Facts that the peer is asked to take. */
  readonly peer: number;
  /** One at a time. */
  readonly single: number;
  /** One at a time over a long wire. */
  readonly far: number;
}

const COUNTS: Counts = {
  ...{ backlog: 200_000, outage: 20_000, peer: 20_000 },
  ...{ single: 2_000, far: 10 },
};
const QUICK_COUNTS: Counts = {
  ...{ backlog: 20_000, outage: 5_000, peer: 2_000 },
  ...{ single: 200, far: 3 },
};
const FACTS_PER_RECORD = 1_000;
const BUDGET_PER_S = 20_000;
const DRAIN_MS_MAX = 300_000;
/** ms there and back: a good mobile network, and a bad one or a satellite. */
const ROUND_TRIPS = [50, 300];

export async function factsBench(bench: Bench): Promise<void> {
  const counts = bench.quick ? QUICK_COUNTS : COUNTS;
  await withSite({}, async (site) => {
    const texts = fill(site.gateState, counts.backlog).slice(0, counts.peer);
    await benchDrain(bench, site, counts, texts);
    await benchOutage(bench, site, counts);
    await benchOneByOne(bench, site, counts, texts.slice(0, counts.single));
    await site.platform.end();
    const { backlog, outage, single } = counts;
    confirm(site.platformState, backlog + outage * (ROUND_TRIPS.length + 1) + single);
  });
}

async function benchDrain(
  { report }: Bench,
  site: Site,
  { backlog, peer }: Counts,
  texts: readonly string[],
): Promise<void> {
  const seconds = await drained(site);
  const bare = await BareUplink.open();
  const floor = perSecond(texts.length, await bare.drain(texts));
  await bare.close();
  const pouch = perSecond(texts.length, await pouchDrain(site.directory, texts));
  const detail = { unit: '1/s', budget: BUDGET_PER_S, n: backlog, floor, peer: pouch, peerN: peer };
  report({ ...detail, figure: 'facts.drain', value: backlog / seconds });
}

/** The wires' own time is in it: no more than so many facts are under way at once, whatever the distance. */
async function benchOutage({ report }: Bench, site: Site, { outage, far }: Counts): Promise<void> {
  const wire = await wireUp(site);
  try {
    let near = Number.NaN;
    for (const roundTripMs of [0, ...ROUND_TRIPS]) {
      fill(site.gateState, outage);
      wire.setRoundTrip(roundTripMs);
      const value = await drained(site);
      const common = { unit: 's', n: outage, roundTripMs };
      if (roundTripMs === 0) {
        near = value;
        report({ ...common, figure: 'facts.outage.0', value });
      } else {
        const floor = near + roundTripMs / 1_000;
        const peer = ((await oneInFlight(roundTripMs, far)) * outage) / 1_000;
        report({
          ...common,
          figure: `facts.outage.${roundTripMs}`,
          value,
          floor,
          peer,
          peerN: far,
        });
      }
    }
  } finally {
    await wire.close();
  }
}

/** One message, its answer, the next one: ms for each. */
async function oneInFlight(roundTripMs: number, count: number): Promise<number> {
  const bare = await BareUplink.open(roundTripMs);
  const times: number[] = [];
  while (times.length < count) times.push(await bare.tell('{}'));
  await bare.close();
  return median(times);
}

async function benchOneByOne(
  { report }: Bench,
  site: Site,
  { single }: Counts,
  texts: readonly string[],
): Promise<void> {
  const { port } = await site.platform.next({ event: 'platform.ready' });
  const url = `ws://127.0.0.1:${port}/terminals`;
  const uplink = await Uplink.open(join(site.directory, 'gate-2'), 'gate-2', url);
  const commits = new BareCommits(site.directory);
  const bare = await BareUplink.open();
  const [took, echoed, commit]: [number[], number[], number[]] = [[], [], []];
  try {
    for (const [n, text] of texts.entries()) {
      took.push(await uplink.tell(entry(n)));
      echoed.push(await bare.tell(text));
      commit.push(commits.time());
    }
  } finally {
    await bare.close();
    commits.close();
    await uplink.close();
  }
  const replicated = await pouchOneByOne(site.directory, texts);
  const point = (share: number) => ({
    floor: percentile(echoed, share),
    peer: percentile(replicated, share),
    commit: percentile(commit, share),
  });
  reportTimes(report, 'facts.one', took, { n: single }, { p50: point(0.5), p99: point(0.99) });
}

/** Seconds from the link's coming up until all that the gate's ledger holds is acknowledged. The gate is ended then. */
async function drained(site: Site): Promise<number> {
  const gate = await site.startGate();
  const up = await gate.next({ event: 'link.up' });
  const done = await gate.first(
    ({ event, waiting }) => event === 'facts.acknowledged' && waiting === 0,
    0,
    DRAIN_MS_MAX,
  );
  await gate.end();
  return (timeOf(done) - timeOf(up)) / 1_000;
}

function perSecond(count: number, ms: number): number {
  return (count * 1_000) / ms;
}

function timeOf({ at }: { readonly [field: string]: unknown }): number {
  return Date.parse(String(at));
}

/** A ledger of entries as an evening without a network leaves it behind. Hands back the texts of some of them. */
function fill(directory: string, facts: number): string[] {
  const read = () => ({ at: new Date().toISOString(), clock: 'holdover', mono: 0 }) as const;
  const ledger = Ledger.open({ directory, terminal: 'gate-1', read, countsAsBoot: true });
  try {
    for (let from = 0; from < facts; from += FACTS_PER_RECORD) {
      const count = Math.min(FACTS_PER_RECORD, facts - from);
      ledger.record(Array.from({ length: count }, (_, n) => entry(from + n)));
    }
    return ledger
      .unsent(0, { items: COUNTS.peer, bytes: Number.MAX_SAFE_INTEGER })
      .map(({ text }) => text);
  } finally {
    ledger.close();
  }
}

function entry(n: number): NewFact {
  const ref = randomUUID().replaceAll('-', '');
  return {
    event: 'entry.granted',
    subject: `stadium-2016-02-20/${ref}`,
    body: {
      ticket: `T-${String(n).padStart(7, '0')}`,
      list: 'stadium-2016-02-20',
      version: 1,
      ref,
      gate: '西ゲート',
      assurance: 'identified',
      revocation: 'checked',
      listAge: 'fresh',
    },
  };
}

/** None lost, none twice. Throws when it is not so. */
function confirm(platformState: string, facts: number): void {
  const store = new FactStore(platformState);
  try {
    const quarantined = store.terminals().reduce((sum, each) => sum + each.quarantined, 0);
    const held = [...store.since(0)].filter(({ json }) => json.includes('"entry.granted"')).length;
    if (held !== facts || quarantined > 0) {
      throw new Error(`the platform holds ${held} of ${facts} facts, and ${quarantined} apart`);
    }
  } finally {
    store.close();
  }
}
