/** From the desk to a terminal: at once and with every welcome, to where it is for, and past peers of earlier versions. */

import { randomUUID } from 'node:crypto';
import { beforeAll, beforeEach, expect, onTestFinished, test } from 'vitest';
import { AlertDesk, type AlertEntry } from '../../platform-sim/alerts/alert-desk.ts';
import { nameAlertKey } from '../../platform-sim/root.ts';
import { offlineFolder } from '../../platform-sim/stores.ts';
import { AlertState } from '../../src/alerts/alert-state.ts';
import type { WirePlace } from '../../src/link/alert-protocol.ts';
import { FakePlatform } from '../link/fake-platform.ts';
import { TestTerminal } from '../link/fixtures.ts';
import { BareTerminal, Chain } from '../platform/bare-terminal.ts';
import { TestPlatform } from '../platform/test-platform.ts';
import { CITY } from './drafts.ts';

const KAWARA: WirePlace = { municipality: CITY, district: 'kawara' };
const RAISE = { do: 'alert', municipality: CITY, drill: false, level: 4, minutes: 60 } as const;

let platform: TestPlatform;
beforeAll(async () => {
  platform = await TestPlatform.start();
  const { keys } = platform.stores;
  await nameAlertKey(keys, offlineFolder(platform.directory), CITY, Date.now());
  return () => platform.stop();
});
/** Of the running platform: it tells terminals at once. */
let desk: AlertDesk;
beforeEach(() => {
  desk = platform.alertDesk;
});

async function raise(districts: readonly string[], at = desk): Promise<AlertEntry> {
  const { id, sha256 } = at.propose({ ...RAISE, districts: [...districts] }, '田中');
  return at.consent(id, sha256, '森');
}

/** A terminal that stands there, with what it shows. */
function terminalAt(place: WirePlace) {
  const terminal = new TestTerminal();
  const alerts = AlertState.at(place, terminal);
  if (alerts === null) throw new Error('it stands nowhere');
  onTestFinished(() => alerts.stop());
  terminal.alerts = alerts;
  const shown = () => alerts.now().map(({ id, state }) => [id, state]);
  return { terminal, alerts, shown };
}

test('an alert is shown at once where it is for, and its end, too', async () => {
  const kawara = terminalAt(KAWARA);
  await kawara.terminal.connect(platform.url);
  const hama = await BareTerminal.greetNow(platform.url, new Chain('hama'), {
    place: { municipality: CITY, district: 'hama' },
  });
  const shelter = await BareTerminal.greetNow(platform.url, new Chain('shelter'), {
    place: { municipality: CITY },
  });
  const { id } = await raise(['kawara']);
  await expect.poll(kawara.shown).toEqual([[id, 'active']]);
  await shelter.next('alert');
  const clear = desk.propose({ do: 'all-clear', alert: id }, '田中');
  await desk.consent(clear.id, clear.sha256, '森');
  await expect.poll(kawara.shown).toEqual([[id, 'over']]);
  // What comes to 浜町 later has overtaken nothing.
  await raise(['hama']);
  await hama.next('alert');
  expect(hama.frames.filter(({ frame }) => frame === 'alert')).toHaveLength(1);
});

test('whoever comes later is told what counts, once the root is, and no earlier message of it', async () => {
  const { id, alert } = await raise(['minato']);
  const update = desk.propose(
    { do: 'update', alert, level: 5, districts: ['minato'], minutes: 60 },
    '田中',
  );
  await desk.consent(update.id, update.sha256, '森');
  const minato = terminalAt({ municipality: CITY, district: 'minato' });
  await minato.terminal.connect(platform.url);
  await expect.poll(minato.shown).toEqual([[id, 'active']]);
  expect(minato.alerts.now()).toMatchObject([{ level: 5, update: 1 }]);
  expect(minato.terminal.of('alert.taken')).toHaveLength(1);
  expect(minato.terminal.of('alert.rejected')).toEqual([]);
});

test('a key that was named a moment ago is believed by whoever is connected already', async () => {
  const kawara = terminalAt(KAWARA);
  await kawara.terminal.connect(platform.url);
  await kawara.terminal.until('root.activated');
  const { keys } = platform.stores;
  await nameAlertKey(keys, offlineFolder(platform.directory), CITY, Date.now());
  const { id } = await raise(['kawara']);
  await expect.poll(() => kawara.shown().map(([alert]) => alert)).toContain(id);
  expect(kawara.terminal.of('alert.rejected')).toEqual([]);
});

test('what another process signed is told as soon as the platform sees it', async () => {
  const place = { municipality: CITY, district: 'kitayama' };
  const terminal = await BareTerminal.greetNow(platform.url, new Chain('kitayama'), { place });
  const { alerts: store, keys, plans } = platform.stores;
  const elsewhere = new AlertDesk({ store, keys, plans, now: Date.now, onSigned: () => {} });
  await raise(['kitayama'], elsewhere);
  await terminal.next('alert');
  expect(terminal.frames.filter(({ frame }) => frame === 'alert')).toHaveLength(1);
});

test('a terminal under quarantine gets no lists, and is told to leave all the same', async () => {
  const { terminals } = platform.stores;
  terminals.quarantine('twin', 'fork', Date.now());
  const { id } = await raise(['shiomicho']);
  const place = { municipality: CITY, district: 'shiomicho' };
  const twin = await BareTerminal.greetNow(platform.url, new Chain('twin'), { place });
  await twin.next('alert');
  expect(desk.entry(id).standing).toBe('in-force');
});

test.each(['kazasu.v1', 'kazasu.v1.1'])(
  'a terminal that speaks %s is told of no alert',
  async (version) => {
    await raise(['kawara']);
    const terminal = await BareTerminal.greetNow(
      platform.url,
      new Chain('old', randomUUID()),
      { place: KAWARA },
      [version],
    );
    await terminal.next('head');
    await platform.pokeStanding('old');
    // A question is answered behind whatever was said before it.
    terminal.send({ frame: 'ask', id: randomUUID(), service: 'none', body: '{}', card: null });
    await terminal.next('fault');
    const kinds = new Set(terminal.frames.map(({ frame }) => frame));
    expect([...kinds].filter((kind) => kind === 'alert' || kind === 'poke')).toEqual([]);
  },
);

test('a platform that speaks kazasu.v1 is not told where the terminal stands', async () => {
  const old = await FakePlatform.start();
  const { terminal } = terminalAt(KAWARA);
  await terminal.connect(old.url);
  expect(old.hellos[0]).not.toHaveProperty('place');
});

test('a poke is heard by the terminal that it is for', async () => {
  const { terminal } = terminalAt(KAWARA);
  await terminal.connect(platform.url);
  await platform.pokeStanding('somebody-else');
  await platform.pokeStanding('gate-1');
  await expect.poll(() => terminal.pokes).toBe(1);
});

test('an alert that came counts, though the link broke right behind it', async () => {
  const { keys } = platform.stores;
  const breaking = await FakePlatform.start(keys);
  const { terminal, shown } = terminalAt(KAWARA);
  const link = await terminal.connect(breaking.url);
  const { id } = await raise(['kawara']);
  const statement = desk.signed(id)?.toString('base64') ?? '';
  for (let n = 0; n < 20; n += 1) breaking.send({ frame: 'alert', statement: 'AAAA' });
  breaking.send({ frame: 'alert', statement });
  breaking.closeSockets(1001);
  await terminal.until('lost');
  await link.close();
  expect(shown()).toEqual([[id, 'active']]);
});

test('a platform that floods with alerts is cut off, and what it said is said once', async () => {
  const flooding = await FakePlatform.start();
  const { terminal, shown } = terminalAt(KAWARA);
  await terminal.connect(flooding.url);
  flooding.send({ frame: 'alert', statement: 'AAAA' });
  await terminal.until('alert.rejected');
  for (let n = 0; n < 400; n += 1) flooding.send({ frame: 'alert', statement: 'AAAA' });
  await terminal.until('lost', { code: 4000 });
  expect(terminal.of('alert.rejected')).toMatchObject([{ reason: 'malformed' }]);
  expect(shown()).toEqual([]);
});
