/**
 * The bench group "facts": a backlog that is durable at the terminal goes up: real daemon, real socket, real platform,
 * both disks. The clock stops when the terminal has stored the cursor.
 */

import { randomUUID } from 'node:crypto';
import { FactStore } from '../../platform-sim/facts.ts';
import type { NewFact } from '../../src/domain/fact.ts';
import { Ledger } from '../../src/store/ledger.ts';
import { withSite } from '../rig/site.ts';
import type { Bench } from './figures.ts';

const FACTS = 200_000;
const QUICK_FACTS = 20_000;
const FACTS_PER_RECORD = 1_000;
const BUDGET_PER_S = 20_000;
const DRAIN_MS_MAX = 300_000;

export async function factsBench({ report, quick }: Bench): Promise<void> {
  const facts = quick ? QUICK_FACTS : FACTS;
  await withSite({}, async (site) => {
    fill(site.gateState, facts);
    const gate = await site.startGate();
    const up = await gate.next({ event: 'link.up' });
    const drained = await gate.first(
      ({ event, waiting }) => event === 'facts.acknowledged' && waiting === 0,
      0,
      DRAIN_MS_MAX,
    );
    await gate.end();
    await site.platform.end();
    confirm(site.platformState, facts);
    const seconds = (timeOf(drained) - timeOf(up)) / 1_000;
    const detail = { unit: '1/s', budget: BUDGET_PER_S, n: facts };
    report({ ...detail, figure: 'facts.drain', value: facts / seconds });
  });
}

function timeOf({ at }: { readonly [field: string]: unknown }): number {
  return Date.parse(String(at));
}

/** A ledger of entries as an evening without a network leaves it behind. */
function fill(directory: string, facts: number): void {
  const read = () => ({ at: new Date().toISOString(), clock: 'holdover', mono: 0 }) as const;
  const ledger = Ledger.open({ directory, terminal: 'gate-1', read, countsAsBoot: true });
  try {
    for (let from = 0; from < facts; from += FACTS_PER_RECORD) {
      const count = Math.min(FACTS_PER_RECORD, facts - from);
      ledger.record(Array.from({ length: count }, (_, n) => entry(from + n)));
    }
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
