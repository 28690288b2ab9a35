/**
 * The bench group "lists": one row of a list of 100,000 changes. From the import until the gate decides by it, and what
 * came over the wire: the whole list at first, a delta each time after, and the chunks that changed for a gate that was
 * off for two versions.
 */

import { createHash } from 'node:crypto';
import type { CsvRow } from '../../platform-sim/entry-csv.ts';
import { importEntryList } from '../../platform-sim/entry-lists.ts';
import { openKeys, openStores } from '../../platform-sim/stores.ts';
import { PATIENCE_MS, type Program } from '../rig/program.ts';
import { type Site, withSite } from '../rig/site.ts';
import { LIST } from '../terminal.ts';
import type { Bench } from './figures.ts';
import { rowsOf } from './gate.ts';
import { type Wire, wireUp } from './wire.ts';

const ROUNDS = 5;
const QUICK_ROUNDS = 2;
const BUDGET_S = 5;
const BUDGET_KB = 32;

interface Change {
  readonly seconds: number;
  readonly kilobytes: number;
}

export async function listsBench({ report, quick }: Bench): Promise<void> {
  const rows = rowsOf({ quick });
  const rounds = quick ? QUICK_ROUNDS : ROUNDS;
  const sold = Array.from({ length: rows }, (_, n) => ticket(n));
  const tell = (
    figure: string,
    { seconds, kilobytes }: Change,
    budgets?: [number, number],
  ): void => {
    const [active, wire] = (budgets ?? []).map((budget) => ({ budget }));
    report({ figure: `lists.${figure}.active`, value: seconds, unit: 's', rows, ...active });
    report({ figure: `lists.${figure}.wire`, value: kilobytes, unit: 'kB', rows, ...wire });
  };
  await withSite({}, async (site) => {
    const wire = await wireUp(site);
    try {
      const gate = await site.startGate();
      await gate.next({ event: 'link.up' });
      tell('whole', await changed(site, wire, gate, sold, false));
      const changes: Change[] = [];
      for (let round = 1; round <= rounds; round += 1) {
        changes.push(await changed(site, wire, gate, moved(sold, round), true));
      }
      tell('delta', worstOf(changes), [BUDGET_S, BUDGET_KB]);
      await gate.end();
      for (const round of [rounds + 1, rounds + 2]) await publish(site, moved(sold, round));
      tell('missed', await caughtUp(site, wire));
    } finally {
      await wire.close();
    }
  });
}

async function changed(
  site: Site,
  wire: Wire,
  gate: Program,
  rows: readonly CsvRow[],
  delta: boolean,
): Promise<Change> {
  const [begun, down, seen] = [performance.now(), wire.down(), gate.lines.all.length];
  await publish(site, rows);
  await gate.next({ event: 'list.activated', delta }, seen, PATIENCE_MS);
  return { seconds: (performance.now() - begun) / 1_000, kilobytes: (wire.down() - down) / 1_000 };
}

/** From the start of the gate, so its greeting, trust and heads are in it. */
async function caughtUp(site: Site, wire: Wire): Promise<Change> {
  const down = wire.down();
  const gate = await site.startGate();
  const up = await gate.next({ event: 'link.up' });
  const active = await gate.next({ event: 'list.activated', delta: false }, 0, PATIENCE_MS);
  const ms = Date.parse(String(active['at'])) - Date.parse(String(up['at']));
  return { seconds: ms / 1_000, kilobytes: (wire.down() - down) / 1_000 };
}

function worstOf(changes: readonly Change[]): Change {
  const worst = (of: keyof Change): number => Math.max(...changes.map((change) => change[of]));
  return { seconds: worst('seconds'), kilobytes: worst('kilobytes') };
}

async function publish(site: Site, rows: readonly CsvRow[]): Promise<void> {
  const stores = openStores(site.platformState);
  try {
    const keys = await openKeys(site.platformState);
    await importEntryList(stores.registry, keys, LIST, rows, {}, Date.now());
  } finally {
    stores.close();
  }
}

function ticket(number: number): CsvRow {
  return {
    fingerprint: createHash('sha256').update(`certificate ${number}`).digest('hex'),
    ticket: `T-${String(number).padStart(7, '0')}`,
    seat: `3塁側 ${number}番`,
    holder: '佐藤花子',
    party: '',
  };
}

/** The table of the round before with one row more that differs from the first table. */
function moved(rows: readonly CsvRow[], rounds: number): CsvRow[] {
  return rows.map((row, n) => (n < rounds ? { ...row, seat: `移動 ${n}` } : row));
}
