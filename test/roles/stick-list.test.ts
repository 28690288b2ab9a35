/** A list that comes by stick: what the platform would have told over the link, taken wholly or not at all. */

import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { PlatformKeys } from '../../platform-sim/signing.ts';
import { putList } from '../../platform-sim/transfer/stick-list.ts';
import { BroughtLists } from '../../src/brought-lists.ts';
import { Conditions } from '../../src/conditions.ts';
import type { Config } from '../../src/config.ts';
import type { StickFault } from '../../src/domain/stick-screen.ts';
import { ListTurns } from '../../src/link/list-turns.ts';
import { certificateHash } from '../../src/pki/converted-value.ts';
import { heldRole } from '../../src/role-config.ts';
import { Roles } from '../../src/roles.ts';
import { DiskFullError } from '../../src/store/ledger.ts';
import { TerminalStick } from '../../src/terminal-stick.ts';
import { headPath } from '../../src/transfer/stick-order.ts';
import { enrolledTerminal } from '../link/enrolled.ts';
import { LIST, TERMINAL, tempFolder } from '../link/fixtures.ts';
import { flipped } from '../link/list-offers.ts';
import { certificateOf, TestPlatform, tickets } from '../platform/test-platform.ts';
import { HOUR, ROLE, signed, stickWith } from './stick-rig.ts';

const TAKE = { name: 'take-role', role: { ...ROLE, list: LIST } };
const ROWS = 20;

let platform: TestPlatform;

beforeAll(async () => {
  platform = await TestPlatform.start();
  await platform.publish(tickets(ROWS));
});

afterAll(() => platform.stop());

/** Enrolled, and alone since it heard of the root. */
async function alone(lists: readonly string[] = []) {
  const { terminal: met, identity } = await enrolledTerminal(platform);
  met.lists = [];
  const link = await met.connect(platform.secureUrl);
  await met.until('root.activated');
  await link.close();
  const { ledger, clock, shelf, listKeys, turns, state } = met;
  const config = { name: TERMINAL, state, services: {} } as Config;
  const disk = { isFull: false };
  const recorder = {
    ...{ ledger, note: met.recorder.note },
    record: (facts: never, { steps }: { steps: () => void }) => {
      if (disk.isFull) throw new DiskFullError('full');
      return ledger.record(facts, steps);
    },
  };
  const roles = new Roles(config, { ledger, clock, recorder: recorder as never }, new Conditions());
  const brought = new BroughtLists({
    ...{ terminal: TERMINAL, stateDirectory: state, shelf, listKeys, turns, clock },
    ...{ recorder: met.recorder, recipient: identity, onTaken() {} },
  });
  const at = (mount: string) =>
    new TerminalStick({
      ...{ terminal: TERMINAL, ledger, clock, recorder: recorder as never, roles },
      ...{ mount, brings: () => true, brought, lists },
    });
  return { met, at, disk, role: () => heldRole(ledger) };
}

const orderNow = () => signed({ keys: platform.stores.keys, says: { do: TAKE } });

/** With the order of a role, and the list that it names. */
async function stickWithList(lifeMs = HOUR, order: Buffer | null = null) {
  const { stick } = stickWith(order);
  const time = { now: Date.now(), lifeMs };
  const { stores } = platform;
  const put = await putList(stick, stores, stores.keys, { list: LIST, terminal: TERMINAL }, time);
  const objects = join(stick, 'kazasu', 'objects');
  const manifest = stores.registry.publication(LIST)?.statement ?? '';
  const chunk = readdirSync(objects).find((name) => name !== manifest) ?? '';
  return {
    ...{ stick, version: put.version, head: join(stick, ...headPath(TERMINAL)) },
    ...{ manifest: join(objects, manifest), chunk: join(objects, chunk) },
  };
}

test('an order and the list that it names are taken together, and the rows open', async () => {
  const { met, at, role } = await alone();
  const { stick, version } = await stickWithList(HOUR, await orderNow());
  const desk = at(stick);
  expect(await desk.look()).toMatchObject({
    is: 'brings',
    order: { does: 'take-role' },
    list: { list: LIST, version },
  });
  expect(met.shelf.active(LIST)).toBeNull();
  expect(await desk.take('山田')).toEqual({ is: 'taken', result: 'stick-order-taken' });
  expect(role()).toMatchObject({ list: LIST });
  expect(met.of('list.activated')).toMatchObject([{ version, rows: ROWS, source: 'stick' }]);
  expect(met.of('stick.accepted')).toMatchObject([{ by: '山田', does: 'take-role', list: LIST }]);
  const hash = certificateHash(certificateOf(7));
  const keys = met.keys.get(LIST);
  const key = (await keys?.convertedValue(hash)) ?? Buffer.alloc(32);
  const row = met.shelf.lease(LIST)?.file.find(key);
  expect(await keys?.openRow(hash, key, row?.sealed ?? Buffer.alloc(0))).toMatchObject({
    ticket: 'T-7',
  });
  // Again: the order was taken, and the list is the one that decides.
  expect(await desk.look()).toMatchObject({ is: 'brings', order: null, list: { version } });
  expect(await desk.take('山田')).toEqual({ is: 'taken', result: 'stick-list-taken' });
  expect(met.of('list.activated')).toHaveLength(1);
});

type Spoiled = Awaited<ReturnType<typeof stickWithList>>;

function flip(file: string, at: (length: number) => number): void {
  const bytes = readFileSync(file);
  writeFileSync(file, flipped(bytes, at(bytes.length)));
}

test.each<[string, StickFault, (on: Spoiled) => void]>([
  ['a chunk that is not there', 'list-incomplete', ({ chunk }) => rmSync(chunk)],
  ['a chunk that was cut off', 'list-incomplete', ({ chunk }) => truncateSync(chunk, 90)],
  ['a chunk that was changed', 'list-damaged', ({ chunk }) => flip(chunk, () => 40)],
  ['a manifest that is not there', 'list-incomplete', ({ manifest }) => rmSync(manifest)],
  [
    'a manifest that was changed',
    'list-incomplete',
    ({ manifest }) => flip(manifest, (length) => length - 1),
  ],
])('%s: nothing is taken, of the order neither, and it is said: %s', async (_what, why, spoil) => {
  const { met, at, role } = await alone();
  const on = await stickWithList(HOUR, await orderNow());
  const desk = at(on.stick);
  expect(await desk.look()).toMatchObject({ is: 'brings' });
  // Pulled after it was looked at, or broken.
  spoil(on);
  expect(await desk.take('山田')).toEqual({ is: 'nothing', why });
  expect(met.shelf.active(LIST)).toBeNull();
  expect(role()).toBeNull();
  expect([...met.ledger.facts(0)]).toEqual([]);
  expect(met.of('stick.declined')).toMatchObject([{ by: '山田', reason: why }]);
});

test('what was pulled midway is taken once the stick is there again', async () => {
  const { met, at, role } = await alone();
  const on = await stickWithList(HOUR, await orderNow());
  const desk = at(on.stick);
  await desk.look();
  const bytes = readFileSync(on.chunk);
  rmSync(on.chunk);
  expect(await desk.take('山田')).toMatchObject({ is: 'nothing' });
  writeFileSync(on.chunk, bytes);
  await desk.look();
  expect(await desk.take('山田')).toMatchObject({ is: 'taken' });
  expect(met.shelf.active(LIST)?.manifest.rows).toBe(ROWS);
  expect(role()).not.toBeNull();
});

test.each<[string, StickFault, (on: Spoiled) => void | Promise<void>]>([
  ['is no frame', 'list-damaged', ({ head }) => writeFileSync(head, '{"frame":"head"}')],
  ['is a megabyte', 'too-large', ({ head }) => truncateSync(head, 1_048_576)],
  [
    'has keys in clear, for whoever finds it',
    'list-keys',
    ({ head }) => {
      const { statement } = JSON.parse(readFileSync(head, 'utf8'));
      const key = Buffer.alloc(32).toString('base64');
      writeFileSync(head, JSON.stringify({ frame: 'head', statement, key }));
    },
  ],
  [
    'has no keys',
    'list-keys',
    ({ head }) => {
      const { statement } = JSON.parse(readFileSync(head, 'utf8'));
      writeFileSync(head, JSON.stringify({ frame: 'head', statement }));
    },
  ],
  [
    'is of another platform',
    'list-signature',
    async ({ head }) => {
      const keys = await PlatformKeys.openOrCreate(tempFolder());
      const said = await keys.sign('head', Buffer.from('{}'));
      const frame = { frame: 'head', statement: said.toString('base64') };
      writeFileSync(head, JSON.stringify(frame));
    },
  ],
])('a head that %s brings nothing: %s', async (_what, why, spoil) => {
  const { met, at, role } = await alone();
  const on = await stickWithList(HOUR, await orderNow());
  await spoil(on);
  expect(await at(on.stick).look()).toEqual({ is: 'nothing', why });
  expect(met.shelf.active(LIST)).toBeNull();
  expect(role()).toBeNull();
});

test('a list is not taken after its time, nor by a terminal that is not there for it', async () => {
  const { at } = await alone([LIST]);
  expect(await at((await stickWithList(-1)).stick).look()).toEqual({
    is: 'nothing',
    why: 'list-expired',
  });
  const other = await alone(['another-list']);
  expect(await other.at((await stickWithList()).stick).look()).toEqual({
    is: 'nothing',
    why: 'list-other',
  });
});

test('keys that are wrapped for another terminal open nothing here', async () => {
  const on = await stickWithList();
  // Enrolled anew since: another key, under the same name.
  const { at, met } = await alone([LIST]);
  expect(await at(on.stick).look()).toEqual({ is: 'nothing', why: 'list-keys' });
  expect(met.shelf.active(LIST)).toBeNull();
});

test('a list alone is taken, a newer one over it, and an older one is not', async () => {
  const { met, at } = await alone([LIST]);
  const older = await stickWithList();
  const early = at(older.stick);
  expect(await early.look()).toMatchObject({ order: null, list: { list: LIST } });
  await platform.publish(tickets(ROWS + 1));
  const newer = await stickWithList();
  const desk = at(newer.stick);
  await desk.look();
  expect(await desk.take('山田')).toEqual({ is: 'taken', result: 'stick-list-taken' });
  expect(met.shelf.active(LIST)?.manifest.version).toBe(newer.version);
  expect(await at(older.stick).look()).toEqual({ is: 'nothing', why: 'list-older' });
  // Shown before the newer one came, it is judged again as it is taken.
  expect(await early.take('山田')).toEqual({ is: 'nothing', why: 'list-older' });
  expect(met.shelf.active(LIST)?.manifest.version).toBe(newer.version);
});

test('on a disk that takes no chunks nothing is taken, and what was there decides on', async () => {
  const { met, at, role } = await alone();
  const { stick } = await stickWithList(HOUR, await orderNow());
  writeFileSync(join(met.state, 'chunks'), '');
  const desk = at(stick);
  await desk.look();
  expect(await desk.take('山田')).toEqual({ is: 'nothing', why: 'disk-full' });
  expect(met.shelf.active(LIST)).toBeNull();
  expect(role()).toBeNull();
});

test('a disk that fills between the list and the order: it is said that the list alone is in use', async () => {
  const { met, at, disk, role } = await alone();
  const { stick, version } = await stickWithList(HOUR, await orderNow());
  const desk = at(stick);
  await desk.look();
  disk.isFull = true;
  expect(await desk.take('山田')).toEqual({
    ...{ is: 'list-alone', list: { list: LIST, version }, why: 'disk-full' },
  });
  expect(met.shelf.active(LIST)?.manifest.version).toBe(version);
  expect(role()).toBeNull();
  expect([...met.ledger.facts(0)]).toEqual([]);
  expect(met.of('stick.declined')).toEqual([]);
  expect(met.of('stick.accepted')).toMatchObject([{ by: '山田', version, reason: 'disk-full' }]);
  // Once there is room the order is taken, and the list that is in use stays.
  disk.isFull = false;
  expect(await desk.look()).toMatchObject({ is: 'brings', order: { does: 'take-role' } });
  expect(await desk.take('山田')).toEqual({ is: 'taken', result: 'stick-order-taken' });
  expect(role()).toMatchObject({ list: LIST });
  expect(met.of('list.activated')).toHaveLength(1);
});

test('the platform prepares a list for those alone who may have it', async () => {
  const { stick } = stickWith(null);
  const { stores } = platform;
  const time = { now: Date.now(), lifeMs: HOUR };
  const put = (list: string, terminal: string) =>
    putList(stick, stores, stores.keys, { list, terminal }, time);
  await expect(put('no-such-list', TERMINAL)).rejects.toThrow(/there is no list/u);
  await expect(put(LIST, 'gate-9')).rejects.toThrow(/not enrolled/u);
});

test('a stick that is prepared again loses what only earlier versions need, and nothing else', async () => {
  const { met, at } = await alone([LIST]);
  const { stick, manifest } = await stickWithList();
  const objects = join(stick, 'kazasu', 'objects');
  const down = join(stick, 'kazasu', 'down');
  const ours = 'a'.repeat(64);
  const notOurs = ['notes.txt', 'A'.repeat(64)];
  for (const name of [...notOurs, ours, `${ours}.part`]) writeFileSync(join(objects, name), '');
  // Something that does not go the way files do, in the name of one.
  const stays = 'b'.repeat(64);
  mkdirSync(join(objects, stays));
  const again = async () => {
    const { stores } = platform;
    const time = { now: Date.now(), lifeMs: HOUR };
    await platform.publish(tickets(ROWS));
    return putList(stick, stores, stores.keys, { list: LIST, terminal: TERMINAL }, time);
  };
  // Another terminal's list can't be read: nobody knows what it names.
  cpSync(join(down, TERMINAL), join(down, 'gate-2'), { recursive: true });
  const head = join(down, 'gate-2', 'list.json');
  const whole = readFileSync(head);
  truncateSync(head, 100);
  expect(await again()).toMatchObject({ removed: 0 });
  // It is of the earlier version, which stays for it.
  writeFileSync(head, whole);
  await again();
  expect(existsSync(manifest)).toBe(true);
  expect(existsSync(join(objects, ours))).toBe(false);
  rmSync(dirname(head), { recursive: true });
  const { objects: needed, version } = await again();
  expect(existsSync(manifest)).toBe(false);
  expect(readdirSync(objects)).toHaveLength(needed + notOurs.length + 1);
  const desk = at(stick);
  await desk.look();
  expect(await desk.take('山田')).toMatchObject({ is: 'taken' });
  expect(met.shelf.active(LIST)?.manifest.version).toBe(version);
});

test('one hand at a time on a list: the other waits, and gives up with nothing done', async () => {
  const turns = new ListTurns();
  const first = Promise.withResolvers<void>();
  const running = turns.run(LIST, new AbortController().signal, () => first.promise);
  const impatient = new AbortController();
  const gaveUp = turns.run(LIST, impatient.signal, async () => expect.fail('it was taken'));
  impatient.abort();
  expect(await gaveUp).toBeNull();
  const second = turns.run(LIST, new AbortController().signal, async () => 'second');
  expect(await turns.run('other', new AbortController().signal, async () => 'other')).toBe('other');
  first.resolve();
  await running;
  expect(await second).toBe('second');
});
