/** The municipality's desk: nothing goes out by one person alone, and what goes out is what was read. */

import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { AlertDesk, type AlertEntry } from '../../platform-sim/alerts/alert-desk.ts';
import { AlertStore } from '../../platform-sim/alerts/alert-store.ts';
import type { AlertOrder } from '../../platform-sim/alerts/order.ts';
import { PlanStore } from '../../platform-sim/alerts/plans.ts';
import { AlertNews } from '../../platform-sim/alerts/telling.ts';
import { verifyAlert } from '../../platform-sim/alerts/verify-alert.ts';
import { InputError } from '../../platform-sim/input-error.ts';
import { LocalFanOut } from '../../platform-sim/local-fan-out.ts';
import { nameAlertKey } from '../../platform-sim/root.ts';
import { PlatformKeys } from '../../platform-sim/signing.ts';
import { readMessage } from '../../src/alerts/message.ts';
import { openAlertObject } from '../../src/pki/alert-object.ts';
import { openRoot, type Root } from '../../src/pki/root-object.ts';
import { CITY, TOWN } from './drafts.ts';

const MINUTE = 60_000;
const RAISE = {
  ...{ do: 'alert', municipality: CITY, drill: false, level: 4 },
  ...{ districts: ['kawara', 'minato'], minutes: 360 },
} as const satisfies AlertOrder;

let directory: string;
let keys: PlatformKeys;
beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'kazasu-desk-keys-'));
  keys = await PlatformKeys.openOrCreate(directory);
  await nameAlertKey(keys, PlatformKeys.offlineFolder(directory), CITY, Date.now());
  return () => rmSync(directory, { recursive: true });
});

let now: number;
let store: AlertStore;
let plans: PlanStore;
let desk: AlertDesk;
const onSigned = vi.fn();
beforeEach(() => {
  const folder = mkdtempSync(join(tmpdir(), 'kazasu-desk-'));
  now = Date.now();
  store = new AlertStore(folder);
  plans = new PlanStore(folder);
  desk = new AlertDesk({ store, keys, plans, now: () => now, onSigned });
  onSigned.mockClear();
  onTestFinished(() => {
    store.close();
    plans.close();
    rmSync(folder, { recursive: true });
  });
});

async function sent(order: AlertOrder = RAISE): Promise<AlertEntry> {
  const { id, sha256 } = desk.propose(order, '田中');
  return desk.consent(id, sha256, '森');
}

async function refusal(work: () => unknown): Promise<string> {
  const error = await Promise.resolve()
    .then(work)
    .catch((reason: unknown) => reason);
  if (error instanceof InputError) return error.message;
  throw new Error('it was done');
}

test('one proposes, another consents, and then it is signed with the municipality’s key', async () => {
  const proposed = desk.propose(RAISE, '田中');
  expect(proposed).toMatchObject({ standing: 'proposed', proposedBy: '田中', decidedBy: null });
  expect(desk.signed(proposed.id)).toBeNull();
  expect(onSigned).not.toHaveBeenCalled();

  const entry = await desk.consent(proposed.id, proposed.sha256, '森');
  expect(entry).toMatchObject({ standing: 'in-force', decidedBy: '森', level: 4 });
  expect(onSigned).toHaveBeenCalledTimes(1);
  const cms = desk.signed(entry.id) ?? Buffer.alloc(0);
  const root = keys.roots.reduce<Root | null>((before, each) => openRoot(each, before), null);
  const signers = {
    ca: keys.caCertificate,
    names: (role: never, key: string) => root?.names(role, key) ?? false,
  };
  const { municipality, document } = await openAlertObject(cms, signers, now);
  expect(municipality).toBe(CITY);
  expect(document).toEqual(desk.document(entry.id));
  expect(createHash('sha256').update(document).digest('hex')).toBe(proposed.sha256);
  expect(readMessage(document)).toMatchObject({ id: entry.id, is: 'alert' });
  const verdict = await verifyAlert(cms, keys.root, keys.caCertificate);
  expect(verdict).toMatchObject({ genuine: true, municipality: CITY, sha256: entry.sha256 });
});

describe('nothing is sent', () => {
  test.each(['田中', ' 田中 ', '田　中'])(
    'by whoever proposed it, however they write themselves (%s)',
    async (by) => {
      const { id, sha256 } = desk.propose(RAISE, '田中');
      expect(await refusal(() => desk.consent(id, sha256, by))).toContain('somebody else');
    },
  );

  test('of which other bytes were read', async () => {
    const { id } = desk.propose(RAISE, '田中');
    expect(await refusal(() => desk.consent(id, '0'.repeat(64), '森'))).toContain(
      'look at it again',
    );
  });

  test('that was proposed too long ago, was withdrawn, or went out already', async () => {
    const late = desk.propose(RAISE, '田中');
    now += 31 * MINUTE;
    expect(await refusal(() => desk.consent(late.id, late.sha256, '森'))).toContain('lapsed');
    const withdrawn = desk.propose(RAISE, '田中');
    desk.withdraw(withdrawn.id, '田中');
    expect(await refusal(() => desk.consent(withdrawn.id, withdrawn.sha256, '森'))).toContain(
      'withdrawn',
    );
    const once = await sent();
    expect(await refusal(() => desk.consent(once.id, once.sha256, '山本'))).toContain('in-force');
    expect(await refusal(() => desk.withdraw(once.id, '田中'))).toContain('cancelled');
  });

  test('when the alert was changed between proposal and consent', async () => {
    const { alert } = await sent();
    const raise = desk.propose({ ...RAISE, do: 'extend', alert, minutes: 900 } as never, '田中');
    await sent({ do: 'all-clear', alert });
    expect(await refusal(() => desk.consent(raise.id, raise.sha256, '森'))).toContain('lapsed');
  });

  test('for a municipality that has no key', async () => {
    const { id, sha256 } = desk.propose(RAISE, '田中');
    const without = {
      signAlert: () => keys.signAlert(TOWN, Buffer.from('x')),
      reload: async () => false,
    };
    const other = new AlertDesk({ store, keys: without, plans, now: () => now, onSigned });
    expect(await refusal(() => other.consent(id, sha256, '森'))).toContain(`alert key ${TOWN}`);
    expect(desk.entry(id).standing).toBe('proposed');
  });

  test.each<[string, Partial<AlertOrder>, string]>([
    ['of a municipality without a plan', { municipality: TOWN }, 'nothing is known'],
    ['for a district that is none', { districts: ['atlantis'] }, 'no district atlantis'],
    ['to a shelter that is none', { shelters: ['atlantis'] }, 'no shelter atlantis'],
    ['to no shelter at all', { shelters: ['kitayama-high'] }, 'no shelter would be left'],
  ])('%s', async (_what, over, said) => {
    expect(
      await refusal(() => desk.propose({ ...RAISE, ...over } as AlertOrder, '田中')),
    ).toContain(said);
    expect(desk.list()).toEqual([]);
  });

  test('by nobody', async () => {
    expect(await refusal(() => desk.propose(RAISE, '  '))).toContain('a name');
  });
});

test('an alert is updated, extended and ended, and each message names all before it', async () => {
  const first = await sent();
  const update = await sent({
    do: 'update',
    alert: first.alert,
    level: 5,
    districts: ['kawara'],
    minutes: 60,
  });
  const longer = await sent({ do: 'extend', alert: first.alert, minutes: 600 });
  const over = await sent({ do: 'all-clear', alert: first.alert });
  const standings = desk.list().map(({ id, is, standing }) => [id, is, standing]);
  expect(standings).toEqual([
    [over.id, 'all-clear', 'over'],
    [longer.id, 'update', 'changed'],
    [update.id, 'update', 'changed'],
    [first.id, 'alert', 'changed'],
  ]);
  const last = readMessage(desk.document(over.id));
  expect(last.references).toEqual([first.id, update.id, longer.id]);
  // All of it within one second: what changes something is sent later all the same.
  expect(Date.parse(over.sentAt) - Date.parse(first.sentAt)).toBe(3_000);
  expect(await refusal(() => desk.propose({ do: 'cancel', alert: first.alert }, '田中'))).toContain(
    'is over',
  );
  const shorter = { do: 'extend', alert: (await sent()).alert, minutes: 10 } as const;
  expect(await refusal(() => desk.propose(shorter, '田中'))).toContain('no later');
});

test('nobody is sent anywhere at level 5, and without words the level’s own are said', () => {
  const { id, what } = desk.propose({ ...RAISE, level: 5 }, '田中');
  const { parts } = readMessage(desk.document(id));
  expect(parts.map(({ shelters, map }) => [shelters, map])).toEqual([
    [[], []],
    [[], []],
  ]);
  expect(what.ja).toContain('高いところへ');
});

test('a municipality has no more alerts at once than people can read', async () => {
  for (let n = 0; n < 12; n += 1) await sent({ ...RAISE, districts: ['kawara'], minutes: 10 });
  expect(await refusal(() => desk.propose(RAISE, '田中'))).toContain('12 alerts');
  now += 11 * MINUTE;
  await sent();
});

test('terminals are told the newest message of each alert that concerns where they stand', async () => {
  const news = new AlertNews(store, new LocalFanOut(), () => now);
  const told = (district?: string, after = 0) =>
    news
      .tell({ municipality: CITY, ...(district !== undefined && { district }) }, after)
      .map((text) => (JSON.parse(text) as { statement: string }).statement);
  const first = await sent();
  await news.publish();
  const signed = (entry: AlertEntry) => desk.signed(entry.id)?.toString('base64');
  expect([told('kawara'), told('hama'), told()]).toEqual([[signed(first)], [], [signed(first)]]);
  expect(news.tell(undefined, 0)).toEqual([]);
  expect(news.tell({ municipality: TOWN }, 0)).toEqual([]);
  // 港町 hears that it is not for it any more.
  const narrower = await sent({
    do: 'update',
    alert: first.alert,
    level: 4,
    districts: ['kawara'],
    minutes: 60,
  });
  await news.publish();
  expect(told('minato')).toEqual([signed(narrower)]);
  expect(told('kawara', 1)).toEqual([signed(narrower)]);
  expect(told('kawara', 2)).toEqual([]);
  now += 61 * MINUTE;
  expect(told('kawara')).toEqual([]);
});

test('a signed file that was changed, or is something else, is not genuine', async () => {
  const entry = await sent();
  const cms = desk.signed(entry.id) ?? Buffer.alloc(0);
  const verdict = (bytes: Uint8Array) => verifyAlert(bytes, keys.root, keys.caCertificate);
  const changed = Buffer.from(cms);
  const at = changed.indexOf('川が');
  changed.write('山が', at);
  expect(await verdict(changed)).toMatchObject({
    genuine: false,
    why: 'the signature does not verify',
  });
  expect(await verdict(Buffer.from('x'))).toMatchObject({ genuine: false });
  expect(await verdict(await keys.sign('command', Buffer.from('{}')))).toMatchObject({
    genuine: false,
  });
  const unnamed = await verifyAlert(cms, { roles: {} }, keys.caCertificate);
  expect(unnamed).toMatchObject({ genuine: false, municipality: null });
});
