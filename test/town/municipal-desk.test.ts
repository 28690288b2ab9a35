/** The page's desk in front of the real one: two people, what was read, and words for those who are refused. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { AlertDesk } from '../../platform-sim/alerts/alert-desk.ts';
import { AlertStore } from '../../platform-sim/alerts/alert-store.ts';
import { shippedPlan } from '../../platform-sim/alerts/plans.ts';
import { nameAlertKey } from '../../platform-sim/root.ts';
import { PlatformKeys } from '../../platform-sim/signing.ts';
import { MunicipalDesk } from '../../platform-sim/town/municipal-desk.ts';
import type { AlertDraft } from '../../platform-sim/town/requests.ts';
import { AlertDeskError } from '../../platform-sim/town/town-alert-desk.ts';

const DRAFT: AlertDraft = { level: 4, drill: true, districts: ['kawara'], what: null, hours: 6 };

test('proposed by one, read and consented to by another, ended by two again', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'kazasu-town-desk-'));
  const keys = await PlatformKeys.openOrCreate(folder);
  await nameAlertKey(keys, PlatformKeys.offlineFolder(folder), '990029', Date.now());
  const store = new AlertStore(folder);
  onTestFinished(() => {
    store.close();
    rmSync(folder, { recursive: true });
  });
  const plans = { planOf: shippedPlan };
  const real = new AlertDesk({ store, keys, plans, now: Date.now, onSigned: () => undefined });
  const desk = new MunicipalDesk(real, '990029');
  await desk.propose(DRAFT, '大西');
  const [proposed] = desk.list();
  if (proposed === undefined) throw new Error('nothing was proposed');
  expect(proposed).toMatchObject({ state: 'proposed', is: 'alert', level: 4, drill: true });
  const { id, alert, document } = proposed;
  await expect(desk.consent(id, document, '大西')).rejects.toThrow(
    '自分の案には、同意できません。',
  );
  await expect(desk.consent(id, 'e'.repeat(64), '佐野')).rejects.toThrow(AlertDeskError);
  await desk.consent(id, document, '佐野');
  expect(desk.list()).toMatchObject([{ state: 'active', proposedBy: '大西' }]);
  await expect(desk.withdraw(id, '佐野')).rejects.toThrow(AlertDeskError);
  await desk.end(alert, 'all-clear', '佐野');
  const [ending] = desk.list();
  expect(ending).toMatchObject({ state: 'proposed', is: 'all-clear', alert });
  await desk.consent(ending?.id ?? '', ending?.document ?? '', '大西');
  expect(desk.list().map(({ state }) => state)).toEqual(['over']);
  await expect(desk.propose({ ...DRAFT, districts: ['nowhere'] }, '大西')).rejects.toThrow(
    AlertDeskError,
  );
});
