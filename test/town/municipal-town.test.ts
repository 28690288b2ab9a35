/** The page's town: that of the municipality whose clerks sit there, by its plan, and nothing of another one's. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { AlertDesk } from '../../platform-sim/alerts/alert-desk.ts';
import type { AlertOrder } from '../../platform-sim/alerts/order.ts';
import { Contacts } from '../../platform-sim/contacts.ts';
import { nameAlertKey } from '../../platform-sim/root.ts';
import { offlineFolder, openKeys, openStores } from '../../platform-sim/stores.ts';
import { openMunicipalTown } from '../../platform-sim/town/municipal-town.ts';
import { AlertDeskError } from '../../platform-sim/town/town-alert-desk.ts';

const VILLAGE = '990045';
const CITY = '990029';
const DRAFT = { level: 4, drill: false, what: null, hours: 6 } as const;

async function platform() {
  const state = mkdtempSync(join(tmpdir(), 'kazasu-municipal-town-'));
  const keys = await openKeys(state);
  const stores = openStores(state);
  const contacts = new Contacts(state);
  onTestFinished(() => {
    contacts.close();
    stores.close();
    rmSync(state, { recursive: true });
  });
  return { state, parts: { stores, contacts, keys, now: Date.now } };
}

test('until somebody said whose clerks they are, there is no page', async () => {
  const { parts } = await platform();
  expect(() => openMunicipalTown(parts)).toThrow(/whose page is it\?/u);
  parts.stores.residents.claim('990061');
  expect(() => openMunicipalTown(parts)).toThrow(/nothing is known of how people of 990061 leave/u);
  expect(() => parts.stores.residents.claim(CITY)).toThrow(
    `this folder holds the register of 990061; that of ${CITY} belongs into one of its own`,
  );
});

test('the clerks of a village see its districts and shelters, and raise its alerts by its plan', async () => {
  const { parts } = await platform();
  parts.stores.residents.claim(VILLAGE);
  const { town, map } = openMunicipalTown(parts);
  expect(town.shared).toMatchObject({
    municipality: { code: VILLAGE, name: '風待村' },
    districts: [{ id: 'kazamachi' }, { id: 'nagi' }],
    shelters: [{ id: 'kazamachi-elementary' }, { id: 'nagi-hall' }],
  });
  const drawn = JSON.parse(map).features as { properties: { id: string } }[];
  expect(drawn.map(({ properties }) => properties.id)).toEqual(['kazamachi', 'nagi']);
  await expect(town.desk?.propose({ ...DRAFT, districts: ['kawara'] }, '大西')).rejects.toThrow(
    /風待村 has no district kawara/u,
  );
  await town.desk?.propose({ ...DRAFT, districts: ['nagi'] }, '大西');
  expect(town.desk?.list()).toMatchObject([{ districts: ['nagi'], state: 'proposed' }]);
});

test('what another municipality says can be neither seen, consented to, withdrawn nor ended there', async () => {
  const { state, parts } = await platform();
  const { stores, keys } = parts;
  await nameAlertKey(keys, offlineFolder(state), CITY, Date.now());
  stores.residents.claim(VILLAGE);
  const { town } = openMunicipalTown(parts);
  const { alerts: store, plans } = stores;
  const city = new AlertDesk({ store, plans, keys, now: Date.now, onSigned: () => undefined });
  const raise = {
    ...{ do: 'alert', municipality: CITY, drill: false, level: 4 },
    ...{ districts: ['kawara'], minutes: 60 },
  } as const satisfies AlertOrder;
  const { id, alert, sha256 } = city.propose(raise, '田中');
  expect(town.desk?.list()).toEqual([]);
  const none = 'その避難情報はありません';
  await expect(town.desk?.consent(id, sha256, '佐野')).rejects.toThrow(none);
  await expect(town.desk?.withdraw(id, '佐野')).rejects.toThrow(none);
  await city.consent(id, sha256, '森');
  await expect(town.desk?.end(alert, 'cancel', '佐野')).rejects.toThrow(AlertDeskError);
  expect(city.entry(id)).toMatchObject({ standing: 'in-force', decidedBy: '森' });
});
