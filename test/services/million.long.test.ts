/** A list of a million rows at a real gate: it comes down while cards are held, and once more after 501 versions were missed. */

import { expect, test } from 'vitest';
import type { CsvRow } from '../../platform-sim/entry-csv.ts';
import { changeTicket, importEntryList } from '../../platform-sim/entry-lists.ts';
import type { PlatformKeys } from '../../platform-sim/signing.ts';
import { openKeys, openStores, type Stores } from '../../platform-sim/stores.ts';
import { verifyReport } from '../../src/list-commands.ts';
import { fingerprintOf, tickets } from '../bench/gate.ts';
import { type Site, withSite } from '../rig/site.ts';
import { LIST } from '../terminal.ts';

const ROWS = 1_000_000;
/** So many that the platform has forgotten the chunks of the version that the gate holds. */
const MISSED = 501;
const PATIENCE_MS = 600_000;

/** By this process, so that platform and gate have theirs to themselves. */
async function atThePlatform(
  { platformState }: Site,
  act: (stores: Stores, keys: PlatformKeys) => Promise<unknown>,
): Promise<void> {
  const stores = openStores(platformState);
  try {
    await act(stores, await openKeys(platformState));
  } finally {
    stores.close();
  }
}

test('a million rows: every tap is answered while they come down, and who missed 501 versions goes straight to the last', () =>
  withSite({ tickets: 1 }, async (site) => {
    const gate = await site.openGate();
    const [holder, stranger] = [await site.cards.card(), await site.cards.card()];
    const rows: CsvRow[] = tickets([fingerprintOf(holder.der)], ROWS);
    const [first] = rows;
    await atThePlatform(site, ({ registry }, keys) =>
      importEntryList(registry, keys, LIST, rows, {}, Date.now()),
    );
    rows.length = 0;

    const isActive = () => gate.lines.count({ event: 'list.activated', version: 2 }) > 0;
    const answers: unknown[] = [];
    while (!isActive()) {
      const line = await site.tap(stranger.card);
      answers.push(line['reason']);
    }
    expect(answers.length).toBeGreaterThan(2);
    expect(new Set(answers)).toEqual(new Set(['not-on-list']));
    expect(await site.tap(holder.card)).toMatchObject({ event: 'entry.granted', version: 2 });
    expect(verifyReport(site.gateState).isWell).toBe(true);

    await gate.end();
    await atThePlatform(site, async ({ registry }, keys) => {
      for (let n = 0; n < MISSED; n += 1) {
        const change = { list: LIST, ticket: first?.ticket ?? '', cancelled: n % 2 === 0 };
        await changeTicket(registry, keys, { ...change, by: 'staff', why: 'test' }, Date.now());
      }
    });
    const again = await site.startGate();
    const version = 2 + MISSED;
    await again.next({ event: 'list.activated', source: 'platform' }, 0, PATIENCE_MS);
    const taken = again.lines.all.filter(
      (line) => line.event === 'list.activated' && line['source'] === 'platform',
    );
    expect(taken).toMatchObject([{ version, rows: ROWS, delta: false }]);
    expect(await site.tap(holder.card)).toMatchObject({ reason: 'ticket-cancelled', version });
  }));
