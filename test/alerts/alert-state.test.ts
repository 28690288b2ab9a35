/** The alerts of one terminal: who is believed, what is kept, and what time may end. */

import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { writeCap } from '../../platform-sim/alerts/cap-writer.ts';
import { nameAlertKey } from '../../platform-sim/root.ts';
import { PlatformKeys } from '../../platform-sim/signing.ts';
import { openAlertObject } from '../../src/pki/alert-object.ts';
import { SignedObjectError, type Signers } from '../../src/pki/signed-object.ts';
import { DiskFullError } from '../../src/store/ledger.ts';
import { Box, KAWARA, newFolder, signersBy } from './box.ts';
import { CITY, draft, next, part, TOWN } from './drafts.ts';

const DAY = 86_400_000;
const HOUR = 3_600_000;

let keys: PlatformKeys;
let others: PlatformKeys;
let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'kazasu-alert-keys-'));
  keys = await keysIn('ours');
  others = await keysIn('others');
  return () => rmSync(folder, { recursive: true });
});

async function keysIn(name: string): Promise<PlatformKeys> {
  const directory = join(folder, name);
  const made = await PlatformKeys.openOrCreate(directory);
  const offline = PlatformKeys.offlineFolder(directory);
  for (const code of [CITY, TOWN]) await nameAlertKey(made, offline, code, Date.now());
  return made;
}

const signers = (): Signers => signersBy(keys);

let box: Box;
beforeEach(() => {
  box = new Box();
  box.welcome();
});

const ACTIVE = ['alert-1', 'active', 4, false];

test('what the municipality signed is shown, journaled without its words, and told to whoever watches', async () => {
  const heard = vi.fn();
  const stop = box.alerts.watch(heard);
  await box.hear(draft(), keys);
  expect(box.shown).toEqual([ACTIVE]);
  expect(heard).toHaveBeenCalledTimes(1);
  expect(box.lines).toEqual([
    {
      event: 'alert.taken',
      alert: 'alert-1',
      level: 4,
      message: 'alert',
      drill: false,
      districts: ['kawara'],
    },
  ]);
  stop();
  await box.hear(next(draft(), { is: 'all-clear' }), keys);
  expect(heard).toHaveBeenCalledTimes(1);
  expect(box.lines.at(-1)).toEqual({ event: 'alert.over', alert: 'alert-1', why: 'all-clear' });
});

test('told again with every welcome, it is the same alert', async () => {
  const said = draft();
  await box.hear(said, keys);
  await box.hear(said, keys);
  expect(box.shown).toEqual([ACTIVE]);
  expect(box.lines).toHaveLength(1);
});

test.each<[string, string, () => Promise<[Uint8Array, Signers]>]>([
  [
    'by another municipality’s key',
    'foreign',
    async () => [
      await keys.signAlert(TOWN, writeCap(draft({ municipality: { code: TOWN, name: '町' } }))),
      signers(),
    ],
  ],
  [
    'by another municipality’s key, in this one’s name',
    'foreign',
    async () => [await keys.signAlert(TOWN, writeCap(draft())), signers()],
  ],
  [
    'by this one’s key, in another one’s name',
    'foreign',
    async () => [
      await keys.signAlert(CITY, writeCap(draft({ municipality: { code: TOWN, name: '町' } }))),
      signers(),
    ],
  ],
  [
    'by another platform',
    'unknown-signer',
    async () => [await others.signAlert(CITY, writeCap(draft())), signers()],
  ],
  [
    'by a key that the root does not name',
    'not-named',
    async () => [
      await keys.signAlert(CITY, writeCap(draft())),
      { ...signers(), names: () => false },
    ],
  ],
  [
    'by a key that may do other things',
    'wrong-kind',
    async () => [await keys.sign('command', writeCap(draft())), signers()],
  ],
  ['that is no CMS', 'malformed', async () => [writeCap(draft()), signers()]],
  [
    'that is no CAP',
    'not-xml',
    async () => [await keys.signAlert(CITY, Buffer.from('{}')), signers()],
  ],
  ['that is far too large', 'too-large', async () => [Buffer.alloc(5_000_000), signers()]],
])('a document %s shows nothing: %s', async (_what, reason, made) => {
  const [cms, by] = await made();
  await box.alerts.take(cms, by);
  expect(box.shown).toEqual([]);
  expect(box.rejected).toEqual([reason]);
  expect(box.ledger.alerts.all()).toEqual([]);
});

test('a changed byte anywhere changes nothing of what is shown: it is refused, or says what was signed', async () => {
  const document = writeCap(draft());
  const cms = await keys.signAlert(CITY, document);
  let refused = 0;
  for (let at = 0; at < cms.length; at += 61) {
    const changed = Buffer.from(cms);
    changed[at] = (changed[at] ?? 0) ^ 0x01;
    const opened = await openAlertObject(changed, signers(), box.time.wall).catch((error) => {
      if (!(error instanceof SignedObjectError)) throw error;
      return null;
    });
    if (opened === null) refused += 1;
    else expect(opened).toEqual({ municipality: CITY, document });
  }
  // A few bytes of the envelope say nothing.
  expect(refused).toBeGreaterThan((cms.length / 61) * 0.9);
});

test('a key that was replaced raises no alert any more', async () => {
  const cms = await keys.signAlert(
    TOWN,
    writeCap(draft({ municipality: { code: TOWN, name: '町' } })),
  );
  const town = new Box({ municipality: TOWN });
  town.welcome();
  await nameAlertKey(keys, PlatformKeys.offlineFolder(join(folder, 'ours')), TOWN, Date.now());
  await town.alerts.take(cms, signers());
  expect(town.rejected).toEqual(['not-named']);
});

test('what has expired, is for later, was changed since or has a known name comes to nothing', async () => {
  const now = Math.floor(box.time.wall / 1_000) * 1_000;
  await box.hear(draft({ identifier: 'old', sent: now - 7 * HOUR }), keys);
  await box.hear(draft({ identifier: 'early', sent: now + HOUR }), keys);
  const first = draft();
  await box.hear(next(first), keys);
  await box.hear(first, keys);
  await box.hear(next(first, { parts: [part({ level: 5 })] }), keys);
  expect(box.rejected).toEqual(['expired', 'not-yet-valid', 'superseded', 'twice']);
  expect(box.shown).toEqual([ACTIVE]);
});

test('one cause is said once an hour, with how many there were', async () => {
  for (let n = 0; n < 5; n += 1) await box.alerts.take(Buffer.from('no CMS'), signers());
  expect(box.lines).toHaveLength(1);
  box.pass(HOUR);
  await box.alerts.take(Buffer.from('no CMS'), signers());
  expect(box.lines.at(-1)).toMatchObject({ reason: 'malformed', untold: 4 });
});

test('it is there again after a start without a network, and so is its end', async () => {
  const first = draft();
  await box.hear(first, keys);
  box.stop();
  box.start();
  expect(box.shown).toEqual([ACTIVE]);
  await box.hear(next(first, { is: 'cancel', parts: [] }), keys);
  expect(box.shown).toEqual([['alert-1', 'over', 4, false]]);
  box.stop();
  box.start();
  expect(box.shown).toEqual([['alert-1', 'over', 4, false]]);
  expect(box.lines.at(-1)).toEqual({ event: 'alert.over', alert: 'alert-1', why: 'cancel' });
});

test('what is shown is on the disk already, whenever the power goes', async () => {
  const first = draft();
  const cuts: string[] = [];
  // The files as they are at the moment when somebody is told.
  box.alerts.watch(() => {
    const cut = newFolder();
    cpSync(box.directory, cut, { recursive: true });
    cuts.push(cut);
  });
  await box.hear(first, keys);
  await box.hear(next(first, { is: 'all-clear' }), keys);
  const after = cuts.map((cut) => new Box(KAWARA, cut).shown);
  expect(after).toEqual([[ACTIVE], [['alert-1', 'over', 4, false]]]);
});

test('an alert that is ended does not come back, however it comes again', async () => {
  const first = draft();
  await box.hear(first, keys);
  await box.hear(next(first, { is: 'all-clear' }), keys);
  box.stop();
  box.start();
  await box.hear(first, keys);
  await box.hear(next(first, { identifier: 'again' }), keys);
  expect(box.shown).toEqual([['alert-1', 'over', 4, false]]);
});

test('a terminal that is moved shows what is for where it stands now', async () => {
  await box.hear(draft({ parts: [part(), part({ level: 3 }, 'minato')] }), keys);
  await box.hear(draft({ identifier: 'alert-2' }), keys);
  box.stop();
  box.start({ municipality: CITY, district: 'minato' });
  expect(box.shown).toEqual([['alert-1', 'active', 3, false]]);
  box.stop();
  box.start({ municipality: TOWN });
  expect(box.shown).toEqual([]);
});

test('its time ends it, also while the terminal was off, once the time is known', async () => {
  await box.hear(draft(), keys);
  box.pass(5 * HOUR);
  expect(box.shown).toEqual([ACTIVE]);
  box.pass(HOUR);
  expect(box.shown).toEqual([]);
  expect(box.lines.at(-1)).toEqual({ event: 'alert.over', alert: 'alert-1', why: 'expired' });

  await box.hear(draft({ identifier: 'b', sent: Math.floor(box.time.wall / 1_000) * 1_000 }), keys);
  box.stop();
  box.time.wall += DAY;
  box.start();
  // Without a network, nobody knows whether the clock is right: it is shown, and marked.
  expect(box.shown).toEqual([['b', 'active', 4, true]]);
  box.welcome();
  box.alerts.look();
  expect(box.shown).toEqual([]);
});

test('a clock that jumps a month ends nothing, and neither does one that begins anew', async () => {
  await box.hear(draft(), keys);
  box.time.wall += 30 * DAY;
  box.alerts.look();
  expect(box.shown).toEqual([['alert-1', 'active', 4, true]]);
  box.time.wall = 0;
  box.alerts.look();
  expect(box.shown).toEqual([['alert-1', 'active', 4, true]]);
  box.time.wall = Date.now();
  box.welcome();
  box.alerts.look();
  expect(box.shown).toEqual([ACTIVE]);
});

test('with a clock that was never set an alert is shown, and marked', async () => {
  const fresh = new Box();
  fresh.stop();
  fresh.time.wall = 86_400_000;
  fresh.start();
  expect(fresh.clock.quality()).toBe('unset');
  await fresh.hear(draft(), keys);
  expect(fresh.shown).toEqual([['alert-1', 'active', 4, true]]);
});

test('a full disk keeps nobody from leaving: it is shown, and kept once there is room', async () => {
  const full = vi.spyOn(box.ledger, 'record').mockImplementation(() => {
    throw new DiskFullError('no room');
  });
  await box.hear(draft(), keys);
  expect(box.shown).toEqual([ACTIVE]);
  full.mockRestore();
  box.pass(60_000);
  box.stop();
  box.start();
  expect(box.shown).toEqual([ACTIVE]);
});

test('what nobody needs to remember is dropped, and what a later version kept is left aside', async () => {
  await box.hear(draft({ identifier: 'old' }), keys);
  box.ledger.record([], () =>
    box.ledger.alerts.replace([
      ...box.ledger.alerts.all(),
      { id: 'new', said: '{"of":"a later version"}', expired: 0 },
    ]),
  );
  box.stop();
  box.start();
  expect(box.shown).toEqual([['old', 'active', 4, false]]);
  box.pass(31 * DAY);
  box.welcome();
  await box.hear(
    draft({ identifier: 'young', sent: Math.floor(box.time.wall / 1_000) * 1_000 }),
    keys,
  );
  expect(box.ledger.alerts.all().map(({ id }) => id)).toEqual(['young']);
});

test('more than a municipality can mean are refused, and those before them stay', async () => {
  const many = Array.from({ length: 512 }, (_, n) => draft({ identifier: `n${n}` }));
  const { readMessage } = await import('../../src/alerts/message.ts');
  box.ledger.record([], () =>
    box.ledger.alerts.replace(
      many.map((said) => ({
        id: said.identifier,
        said: JSON.stringify(readMessage(writeCap(said))),
        expired: 0 as const,
      })),
    ),
  );
  box.stop();
  box.start();
  await box.hear(draft({ identifier: 'one-more' }), keys);
  expect(box.rejected).toEqual(['too-many']);
  expect(box.shown).toHaveLength(512);
});
