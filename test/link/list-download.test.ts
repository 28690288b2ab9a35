import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { KeyStoreError } from '../../src/keys/key-store.ts';
import { deriveListKeys } from '../../src/pki/converted-value.ts';
import { listKeysOf } from '../keys/list-keys-of.ts';
import { chunksOf, FakePlatform, iso, LIST_KEY } from './fake-platform.ts';
import { LIST, TestTerminal } from './fixtures.ts';
import { confirmed, withVersion2 } from './version-2.ts';

function activeVersion({ shelf }: TestTerminal): number | undefined {
  return shelf.active(LIST)?.manifest.version;
}

test('a list comes down, decides, and the age of it begins with the head', async () => {
  const platform = await FakePlatform.start();
  const terminal = new TestTerminal();
  await terminal.connect(platform.url);
  const { head, manifest } = await platform.publish(1);
  await platform.sendHead(head);
  expect(await terminal.until('list.activated')).toMatchObject({
    list: LIST,
    version: 1,
    rows: 100,
    root: manifest.root,
    source: 'platform',
    ms: expect.any(Number),
  });
  const active = terminal.shelf.active(LIST);
  expect(active?.manifest).toEqual(manifest);
  expect(active?.confirmedAt).toBe(Date.parse(head.at));
});

const HASH = Buffer.alloc(32, 7);
const VALUE = await listKeysOf(LIST_KEY, LIST).convertedValue(HASH);
const convertedBy = (terminal: TestTerminal) => terminal.keys.get(LIST)?.convertedValue(HASH);
const keyFile = (terminal: TestTerminal, part: string) =>
  join(terminal.state, 'keys', `list.${LIST}.${part}.bin`);

test('of a list key, only what serves this list is kept, for its owner alone, and is there at the next start', async () => {
  const { terminal } = await withVersion2();
  expect(readdirSync(join(terminal.state, 'keys')).toSorted()).toEqual(
    ['data', 'row'].map((part) => `list.${LIST}.${part}.bin`),
  );
  for (const [part, key] of Object.entries(deriveListKeys(LIST_KEY, LIST))) {
    expect(statSync(keyFile(terminal, part)).mode & 0o777).toBe(0o600);
    expect(readFileSync(keyFile(terminal, part))).toEqual(key);
  }
  expect(await convertedBy(terminal)).toEqual(VALUE);
  terminal.keys.clear();
  expect(await terminal.listKeys.load(LIST)).toBe(true);
  expect(await convertedBy(terminal)).toEqual(VALUE);
});

test('a key that comes again is not written again, and another one takes its place', async () => {
  const { terminal } = await withVersion2();
  const before = statSync(keyFile(terminal, 'row')).ino;
  await terminal.listKeys.keep(LIST, LIST_KEY);
  expect(statSync(keyFile(terminal, 'row')).ino).toBe(before);
  const use = await terminal.listKeys.keep(LIST, Buffer.alloc(32, 9));
  expect(await convertedBy(terminal)).toEqual(VALUE);
  use();
  expect(await convertedBy(terminal)).not.toEqual(VALUE);
});

test.each(['row', 'data'])(
  'without the %s key nothing is reported, and it comes again with the next head',
  async (part) => {
    const { terminal, platform, published, link } = await withVersion2();
    await link.close();
    rmSync(keyFile(terminal, part));
    terminal.keys.clear();
    expect(await terminal.listKeys.load(LIST)).toBe(false);
    platform.onHello = (socket) => {
      void platform.frameOf(published.head).then((frame) => socket.send(JSON.stringify(frame)));
    };
    await terminal.connect(platform.url);
    await expect.poll(() => convertedBy(terminal), { timeout: 20_000 }).toEqual(VALUE);
  },
);

test('a damaged key is refused, and the key comes again with the next head', async () => {
  const { terminal, platform, published, link } = await withVersion2();
  await link.close();
  writeFileSync(keyFile(terminal, 'data'), 'cut');
  terminal.keys.clear();
  await expect(terminal.listKeys.load(LIST)).rejects.toThrow(KeyStoreError);
  platform.onHello = (socket) => {
    void platform.frameOf(published.head).then((frame) => socket.send(JSON.stringify(frame)));
  };
  await terminal.connect(platform.url);
  await expect.poll(() => convertedBy(terminal), { timeout: 20_000 }).toEqual(VALUE);
});

test('the next version fetches only the chunks that changed', async () => {
  const { platform, terminal, published } = await withVersion2();
  const next = await platform.publish(3);
  await platform.sendHead(next.head);
  await terminal.until('list.activated', { version: 3 });
  const changed = next.manifest.chunks.filter((hash) => !published.manifest.chunks.includes(hash));
  expect(changed).toHaveLength(1);
  expect(platform.requests).toEqual([next.object, ...changed]);
  // Only what the active version needs is kept.
  await expect
    .poll(() => readdirSync(join(terminal.state, 'chunks', LIST)).sort(), { timeout: 20_000 })
    .toEqual([...next.manifest.chunks].sort());
});

test('the same head again confirms the list and fetches nothing', async () => {
  const { platform, terminal, published } = await withVersion2();
  const at = iso(0);
  await platform.sendHead({ ...published.head, at });
  await confirmed(terminal, at);
  expect(platform.requests).toEqual([]);
  expect(terminal.of('list.activated')).toEqual([]);
});

test('an endless chunk is cut off at its limit', async () => {
  const { platform, terminal } = await withVersion2();
  const { head, manifest } = await platform.publish(3);
  platform.onObject = (sha256, response) => {
    if (sha256 !== manifest.chunks[0]) return false;
    response.writeHead(200);
    const more = (): void => {
      while (!response.destroyed && response.write(Buffer.alloc(65_536)));
    };
    response.on('drain', more);
    more();
    return true;
  };
  await platform.sendHead(head);
  expect(await terminal.until('list.rejected')).toMatchObject({ reason: 'too-large' });
  expect(activeVersion(terminal)).toBe(2);
});

test('an answer that ends before its announced length is truncated, and fetched again', async () => {
  const { platform, terminal } = await withVersion2();
  const { head, manifest } = await platform.publish(3);
  const [first = ''] = manifest.chunks;
  let cuts = 0;
  platform.onObject = (sha256, response) => {
    if (sha256 !== first || cuts > 0) return false;
    cuts += 1;
    const bytes = platform.objects.get(first) ?? Buffer.alloc(0);
    response.writeHead(200, { 'content-length': bytes.length });
    response.write(bytes.subarray(0, 100), () => response.destroy());
    return true;
  };
  await platform.sendHead(head);
  expect(await terminal.until('list.rejected')).toMatchObject({ reason: 'truncated' });
  await terminal.until('list.activated', { version: 3 });
});

test('a server that stalls is given up, and asked again', async () => {
  const platform = await FakePlatform.start();
  const terminal = new TestTerminal();
  await terminal.connect(platform.url, { objects: { idleMs: 150, totalMs: 60_000 } });
  let stalled = 0;
  platform.onObject = (_sha256, response) => {
    if (stalled > 0) return false;
    stalled += 1;
    response.writeHead(200, { 'content-length': 1_000 }).write('x');
    return true;
  };
  await platform.sendHead((await platform.publish(1)).head);
  expect(await terminal.until('list.rejected')).toMatchObject({ reason: 'unreachable' });
  await terminal.until('list.activated', { version: 1 });
});

test('a server that drips for ever is given up, too', async () => {
  const platform = await FakePlatform.start();
  const terminal = new TestTerminal();
  await terminal.connect(platform.url, { objects: { idleMs: 20_000, totalMs: 100 } });
  let dripping = true;
  platform.onObject = (_sha256, response) => {
    if (!dripping) return false;
    dripping = false;
    const drip = setInterval(() => response.write('x'), 20);
    response.once('close', () => clearInterval(drip));
    return true;
  };
  await platform.sendHead((await platform.publish(1)).head);
  expect(await terminal.until('list.rejected')).toMatchObject({
    reason: 'unreachable',
    detail: 'too slow',
  });
});

test('a server error is no fault of the list: it is asked again until it serves', async () => {
  const platform = await FakePlatform.start();
  const terminal = new TestTerminal();
  await terminal.connect(platform.url);
  let errors = 0;
  platform.onObject = (_sha256, response) => {
    if (errors >= 3) return false;
    errors += 1;
    response.writeHead(errors === 2 ? 302 : 503, { location: 'http://192.0.2.1/' }).end();
    return true;
  };
  await platform.sendHead((await platform.publish(1)).head);
  await terminal.until('list.activated', { version: 1 });
  expect(errors).toBe(3);
  // Said once.
  expect(terminal.of('list.rejected').map(({ detail }) => detail)).toEqual(['HTTP 503']);
});

test('a download that a killed platform interrupted goes on where it stopped', async () => {
  const { platform, terminal, open } = await withVersion2();
  const { head, object, manifest } = await platform.publish(3, {}, manyChunks(40));
  const killed = new Promise<void>((resolve) => {
    platform.onObject = () => {
      if (platform.requests.length < 20) return false;
      platform.onObject = () => false;
      resolve(platform.stop());
      return true;
    };
  });
  await platform.sendHead(head);
  await killed;
  await terminal.until('lost');
  expect(activeVersion(terminal)).toBe(2);
  const before = new Set(platform.requests);
  platform.requests.length = 0;
  await platform.listen();
  await open();
  await platform.sendHead(head);
  await terminal.until('list.activated', { version: 3 });
  const again = platform.requests.filter((sha256) => before.has(sha256));
  // The manifest, and what was on the way when it was killed.
  expect(again.length).toBeLessThanOrEqual(1 + 4 + 4);
  expect(again).toContain(object);
  expect(new Set([...before, ...platform.requests])).toEqual(new Set([object, ...manifest.chunks]));
});

test('a link that is lost during a download and opened at once does not fetch the list twice', async () => {
  const { platform, terminal, open } = await withVersion2();
  const { head, object } = await platform.publish(3);
  const asked = new Promise<void>((resolve) => {
    platform.onObject = () => {
      platform.onObject = () => false;
      resolve();
      return true;
    };
  });
  await platform.sendHead(head);
  await asked;
  platform.cut();
  await terminal.until('lost');
  await open();
  await platform.sendHead(head);
  await terminal.until('list.activated', { version: 3 });
  const manifests = platform.requests.filter((sha256) => sha256 === object);
  expect(manifests).toHaveLength(2);
  expect(terminal.of('list.activated')).toHaveLength(1);
});

test('a chunk on disk that was damaged meanwhile is fetched again', async () => {
  const { platform, terminal } = await withVersion2();
  const { head, manifest } = await platform.publish(3);
  const [, second = ''] = manifest.chunks;
  writeFileSync(join(terminal.state, 'chunks', LIST, second), 'something else');
  await platform.sendHead(head);
  await terminal.until('list.activated', { version: 3 });
  expect(platform.requests).toContain(second);
});

test('at most four objects are fetched at a time, over kept connections', async () => {
  const { platform, terminal } = await withVersion2();
  const { head } = await platform.publish(3, {}, manyChunks(60));
  let now = 0;
  let most = 0;
  const ports = new Set<number | undefined>();
  platform.onObject = (_sha256, response) => {
    now += 1;
    most = Math.max(most, now);
    ports.add(response.socket?.remotePort);
    response.once('close', () => {
      now -= 1;
    });
    return false;
  };
  await platform.sendHead(head);
  await terminal.until('list.activated', { version: 3 });
  expect(most).toBeLessThanOrEqual(4);
  expect(ports.size).toBeLessThanOrEqual(5);
});

test('an offer that was signed wrongly is not tried again by itself', async () => {
  const { platform, terminal } = await withVersion2();
  const { head, object } = await platform.publish(3, { audience: ['gate-2'] });
  await platform.sendHead(head);
  await terminal.until('list.rejected');
  await platform.sendHead((await platform.publish(4)).head);
  await terminal.until('list.activated', { version: 4 });
  expect(platform.requests.filter((sha256) => sha256 === object)).toHaveLength(1);
});

test('a head signed later than the wall clock shows moves the time forward', async () => {
  const { platform, terminal, published } = await withVersion2();
  const at = iso(1_800_000);
  await platform.sendHead({ ...published.head, at, expires: iso(3_600_000) });
  await expect
    .poll(() => terminal.clock.now(), { timeout: 20_000 })
    .toBeGreaterThanOrEqual(Date.parse(at));
});

test('nothing of a list or a key is journaled', async () => {
  const { platform, terminal } = await withVersion2();
  await platform.sendHead((await platform.publish(3)).head);
  await terminal.until('list.activated', { version: 3 });
  const text = JSON.stringify(terminal.noted);
  for (const secret of [LIST_KEY.toString('hex'), LIST_KEY.toString('base64')]) {
    expect(text).not.toContain(secret);
  }
});

/** 100 rows over so many chunks, all of them other chunks than `chunksOf` makes. */
function manyChunks(count: number): Buffer[] {
  const all = Buffer.concat(chunksOf(9));
  const size = all.length / 100;
  const per = Math.ceil(100 / count);
  return Array.from({ length: Math.ceil(100 / per) }, (_, n) =>
    all.subarray(n * per * size, Math.min(100, (n + 1) * per) * size),
  );
}
