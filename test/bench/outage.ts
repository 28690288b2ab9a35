/**
 * The bench group "outage": shelters that took people in for days without a network, and then have one. Real daemons with that
 * many facts in their ledgers, the real platform and the municipality's page, each a process of its own. A rate counts the time in
 * which at least one of the shelters was sending; what they wait before they try again (back-off, with jitter) is in
 * `outage.page` alone. The floor: the same texts in the same batches to a bare websocket server that answers from memory, and
 * then into a bare SQLite table, durable batch by batch.
 */

import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { ResidentStore } from '../../platform-sim/evacuation/residents.ts';
import { SHIOMI_SHELTERS } from '../../platform-sim/evacuation/shiomi.ts';
import { epochMs } from '../../platform-sim/fleet/orders.ts';
import type { NewFact } from '../../src/domain/fact.ts';
import { Ledger } from '../../src/store/ledger.ts';
import { launchChromium } from '../browser/chromium.ts';
import type { Line } from '../journal-lines.ts';
import {
  CLERKS,
  CLERKS_PASSWORD,
  type EvacuationSite,
  withEvacuation,
} from '../rig/evacuation-site.ts';
import type { Program } from '../rig/program.ts';
import { countDrawn, openClerksPage } from '../town/clerks-page.ts';
import { BareUplink } from './fact-peers.ts';
import { type Bench, timed } from './figures.ts';

const CHECK_INS = 20_000;
const QUICK_CHECK_INS = 2_000;
const TERMINALS = 4;
/** Those who come in one go. */
const HOUSEHOLD = 3;
const BATCH = 200;
const DRAIN_MS_MAX = 300_000;

export async function outageBench({ report, note, quick }: Bench): Promise<void> {
  const checkIns = quick ? QUICK_CHECK_INS : CHECK_INS;
  const each = checkIns / TERMINALS;
  const browser = await launchChromium();
  try {
    await withEvacuation({ cards: 1, others: checkIns - 1 }, async (site) => {
      const shelters = SHIOMI_SHELTERS.slice(0, TERMINALS).map(({ id }) => id);
      // Each has had its list when the network goes.
      for (const shelter of shelters) await untilListed(site, shelter);
      await site.network({ gone: true });
      const refs = refsOf(site);
      const texts = shelters.flatMap((shelter, at) =>
        fill(site.stateOf(shelter), shelter, refs.slice(at * each, (at + 1) * each)),
      );
      const running: Program[] = [];
      for (const shelter of shelters) running.push(await site.startShelter(shelter, shelter));
      const clerk = { name: CLERKS[0], password: CLERKS_PASSWORD };
      const page = await openClerksPage(browser, site.origin, clerk);
      const drawn = countDrawn(page, 'safe', checkIns);
      note(`${checkIns} check-ins wait at ${TERMINALS} shelters; the network is back ...`);
      const begun = epochMs();
      await site.network({ gone: false });
      const sent = await Promise.all(running.map(sendingOf));
      const onPage = ((await drawn) - begun) / 1_000;
      const { lost, twice } = missed(site, shelters, checkIns);
      const floor = perSecond(checkIns, await bareMs(site.directory, texts));
      const detail = { n: checkIns, terminals: TERMINALS };
      const value = perSecond(checkIns, spanOf(sent));
      report({ ...detail, figure: 'outage.drain', value, unit: '1/s', floor });
      report({ ...detail, figure: 'outage.page', value: onPage, unit: 's' });
      report({ ...detail, figure: 'outage.lost', value: lost, unit: 'facts', budget: 0 });
      report({ ...detail, figure: 'outage.twice', value: twice, unit: 'facts', budget: 0 });
    });
  } finally {
    await browser.close();
  }
}

async function untilListed(site: EvacuationSite, shelter: string): Promise<void> {
  const program = await site.startShelter(shelter, shelter);
  await program.next({ event: 'list.activated' });
  await program.end();
}

function refsOf({ platformState }: EvacuationSite): string[] {
  const residents = new ResidentStore(platformState);
  try {
    return [...residents.all()].map(({ ref }) => ref);
  } finally {
    residents.close();
  }
}

/** A ledger as days without a network leave it behind. Hands back the texts of its arrivals. */
function fill(directory: string, shelter: string, refs: readonly string[]): string[] {
  const read = () => ({ at: new Date().toISOString(), clock: 'holdover', mono: 0 }) as const;
  const ledger = Ledger.open({ directory, terminal: shelter, read, countsAsBoot: true });
  try {
    const before = ledger.lastFact().seq;
    let group = '';
    const facts = refs.map((ref, at): NewFact => {
      if (at % HOUSEHOLD === 0) group = randomBytes(8).toString('hex');
      return arrival(shelter, ref, group);
    });
    for (let at = 0; at < facts.length; at += 1_000) ledger.record(facts.slice(at, at + 1_000));
    const limit = { items: refs.length, bytes: Number.MAX_SAFE_INTEGER };
    return ledger.unsent(before, limit).map(({ text }) => text);
  } finally {
    ledger.close();
  }
}

/** What a shelter says of somebody on its list whose certificate it could check by a list of some age. */
function arrival(shelter: string, ref: string, group: string): NewFact {
  const checked = { assurance: 'identified', revocation: 'checked', listAge: 'old' };
  const list = { list: 'evacuees-990029', version: 1 };
  const flags = ['list-old'];
  const body = { shelter, ref, group, by: 'card', count: 1, flags, ...list, ...checked };
  return { event: 'shelter.arrived', subject: `evacuee/${ref}`, body };
}

type Span = readonly [from: number, to: number];

/** From the link's coming up until nothing waits any more, ms since the epoch. */
async function sendingOf(shelter: Program): Promise<Span> {
  const up = await shelter.next({ event: 'link.up' });
  const isDone = ({ event, waiting }: Line) => event === 'facts.acknowledged' && waiting === 0;
  const done = await shelter.first(isDone, 0, DRAIN_MS_MAX);
  return [timeOf(up), timeOf(done)];
}

/** ms in which at least one of them was sending. */
function spanOf(spans: readonly Span[]): number {
  let [sum, until] = [0, 0];
  for (const [from, to] of spans.toSorted(([a], [b]) => a - b)) {
    sum += Math.max(0, to - Math.max(from, until));
    until = Math.max(until, to);
  }
  return sum;
}

/** Facts that the platform lacks, and that it holds more than once or apart. */
function missed(site: EvacuationSite, shelters: readonly string[], checkIns: number) {
  const all = shelters.flatMap((shelter) => site.factsOf(shelter));
  const arrived = all.filter(({ event }) => event === 'shelter.arrived');
  const refs = new Set(arrived.map(({ body }) => (body as { readonly ref: string }).ref));
  return { lost: checkIns - refs.size, twice: arrived.length - refs.size + site.quarantined };
}

async function bareMs(directory: string, texts: readonly string[]): Promise<number> {
  const bare = await BareUplink.open();
  const wire = await bare.drain(texts);
  await bare.close();
  const database = new Database(join(directory, 'bare-outage.db'));
  try {
    database.pragma('journal_mode = WAL');
    database.pragma('synchronous = FULL');
    database.exec('CREATE TABLE fact (text TEXT NOT NULL) STRICT');
    const insert = database.prepare('INSERT INTO fact (text) VALUES (?)');
    const store = database.transaction((batch: readonly string[]) => {
      for (const text of batch) insert.run(text);
    });
    const stored = timed(() => {
      for (let at = 0; at < texts.length; at += BATCH) store(texts.slice(at, at + BATCH));
    });
    return wire + stored;
  } finally {
    database.close();
  }
}

function perSecond(count: number, ms: number): number {
  return (count * 1_000) / ms;
}

function timeOf({ at }: Line): number {
  return Date.parse(String(at));
}
