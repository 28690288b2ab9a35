/**
 * The bench group "facts": a backlog that is durable at the terminal goes up: real daemon, real socket, real platform,
 * both disks. The clock stops when the terminal has stored the cursor.
 */

import { randomUUID } from 'node:crypto';
import { FactStore } from '../../platform-sim/facts.ts';
import type { NewFact } from '../../src/domain/fact.ts';
import { Ledger } from '../../src/store/ledger.ts';
import type { Bench } from './figures.ts';
import { NAME, withGateSite } from './gate.ts';

const FACTS = 200_000;
const QUICK_FACTS = 20_000;
const FACTS_PER_RECORD = 1_000;
const BUDGET_PER_S = 20_000;
const DRAIN_MS_MAX = 300_000;

export async function factsBench({ report, quick }: Bench): Promise<void> {
  const facts = quick ? QUICK_FACTS : FACTS;
  await withGateSite({ rows: 0, cards: 0, reader: 'simulated' }, async (site) => {
    fill(site.state, facts);
    await site.startPlatform();
    const gate = site.startGate();
    await gate.lines.next({ event: 'link.up' }, 0, DRAIN_MS_MAX);
    const begun = performance.now();
    await gate.lines.first(
      ({ event, waiting }) => event === 'facts.acknowledged' && waiting === 0,
      0,
      DRAIN_MS_MAX,
      'empty backlog',
    );
    const seconds = (performance.now() - begun) / 1_000;
    await gate.end();
    confirm(site.platformState, facts);
    const detail = { unit: '1/s', budget: BUDGET_PER_S, n: facts };
    report({ ...detail, figure: 'facts.drain', value: facts / seconds });
  });
}

/** A ledger of entries as an evening without a network leaves it behind. */
function fill(directory: string, facts: number): void {
  const read = () => ({ at: new Date().toISOString(), clock: 'holdover', mono: 0 }) as const;
  const ledger = Ledger.open({ directory, terminal: NAME, read, countsAsBoot: true });
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

/** Every fact once; what the daemon itself added meanwhile comes behind them. */
function confirm(platformState: string, facts: number): void {
  const store = new FactStore(platformState);
  try {
    const terminal = store.terminals().find((each) => each.terminal === NAME);
    const held = [...store.since(0)].filter(({ json }) => json.includes('"entry.granted"')).length;
    if (held !== facts || terminal === undefined || terminal.quarantined > 0) {
      throw new Error(`the platform holds ${held} of ${facts} facts`);
    }
  } finally {
    store.close();
  }
}
