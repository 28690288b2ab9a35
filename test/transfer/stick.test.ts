/** Facts that go by stick: each once, in any order, whatever happens to the stick. */

import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import { expect, test } from 'vitest';
import { KeyStoreError } from '../../src/keys/key-store.ts';
import { IdentityError } from '../../src/link/identity.ts';
import { writeStick } from '../../src/transfer/stick.ts';
import { StickWatch } from '../../src/transfer/stick-watch.ts';
import { tempFolder } from '../store/fixtures.ts';
import { newPlatform, newRecipient, newShelter, newStick, parcelsOn, wordsOn } from './rig.ts';

test('what no network has told comes by stick, byte for byte, and twice changes nothing', async () => {
  const platform = await newPlatform();
  const shelter = await newShelter(platform, 1_234);
  const stick = newStick();
  expect(await shelter.write(stick)).toMatchObject({
    ...{ outcome: 'written', facts: 1_234, parcels: 3, left: 0 },
  });
  expect(wordsOn(stick)).toMatch(/1234件を書き出しました。抜いてかまいません。/u);
  const taken = { terminal: 'gate-1', stored: 1_234, repeated: 0, quarantined: 0 };
  expect(platform.take(stick)).toEqual({ carried: [taken], waiting: 0, refused: [] });
  expect(platform.heldOf('gate-1')).toEqual(shelter.texts());
  expect(platform.take(stick)).toEqual({
    carried: [{ ...taken, stored: 0, repeated: 1_234 }],
    ...{ waiting: 0, refused: [] },
  });
  expect(platform.carried()).toBe(3);
});

test('what the platform has acknowledged is not carried, and parcels that are full stay the same', async () => {
  const platform = await newPlatform();
  const shelter = await newShelter(platform, 700);
  shelter.ledger.acknowledge(30);
  platform.facts.store(
    { terminal: 'gate-1', epoch: shelter.ledger.epoch },
    ...([1, shelter.texts().slice(0, 30), Date.now()] as const),
  );
  const stick = newStick();
  expect(await shelter.write(stick)).toMatchObject({ facts: 670, parcels: 2 });
  const [full, part] = parcelsOn(stick).map((path) => basename(path));
  shelter.record(300);
  expect(await shelter.write(stick)).toMatchObject({ facts: 970, parcels: 2 });
  const names = parcelsOn(stick).map((path) => basename(path));
  expect(names).toHaveLength(2);
  expect(names[0]).toBe(full);
  expect(names[1]).not.toBe(part);
  expect(platform.take(stick)).toMatchObject({ waiting: 0, refused: [] });
  expect(platform.heldOf('gate-1')).toEqual(shelter.texts());
});

test('parcels of two sticks are taken in whichever comes first; what waits is kept, and taken in when it can be', async () => {
  const platform = await newPlatform();
  const shelter = await newShelter(platform, 1_100);
  const [first, second] = [newStick(), newStick()];
  await shelter.write(first);
  const [one, two, three] = parcelsOn(first);
  mkdirSync(join(second, 'kazasu', 'up', 'gate-1'), { recursive: true });
  for (const path of [two, three]) {
    copyFileSync(path ?? '', join(second, 'kazasu', 'up', 'gate-1', basename(path ?? '')));
    rmSync(path ?? '');
  }
  expect(platform.take(second)).toEqual({ carried: [], waiting: 2, refused: [] });
  expect(platform.kept()).toHaveLength(2);
  expect(existsSync(one ?? '')).toBe(true);
  expect(platform.take(first)).toMatchObject({ carried: [{ stored: 1_100 }], waiting: 0 });
  expect(platform.kept()).toEqual([]);
  expect(platform.heldOf('gate-1')).toEqual(shelter.texts());
});

test('several shelters write to one stick, and a link that came back meanwhile repeats nothing', async () => {
  const platform = await newPlatform();
  const [one, two] = [await newShelter(platform, 10), await newShelter(platform, 20, 'shelter-2')];
  const stick = newStick();
  await one.write(stick);
  await two.write(stick);
  platform.facts.store(
    { terminal: 'gate-1', epoch: one.ledger.epoch },
    ...([1, one.texts(), Date.now()] as const),
  );
  expect(platform.take(stick).carried).toEqual([
    { terminal: 'gate-1', stored: 0, repeated: 10, quarantined: 0 },
    { terminal: 'shelter-2', stored: 20, repeated: 0, quarantined: 0 },
  ]);
});

test('a ledger that went back tells both of its epochs', async () => {
  const platform = await newPlatform();
  const shelter = await newShelter(platform, 12);
  shelter.ledger.acknowledge(12);
  shelter.ledger.openEpoch(15);
  shelter.record(3);
  const stick = newStick();
  expect(await shelter.write(stick)).toMatchObject({ facts: 16, parcels: 2 });
  expect(platform.take(stick)).toMatchObject({ waiting: 0, refused: [] });
  expect(platform.heldOf('gate-1')).toEqual(shelter.texts());
});

type Lie = readonly [
  what: string,
  says: RegExp,
  tell: (stick: string, path: string) => void | Promise<void>,
];

const flip = (at: number) => (_: string, path: string) => {
  const bytes = readFileSync(path);
  bytes.writeUInt8(bytes.readUInt8(at) ^ 1, at);
  writeFileSync(path, bytes);
};

const LIES: readonly Lie[] = [
  ['cut short', /no whole parcel/u, (_, path) => truncateSync(path, 2_000)],
  ['with a byte changed in what is sealed', /another content was signed/u, flip(900)],
  ['of no bytes at all', /no whole parcel/u, (_, path) => truncateSync(path, 0)],
  ['that is a text', /no whole parcel/u, (_, path) => writeFileSync(path, 'hello')],
  ['that is larger than any', /is larger than/u, (_, path) => truncateSync(path, 10_000_000)],
  [
    'of a terminal of another platform',
    /signed by no terminal of this platform/u,
    async (stick) => void (await (await newShelter(await newPlatform(), 40)).write(stick)),
  ],
];

test.each(LIES)(
  'a parcel %s is refused by name, and nothing of it is taken in',
  async (_, says, tell) => {
    const platform = await newPlatform();
    const stick = newStick();
    if (!String(says).includes('no terminal')) await (await newShelter(platform, 40)).write(stick);
    await tell(stick, parcelsOn(stick)[0] ?? '');
    const { refused, carried } = platform.take(stick);
    expect(carried).toEqual([]);
    expect(refused).toEqual([expect.stringMatching(says)]);
    expect(platform.heldOf('gate-1')).toEqual([]);
  },
);

test('a parcel for somebody else, or of a terminal that was revoked, is refused; a terminal can not speak for another', async () => {
  const platform = await newPlatform();
  const shelter = await newShelter(platform, 5);
  const stick = newStick();
  await shelter.write(stick);
  expect(platform.take(stick, (await newRecipient('990011')).key).refused).toEqual([
    expect.stringContaining('is sealed for somebody else'),
  ]);
  const liar = newStick();
  const { parts } = await newShelter(platform, 4, 'gate-2');
  await writeStick(liar, { ...parts, signing: shelter.parts.signing });
  expect(platform.take(liar).refused).toEqual([
    expect.stringContaining('gate-1 signed facts of gate-2'),
  ]);
  platform.terminals.revoke('gate-1', Date.now());
  expect(platform.take(stick).refused).toEqual([expect.stringContaining('gate-1 is revoked')]);
  expect(platform.heldOf('gate-1')).toEqual([]);
});

test('a folder that is no prepared stick is said so', async () => {
  const platform = await newPlatform();
  expect(() => platform.take(tempFolder())).toThrow(/no prepared stick/u);
});

test('nothing is written to a stick that is not ours, and it is left as it was', async () => {
  const shelter = await newShelter(await newPlatform(), 3);
  const empty = tempFolder();
  expect(await shelter.write(empty)).toEqual({ outcome: 'foreign', reason: 'no stick of ours' });
  expect(existsSync(join(empty, 'kazasu'))).toBe(false);
  const theirs = newStick(tempFolder(), await newRecipient('990011'));
  expect(await shelter.write(theirs)).toMatchObject({
    reason: 'prepared for another municipality',
  });
  const huge = newStick();
  writeFileSync(join(huge, 'kazasu', 'stick.json'), Buffer.alloc(5_000, 0x20));
  expect(await shelter.write(huge)).toMatchObject({ outcome: 'foreign' });
});

test('a stick that is pulled in the middle has whole parcels alone, and the rest when it is put in again', async () => {
  const platform = await newPlatform();
  const shelter = await newShelter(platform, 1_400);
  const stick = newStick();
  let parcels = 0;
  const pulled = {
    ...shelter.parts,
    signing: async () => {
      parcels += 1;
      if (parcels === 2) rmSync(join(stick, 'kazasu', 'up'), { recursive: true });
      return shelter.parts.signing();
    },
  };
  expect(await writeStick(stick, pulled)).toEqual({ outcome: 'gone', reason: 'ENOENT' });
  mkdirSync(join(stick, 'kazasu', 'up', 'gate-1'), { recursive: true });
  writeFileSync(join(stick, 'kazasu', 'up', 'gate-1', 'x.p7m.part'), 'half of one');
  expect(await shelter.write(stick)).toMatchObject({ outcome: 'written', facts: 1_400 });
  expect(parcelsOn(stick).filter((path) => path.endsWith('.part'))).toEqual([]);
  expect(platform.take(stick)).toMatchObject({ carried: [{ stored: 1_400 }], refused: [] });
});

test('what happens while a stick is written to is not lost: it is on the next one', async () => {
  const platform = await newPlatform();
  const shelter = await newShelter(platform, 600);
  const stick = newStick();
  const busy = {
    ...shelter.parts,
    signing: () => {
      shelter.record(1);
      return shelter.parts.signing();
    },
  };
  await writeStick(stick, busy);
  const next = newStick();
  await shelter.write(next);
  platform.take(stick);
  platform.take(next);
  expect(platform.heldOf('gate-1')).toEqual(shelter.texts());
  expect(shelter.texts().length).toBeGreaterThan(600);
});

test.each([
  ['is not enrolled', new IdentityError('this terminal is not enrolled')],
  ['has no key now', new KeyStoreError('the token is gone')],
])('a terminal that %s writes nothing and says why', async (_, error) => {
  const shelter = await newShelter(await newPlatform(), 3);
  const stick = newStick();
  const signing = () => Promise.reject(error);
  expect(await writeStick(stick, { ...shelter.parts, signing })).toEqual({
    ...{ outcome: 'not-signed', reason: error.message },
  });
  expect(parcelsOn(stick)).toEqual([]);
});

test('each time that a stick is put in it is written to once', async () => {
  const shelter = await newShelter(await newPlatform(), 3);
  const stick = newStick();
  const notes: string[] = [];
  let mounted: string | null = null;
  const watch = new StickWatch({
    ...{ ...shelter.parts, mount: stick, lookEveryMs: 5, mountedAt: async () => mounted },
    recorder: { note: (event) => void notes.push(event) },
    onPut: async () => {},
    onDefect: (error) => expect.fail(String(error)),
  });
  watch.start();
  for (const [place, id] of ['31 8:1', '32 8:1'].entries()) {
    mounted = id;
    await expect.poll(() => notes.length).toBe(place + 1);
  }
  await watch.stop();
  expect(notes).toEqual(['stick.written', 'stick.written']);
});
