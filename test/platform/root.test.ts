/** The offline root at the platform: what its keys change, who misses them, and that nothing else needs them. */

import { mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { InputError } from '../../platform-sim/input-error.ts';
import {
  renewRoot,
  replaceRootKey,
  rotateRole,
  showRoot,
  takeRootKeysAway,
} from '../../platform-sim/root.ts';
import { offlineFolder, openKeys } from '../../platform-sim/stores.ts';
import { BareTerminal, Chain } from './bare-terminal.ts';
import { Bench, refusal } from './programs.ts';
import { LIST, TestPlatform, tickets } from './test-platform.ts';

let world: TestPlatform;
let safe: string;
beforeEach(async () => {
  world = await TestPlatform.start();
  safe = await mkdtemp(join(tmpdir(), 'kazasu-safe-'));
  await rename(offlineFolder(world.directory), join(safe, 'keys'));
});
afterEach(async () => {
  await world.stop();
  await rm(safe, { recursive: true });
});

const vault = () => join(safe, 'keys');
const operator = () => openKeys(world.directory);
const greet = (root = 0) => BareTerminal.greet(world.url, new Chain(), { lists: [LIST], root });

test('the running platform works, starts and publishes without its root keys', async () => {
  await world.publish(tickets(3));
  await world.restart();
  const terminal = await greet();
  const { manifest } = await world.headOf(terminal, LIST);
  expect(manifest).toMatchObject({ version: 1, rows: 3 });
  await expect(
    rotateRole(await operator(), offlineFolder(world.directory), 'head', Date.now()),
  ).rejects.toThrow(InputError);
});

describe('a role that gets a new key', () => {
  test('signs with it at once: the root is told before the heads, and the list is signed anew', async () => {
    await world.publish(tickets(3));
    const terminal = await greet();
    const before = await world.headOf(terminal, LIST);
    await rotateRole(await operator(), vault(), 'entry-list', Date.now());
    await rotateRole(await operator(), vault(), 'head', Date.now());
    await terminal.until(
      () => terminal.frames.filter(({ frame }) => frame === 'root').length > 1,
      'the new root',
    );
    const late = await greet();
    await late.next('root');
    const kinds = late.frames.map(({ frame }) => frame);
    expect(kinds.indexOf('root')).toBeLessThan(kinds.indexOf('head') >>> 0);
    await expect
      .poll(async () => (await newestHead()).head.manifest, { timeout: 20_000 })
      .not.toBe(before.head.manifest);
    const after = await newestHead();
    expect(after.head).toMatchObject({ version: 1, root: before.head.root });
    expect(after.manifest).toEqual(before.manifest);
  });

  async function newestHead() {
    const terminal = await greet();
    return world.headOf(terminal, LIST);
  }

  test('leaves no private half of the old one behind', async () => {
    const files = await readdir(join(world.directory, 'keys'));
    const old = files.filter((file) => file.startsWith('trust-'));
    expect(old).toHaveLength(2);
    await rotateRole(await operator(), vault(), 'trust', Date.now());
    const now = await readdir(join(world.directory, 'keys'));
    expect(now.filter((file) => old.includes(file))).toEqual([]);
    expect(now.filter((file) => file.startsWith('trust-'))).toHaveLength(2);
  });

  test('is signed anew, too, when the platform did not run meanwhile', async () => {
    await world.publish(tickets(3));
    await rotateRole(await operator(), vault(), 'entry-list', Date.now());
    await world.restart();
    const { manifest } = await newestHead();
    expect(manifest).toMatchObject({ version: 1 });
  });
});

test('a terminal is told the versions behind the one that it holds, and no others', async () => {
  const keys = await operator();
  for (let version = 2; version < 20; version += 1) await renewRoot(keys, vault(), Date.now());
  await world.restart();
  const held = await greet(17);
  expect((await held.next('root')).statements).toHaveLength(2);
  const fresh = await greet();
  const first = await fresh.next('root');
  const second = await fresh.next('root', fresh.frames.indexOf(first) + 1);
  expect([first, second].map(({ statements }) => statements.length)).toEqual([16, 3]);
  const current = await greet(19);
  await current.next('head');
  expect(current.frames.some(({ frame }) => frame === 'root')).toBe(false);
});

describe('root keys', () => {
  test('two of three are enough, one is not', async () => {
    const keys = await operator();
    const [one = '', two = ''] = await readdir(vault());
    await rename(join(vault(), one), join(safe, one));
    expect(await renewRoot(keys, vault(), Date.now())).toBe(2);
    await rename(join(vault(), two), join(safe, two));
    await expect(renewRoot(keys, vault(), Date.now())).rejects.toThrow(/has 1 of the root's keys/u);
    expect(showRoot(keys).version).toBe(2);
  });

  test('one that is lost or stolen is replaced by the two others, and signs nothing any more', async () => {
    const keys = await operator();
    const [lost = '', ...others] = showRoot(keys).keys;
    await rm(join(vault(), `root-${lost.slice(0, 16)}.pem`));
    expect(await replaceRootKey(keys, vault(), 1, Date.now())).toBe(2);
    expect(showRoot(keys).keys.slice(1)).toEqual(others);
    expect(showRoot(keys).keys).not.toContain(lost);
    expect(await readdir(vault())).toHaveLength(3);
    expect(await rotateRole(keys, vault(), 'head', Date.now())).toBe(3);
  });

  test('of two people who change the root at once one is told', async () => {
    const [one, other] = [await operator(), await operator()];
    const outcomes = await Promise.allSettled([
      renewRoot(one, vault(), Date.now()),
      renewRoot(other, vault(), Date.now()),
    ]);
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect((await operator()).root.version).toBe(2);
  });

  test('are taken elsewhere once', async () => {
    const [from, to] = [vault(), join(safe, 'medium')];
    await takeRootKeysAway(from, to);
    expect(await readdir(to)).toHaveLength(3);
    await expect(readdir(from)).rejects.toThrow();
    await expect(takeRootKeysAway(from, join(safe, 'other'))).rejects.toThrow(InputError);
  });
});

test('the command line makes, shows, rotates and says what is wrong', async () => {
  const bench = await Bench.create();
  const offline = join(safe, 'medium');
  const made = await bench.run('root', 'init', '--offline', offline);
  expect(JSON.parse(made.stdout)).toEqual({ event: 'root.ready', version: 1, offline });
  const [rotated, missing, king] = await Promise.all([
    bench.run('root', 'rotate', '--role', 'head', '--offline', offline),
    refusal(bench.run('root', 'rotate', '--role', 'trust')),
    refusal(bench.run('root', 'rotate', '--role', 'king', '--offline', offline)),
  ]);
  expect(JSON.parse(rotated.stdout)).toEqual({ event: 'root.published', version: 2 });
  expect(missing).toMatch(/can not be read \(ENOENT\); bring the folder of the root keys/u);
  expect(king).toMatch(/--role "king": one of head, /u);
  const shown = JSON.parse((await bench.run('root', 'show')).stdout);
  expect(shown).toMatchObject({ version: 2, threshold: 2 });
  expect(Object.keys(shown.roles)).toContain('entry-list');
  await bench.remove();
}, 120_000);
