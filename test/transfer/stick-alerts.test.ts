/** Alerts that a stick carries to a terminal that no network reaches: judged as over the link, by the same function. */

import { mkdirSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, onTestFinished, test } from 'vitest';
import { nameAlertKey } from '../../platform-sim/root.ts';
import { offlineFolder } from '../../platform-sim/stores.ts';
import { putAlerts } from '../../platform-sim/transfer/stick-alerts.ts';
import { AlertState } from '../../src/alerts/alert-state.ts';
import { takeAlerts } from '../../src/sticks.ts';
import { ALERTS_PATH } from '../../src/transfer/stick-alerts.ts';
import { CITY } from '../alerts/drafts.ts';
import { TestTerminal, tempFolder } from '../link/fixtures.ts';
import { TestPlatform } from '../platform/test-platform.ts';

const RAISE = { do: 'alert', municipality: CITY, drill: false, level: 4, minutes: 60 } as const;

let platform: TestPlatform;
/** The alert that is raised. */
let id: string;

beforeAll(async () => {
  platform = await TestPlatform.start();
  const { keys } = platform.stores;
  await nameAlertKey(keys, offlineFolder(platform.directory), CITY, Date.now());
  const { alertDesk: desk } = platform;
  const proposed = desk.propose({ ...RAISE, districts: ['kawara'] }, '田中');
  await desk.consent(proposed.id, proposed.sha256, '森');
  id = proposed.id;
  return () => platform.stop();
});

/** One that heard of the root once, as one that stands elsewhere, and is alone since. */
async function alone(place = { municipality: CITY, district: 'kawara' }, hasMet = true) {
  const met = new TestTerminal();
  if (hasMet) {
    const link = await met.connect(platform.url);
    await met.until('root.activated');
    await link.close();
  }
  const alerts = AlertState.at(place, met);
  onTestFinished(() => alerts?.stop());
  const { ledger, clock, recorder } = met;
  return {
    ...{ met, alerts },
    put: (stick: string) => takeAlerts(stick, { alerts, ledger, clock, recorder }),
    shown: () => alerts?.now().map(({ id, state }) => [id, state]),
  };
}

function stickWithAlerts(now = Date.now()) {
  const stick = tempFolder();
  const count = putAlerts(stick, platform.stores.alerts, CITY, now);
  return { stick, count, file: join(stick, ...ALERTS_PATH) };
}

test('what a stick carries is shown where it is for, once, and by nobody’s leave', async () => {
  const { met, put, shown } = await alone();
  const { stick, count } = stickWithAlerts();
  expect(count).toBe(1);
  await put(stick);
  await put(stick);
  expect(shown()).toEqual([[id, 'active']]);
  expect(met.of('alert.taken')).toHaveLength(1);
  expect(met.of('alert.rejected')).toEqual([]);
  const elsewhere = await alone({ municipality: CITY, district: 'hama' });
  await elsewhere.put(stick);
  expect(elsewhere.shown()).toEqual([]);
});

test.each<[string, string, (file: string) => void]>([
  ['was cut off', 'malformed', (file) => truncateSync(file, 700)],
  ['is no list of alerts', 'malformed', (file) => writeFileSync(file, '[{"frame":"beat"}]')],
  ['is larger than any', 'too-large', (file) => truncateSync(file, 9_000_000)],
  [
    'is a link to elsewhere',
    'not-a-file',
    (file) => {
      rmSync(file);
      symlinkSync('/etc/hostname', file);
    },
  ],
  [
    'is a folder',
    'not-a-file',
    (file) => {
      rmSync(file);
      mkdirSync(file);
    },
  ],
  [
    'was signed by nobody who may',
    'malformed',
    (file) => {
      const statement = Buffer.from('an alert').toString('base64');
      writeFileSync(file, JSON.stringify([{ frame: 'alert', statement }]));
    },
  ],
])('a file that %s shows nothing, and it is journaled: %s', async (_what, reason, spoil) => {
  const { met, put, shown } = await alone();
  const { stick, file } = stickWithAlerts();
  spoil(file);
  await put(stick);
  expect(shown()).toEqual([]);
  expect(met.of('alert.rejected')).toMatchObject([{ reason }]);
});

test('a stick without alerts says nothing, and a terminal that never met its platform believes nobody', async () => {
  const { met, put } = await alone();
  await put(tempFolder());
  expect(met.of('alert.rejected')).toEqual([]);
  const stranger = await alone(undefined, false);
  await stranger.put(stickWithAlerts().stick);
  expect(stranger.shown()).toEqual([]);
  expect(stranger.met.of('alert.rejected')).toMatchObject([{ reason: 'bad-signature' }]);
});
