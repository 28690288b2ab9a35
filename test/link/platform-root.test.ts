/** The root over the link: pinned once, replaced by its successors alone, and what a rotated key can still do. */

import { createHash, createPrivateKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as pkijs from 'pkijs';
import { describe, expect, test } from 'vitest';
import { signCms } from '../../platform-sim/cms.ts';
import { type RootKey, readRootKeys, signRootText } from '../../platform-sim/offline-root.ts';
import { renewRoot, replaceRootKey, rotateRole, showRoot } from '../../platform-sim/root.ts';
import { PlatformKeys } from '../../platform-sim/signing.ts';
import type { EventName } from '../../src/domain/events.ts';
import { heldRoot, PlatformRoot } from '../../src/link/platform-root.ts';
import { type RoleKind, SIGNED_KIND } from '../../src/link/protocol.ts';
import { loadTrust } from '../../src/link/trust-folder.ts';
import { DiskFullError } from '../../src/store/ledger.ts';
import { FakePlatform, headOf, iso } from './fake-platform.ts';
import { LIST, TestTerminal, tempFolder } from './fixtures.ts';

/** A platform whose root keys are at hand, so that a test can be its operator and its thief. */
class World {
  readonly platform: FakePlatform;
  readonly keys: PlatformKeys;
  readonly directory: string;

  private constructor(platform: FakePlatform, directory: string) {
    this.platform = platform;
    this.keys = platform.keys;
    this.directory = directory;
  }

  static async start(): Promise<World> {
    const directory = tempFolder();
    const keys = await PlatformKeys.openOrCreate(directory);
    return new World(await FakePlatform.start(keys), directory);
  }

  get offline(): string {
    return PlatformKeys.offlineFolder(this.directory);
  }

  /** Gives a role a new key, and tells those who are connected. */
  async rotate(kind: RoleKind): Promise<void> {
    await rotateRole(this.keys, this.offline, kind, Date.now());
    this.tell(...this.keys.roots.slice(-1));
  }

  renew(): Promise<number> {
    return renewRoot(this.keys, this.offline, Date.now());
  }

  tell(...roots: readonly Buffer[]): void {
    const statements = roots.map((root) => root.toString('base64'));
    this.platform.send({ frame: 'root', statements });
  }

  /** Today's keys in the hands of a thief: a later rotation does not change them. */
  stolen(): Promise<PlatformKeys> {
    return PlatformKeys.openOrCreate(this.directory);
  }

  rootKeys(): Promise<RootKey[]> {
    return readRootKeys(this.offline, showRoot(this.keys).keys);
  }

  /** The next version, made by hand, and whoever signs it. */
  forge(over: object, signers: readonly RootKey[]): Promise<Buffer> {
    const { root } = this.keys;
    const said = { ...root, version: root.version + 1, ...over };
    return signRootText(JSON.stringify(said), signers);
  }
}

async function connected() {
  const world = await World.start();
  const terminal = new TestTerminal();
  const open = terminal.opener(world.platform.url);
  const link = await open();
  await terminal.until('root.activated', { version: 1 });
  terminal.noted.length = 0;
  return { world, platform: world.platform, terminal, open, link };
}

/** A list signed by one set of keys, its head by another. */
async function offer(
  platform: FakePlatform,
  version: number,
  { list = platform.keys, head = platform.keys }: { list?: PlatformKeys; head?: PlatformKeys },
): Promise<void> {
  const published = await platform.publish(version);
  const manifest = Buffer.from(JSON.stringify(published.manifest));
  const object = platform.put(await list.sign('entry-list', manifest));
  platform.send(await platform.frameOf({ ...published.head, manifest: object }, head));
}

test('is pinned with the platform at first contact, and is there after a start', async () => {
  const world = await World.start();
  const terminal = new TestTerminal();
  const link = await terminal.connect(world.platform.url);
  await terminal.until('root.activated', { version: 1, expires: world.keys.root.expires });
  await link.close();
  terminal.end();
  const again = new TestTerminal(terminal.state);
  expect(heldRoot(again.ledger)).toMatchObject({ version: 1 });
  await again.connect(world.platform.url);
  expect(world.platform.hellos.map(({ root }) => root)).toEqual([0, 1]);
  expect(again.of('root.rejected')).toEqual([]);
});

describe('a key that is rotated in the middle of an event', () => {
  test('takes over while the list that it signed before stays active', async () => {
    const { world, platform, terminal } = await connected();
    await offer(platform, 2, {});
    await terminal.until('list.activated', { version: 2 });
    await world.rotate('entry-list');
    await terminal.until('root.activated', { version: 2 });
    expect(terminal.shelf.active(LIST)?.manifest.version).toBe(2);
    await offer(platform, 3, {});
    await terminal.until('list.activated', { version: 3 });
  });

  test('is worth nothing to a thief from then on', async () => {
    const { world, platform, terminal } = await connected();
    const thief = await world.stolen();
    await world.rotate('entry-list');
    await terminal.until('root.activated', { version: 2 });
    await offer(platform, 9, { list: thief });
    await terminal.until('list.rejected', { version: 9, reason: 'not-named' });
    expect(terminal.shelf.active(LIST)).toBeNull();
  });

  test('is worth a list to a thief who has the key of heads, too, and nothing to one who has not', async () => {
    const { world, platform, terminal } = await connected();
    const thief = await world.stolen();
    await offer(platform, 7, { list: thief, head: thief });
    await terminal.until('list.activated', { version: 7 });
    await world.rotate('head');
    await terminal.until('root.activated', { version: 2 });
    await offer(platform, 8, { list: thief, head: thief });
    await terminal.until('list.rejected', { reason: 'not-named' });
    expect(terminal.shelf.active(LIST)?.manifest.version).toBe(7);
  });

  test('goes on to count for what was verified and kept', async () => {
    const { world, platform, terminal, link } = await connected();
    const root = createHash('sha256').digest('hex');
    const issuedAt = iso(-60_000);
    const manifest = { kind: 'trust', list: 'trust', version: 1, root, issuedAt };
    const content = Buffer.from(JSON.stringify({ ...manifest, anchors: [], crls: [] }));
    const object = platform.put(await world.keys.sign('trust', content));
    await platform.sendHead(headOf({ list: 'trust', version: 1, root }, object));
    await terminal.until('trust.activated', { version: 1 });
    await world.rotate('trust');
    await terminal.until('root.activated', { version: 2 });
    await link.close();
    const kept = await loadTrust(terminal.state, world.keys.caCertificate);
    expect(kept).toMatchObject({ version: 1 });
  });
});

test('a signer whom the CA certified without the root is refused: the CA’s key signs no lists', async () => {
  const { world, platform, terminal } = await connected();
  const [id = ''] = await world.keys.makeRoleKeys('entry-list');
  const file = (suffix: string) =>
    readFileSync(join(world.directory, `entry-list-${id.slice(0, 16)}${suffix}`));
  const is = pkijs.Certificate.fromBER(file('.der'));
  const key = createPrivateKey(file('-key.pem'));
  const { manifest, head } = await platform.publish(2);
  const content = Buffer.from(JSON.stringify(manifest));
  const signed = await signCms(SIGNED_KIND['entry-list'], content, [{ key, is }]);
  await platform.sendHead({ ...head, manifest: platform.put(signed) });
  await terminal.until('list.rejected', { version: 2, reason: 'not-named' });
});

test('the key of heads signs no list', async () => {
  const { world, platform, terminal } = await connected();
  const { manifest, head } = await platform.publish(2);
  const signed = await world.keys.sign('head', Buffer.from(JSON.stringify(manifest)));
  await platform.sendHead({ ...head, manifest: platform.put(signed) });
  await terminal.until('list.rejected', { version: 2, reason: 'wrong-kind' });
});

describe('a root is not taken, and the one that is held stays,', () => {
  test('with one stolen root key, once, twice, or beside keys of the thief’s own', async () => {
    const { world, terminal } = await connected();
    const [one] = await world.rootKeys();
    if (one === undefined) throw new Error('no root key');
    const other = await (await World.start()).rootKeys();
    for (const signers of [[one], [one, one], [one, ...other]]) {
      world.tell(await world.forge({ roles: { head: ['ab'.repeat(32)] } }, signers));
    }
    await expect.poll(() => terminal.of('root.rejected').length, { timeout: 20_000 }).toBe(3);
    expect(terminal.of('root.rejected')).toMatchObject(
      Array.from({ length: 3 }, () => ({ version: 2, reason: 'bad-signature' })),
    );
    expect(heldRoot(terminal.ledger)).toMatchObject({ version: 1 });
  });

  test('when it is older, or skips a version, or is another of the same number', async () => {
    const { world, terminal } = await connected();
    await world.rotate('head');
    await terminal.until('root.activated', { version: 2 });
    const keys = await world.rootKeys();
    world.tell(...world.keys.roots.slice(0, 1));
    await terminal.until('root.rejected', { reason: 'older-version' });
    world.tell(await world.forge({ version: 4 }, keys));
    await terminal.until('root.rejected', { reason: 'skipped-version' });
    terminal.noted.length = 0;
    world.tell(await world.forge({ version: 2, expires: iso(1_000) }, keys));
    await terminal.until('root.rejected', { reason: 'older-version' });
    expect(heldRoot(terminal.ledger)).toMatchObject({ version: 2 });
    // The one that is held is no news and no fault.
    terminal.noted.length = 0;
    world.tell(...world.keys.roots.slice(1));
    await world.rotate('trust');
    await terminal.until('root.activated', { version: 3 });
    expect(terminal.of('root.rejected')).toEqual([]);
  });

  test('when it is another platform’s, signed by whomever', async () => {
    const { world, terminal } = await connected();
    const { caCertificate } = (await World.start()).keys;
    const platformCa = caCertificate.toString('base64');
    world.tell(await world.forge({ platformCa }, await world.rootKeys()));
    await terminal.until('root.rejected', { version: 2, reason: 'other-platform' });
  });

  test('at first contact, when it names another CA than the platform shows', async () => {
    const [world, other] = [await World.start(), await World.start()];
    world.platform.sendsRoots = false;
    const terminal = new TestTerminal();
    await terminal.connect(world.platform.url);
    world.tell(...other.keys.roots);
    await terminal.until('root.rejected', { reason: 'other-platform' });
    expect(heldRoot(terminal.ledger)).toBeNull();
  });

  test('when it is no root, and a platform that goes on with that is cut off', async () => {
    const { world, terminal } = await connected();
    for (let n = 0; n < 5; n += 1) world.tell(Buffer.from('no root'));
    await terminal.until('lost', { code: 4000 });
    expect(terminal.of('root.rejected').length).toBeLessThan(5);
    expect(heldRoot(terminal.ledger)).toMatchObject({ version: 1 });
  });
});

test('of several versions at once the good ones before a bad one count', async () => {
  const { world, terminal } = await connected();
  await world.renew();
  await world.renew();
  const [, second = Buffer.alloc(0), third = Buffer.alloc(0)] = world.keys.roots;
  const [one] = await world.rootKeys();
  if (one === undefined) throw new Error('no root key');
  world.tell(second, third, await world.forge({}, [one]));
  await terminal.until('root.activated', { version: 3 });
  await terminal.until('root.rejected', { version: 4, reason: 'bad-signature' });
});

test('a terminal that was away for three rotations and two root keys gets them all', async () => {
  const { world, platform, terminal, open, link } = await connected();
  await link.close();
  for (const kind of ['head', 'entry-list', 'head'] as const) {
    await rotateRole(world.keys, world.offline, kind, Date.now());
  }
  await replaceRootKey(world.keys, world.offline, 1, Date.now());
  await replaceRootKey(world.keys, world.offline, 3, Date.now());
  await open();
  await terminal.until('root.activated', { version: 6 });
  await offer(platform, 2, {});
  await terminal.until('list.activated', { version: 2 });
});

test('a terminal that was cut off between the pin of the CA and the root believes nobody until it comes', async () => {
  const world = await World.start();
  const { platform } = world;
  platform.sendsRoots = false;
  const terminal = new TestTerminal();
  const open = terminal.opener(platform.url);
  const link = await open();
  await offer(platform, 2, {});
  await terminal.until('list.rejected', { reason: 'not-named' });
  await link.close();
  platform.sendsRoots = true;
  await open();
  await terminal.until('root.activated', { version: 1 });
  await offer(platform, 2, {});
  await terminal.until('list.activated', { version: 2 });
});

test('an expired root is said to be so, once, and counts on', async () => {
  const { world, platform, terminal, open, link } = await connected();
  const expired = await world.forge({ expires: iso(-1_000) }, await world.rootKeys());
  world.tell(expired);
  await terminal.until('root.activated', { version: 2 });
  await terminal.until('root.expired', { version: 2 });
  await offer(platform, 2, {});
  await terminal.until('list.activated', { version: 2 });
  await link.close();
  await open();
  expect(terminal.of('root.expired')).toHaveLength(1);
});

describe('a kept root that is damaged', () => {
  async function damaged(setting: 'root' | 'root-pin') {
    const { world, platform, terminal, link } = await connected();
    await world.rotate('head');
    await terminal.until('root.activated', { version: 2 });
    await link.close();
    terminal.ledger.set(setting, 'AAAA');
    expect(heldRoot(terminal.ledger)).toBe('damaged');
    terminal.noted.length = 0;
    return { world, platform, terminal, open: terminal.opener(platform.url) };
  }

  test('names nobody until the way from the first version to the newest one is gone again', async () => {
    const { world, platform, terminal, open } = await damaged('root');
    expect(terminal.of('root.rejected')).toMatchObject([{ version: 2, reason: 'damaged' }]);
    platform.sendsRoots = false;
    await open();
    expect(platform.hellos.at(-1)?.root).toBe(0);
    world.tell(...world.keys.roots.slice(0, 1));
    await offer(platform, 2, {});
    await terminal.until('list.rejected', { reason: 'not-named' });
    world.tell(...world.keys.roots.slice(1));
    await terminal.until('root.activated', { version: 2 });
    await offer(platform, 2, {});
    await terminal.until('list.activated', { version: 2 });
  });

  test('is not replaced by another first version, even for the same CA', async () => {
    const { world, platform, terminal, open } = await damaged('root');
    platform.sendsRoots = false;
    await open();
    world.tell(await world.forge({ version: 1 }, await world.rootKeys()));
    await terminal.until('root.rejected', { reason: 'other-platform' });
  });

  test('is pinned anew, under the same CA, when not even the pin can be read', async () => {
    const { terminal, open } = await damaged('root-pin');
    await open();
    await terminal.until('root.activated', { version: 2 });
  });
});

test('on a full disk nothing counts that is not kept, and it is not held against the platform', async () => {
  const { keys } = await World.start();
  const noted: [EventName, object][] = [];
  const settings = new Map<string, string>();
  const ledger = {
    get: (key: string) => settings.get(key) ?? null,
    set: (key: string, value: string) => void settings.set(key, value),
    record: () => {
      throw new DiskFullError('full');
    },
  };
  const root = new PlatformRoot({
    ledger,
    now: Date.now,
    journal: (event, fields) => noted.push([event, fields]),
  });
  const statements = keys.roots.map((each) => each.toString('base64'));
  expect(root.take(statements, keys.caCertificate)).toBe(true);
  expect(noted).toMatchObject([['root.rejected', { reason: 'disk-full' }]]);
  expect(root.version).toBe(0);
  expect(root.signers(keys.caCertificate).names('head', keys.signerOf('head'))).toBe(false);
});
