import {
  cpSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { PlatformKeys } from '../../platform-sim/signing.ts';
import type { EntryListManifest } from '../../src/domain/entry-list.ts';
import type { Head } from '../../src/link/protocol.ts';
import {
  chunksOf,
  FakePlatform,
  headOf,
  iso,
  json,
  LIST_KEY,
  type Published,
} from './fake-platform.ts';
import { LIST, TestTerminal, tempFolder } from './fixtures.ts';

/** What a terminal and its platform have after version 2 came down: made once, for building a list takes a worker. */
interface Begun {
  readonly state: string;
  readonly keys: PlatformKeys;
  readonly published: Published;
  readonly objects: ReadonlyMap<string, Buffer>;
}
let begun: Begun | null = null;

afterAll(() => {
  if (begun !== null) rmSync(begun.state, { recursive: true, force: true });
});

async function begin(): Promise<Begun> {
  const platform = await FakePlatform.start();
  const terminal = new TestTerminal();
  const link = await terminal.connect(platform.url);
  const published = await platform.publish(2);
  await platform.sendHead(published.head);
  await terminal.until('list.activated', { version: 2 });
  await link.close();
  terminal.end();
  const state = mkdtempSync(join(tmpdir(), 'kazasu-link-'));
  cpSync(terminal.state, state, { recursive: true });
  const { keys, objects } = platform;
  return { state, keys, published, objects };
}

/** A platform and a terminal that has version 2 of the list and is connected. */
async function withVersion2() {
  begun ??= await begin();
  const { keys, published, objects } = begun;
  const platform = await FakePlatform.start(keys);
  for (const [sha256, bytes] of objects) platform.objects.set(sha256, bytes);
  const state = tempFolder();
  cpSync(begun.state, state, { recursive: true });
  const terminal = new TestTerminal(state);
  const open = terminal.opener(platform.url);
  const link = await open();
  terminal.noted.length = 0;
  return { platform, terminal, published, open, link };
}

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

test('the list key is kept for its owner only, and is there again at the next start', async () => {
  const { terminal, platform } = await withVersion2();
  const path = join(terminal.state, 'keys', `${LIST}.key`);
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(readFileSync(path)).toEqual(LIST_KEY);
  expect(terminal.keys.get(LIST)).toEqual(LIST_KEY);
  terminal.keys.clear();
  terminal.opener(platform.url);
  expect(terminal.keys.get(LIST)).toEqual(LIST_KEY);
});

test('a damaged key file is put aside, and the key comes again with the next head', async () => {
  const { terminal, platform, published, link } = await withVersion2();
  await link.close();
  writeFileSync(join(terminal.state, 'keys', `${LIST}.key`), 'cut');
  terminal.keys.clear();
  const open = terminal.opener(platform.url);
  expect(terminal.keys.size).toBe(0);
  platform.onHello = (socket) => {
    void platform.frameOf(published.head).then((frame) => socket.send(JSON.stringify(frame)));
  };
  await open();
  await expect.poll(() => terminal.keys.get(LIST), { timeout: 20_000 }).toEqual(LIST_KEY);
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
    .poll(() => readdirSync(join(terminal.state, 'chunks')).sort(), { timeout: 20_000 })
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

async function confirmed({ shelf }: TestTerminal, at: string): Promise<void> {
  const confirmedAt = (): number | undefined => shelf.active(LIST)?.confirmedAt;
  await expect.poll(confirmedAt, { timeout: 20_000 }).toBe(Date.parse(at));
}

type Offer = (platform: FakePlatform) => Promise<{ head: Head } | { frame: string }>;
type Case = readonly [what: string, reason: string, offer: Offer];

async function altered(
  platform: FakePlatform,
  change: (cms: Buffer) => Buffer,
): Promise<{ head: Head }> {
  const { manifest, object } = await platform.publish(3);
  const other = platform.put(change(Buffer.from(platform.objects.get(object) ?? '')));
  return { head: headOf(manifest, other) };
}

async function republished(
  platform: FakePlatform,
  change: Partial<EntryListManifest>,
): Promise<{ head: Head }> {
  const { head } = await platform.publish(3, change);
  return { head };
}

/** Serves other bytes under the name of the first chunk. */
async function badChunk(
  platform: FakePlatform,
  change: (chunk: Buffer) => Buffer | null,
): Promise<{ head: Head }> {
  const { head, manifest } = await platform.publish(3);
  const [first = ''] = manifest.chunks;
  const bytes = change(Buffer.from(platform.objects.get(first) ?? ''));
  if (bytes === null) platform.objects.delete(first);
  else platform.objects.set(first, bytes);
  return { head };
}

function flipped(bytes: Buffer, at: number): Buffer {
  const copy = Buffer.from(bytes);
  copy.writeUInt8(copy.readUInt8(at) ^ 1, at);
  return copy;
}

const REJECTED: readonly Case[] = [
  [
    'a head with a wrong signature',
    'bad-signature',
    async (platform) => {
      const { head } = await platform.publish(3);
      const cms = await platform.keys.sign('head', json(head));
      const statement = flipped(cms, cms.length - 1).toString('base64');
      return { frame: JSON.stringify({ frame: 'head', statement }) };
    },
  ],
  [
    'a head that a foreign CA vouches for',
    'bad-signature',
    async (platform) => {
      const foreign = await PlatformKeys.openOrCreate(tempFolder());
      const { head } = await platform.publish(3);
      return { frame: JSON.stringify(await platform.frameOf(head, foreign)) };
    },
  ],
  [
    'a manifest in the place of a head',
    'wrong-kind',
    async (platform) => {
      const { object } = await platform.publish(3);
      const statement = platform.objects.get(object)?.toString('base64');
      return { frame: JSON.stringify({ frame: 'head', statement }) };
    },
  ],
  [
    'a head that is no signed object',
    'malformed',
    async () => ({ frame: JSON.stringify({ frame: 'head', statement: 'AAAA' }) }),
  ],
  [
    'a signed head that is no head',
    'malformed',
    async (platform) => {
      const statement = (await platform.keys.sign('head', json({ kind: 'head' }))).toString(
        'base64',
      );
      return { frame: JSON.stringify({ frame: 'head', statement }) };
    },
  ],
  [
    'a head past its expiry',
    'expired',
    async (platform) => {
      const { head } = await platform.publish(3);
      return { head: { ...head, at: iso(-7_200_000), expires: iso(-3_600_000) } };
    },
  ],
  [
    'a head of a list that nobody asked for',
    'not-for-this-terminal',
    async (platform) => {
      const { head } = await platform.publish(3, { list: 'arena' });
      return { head };
    },
  ],
  [
    'a manifest with a wrong signature',
    'bad-signature',
    (platform) => altered(platform, (cms) => flipped(cms, cms.length - 1)),
  ],
  [
    'a manifest that a foreign CA vouches for',
    'bad-signature',
    async (platform) => {
      const foreign = await PlatformKeys.openOrCreate(tempFolder());
      const { manifest } = await platform.publish(3);
      const object = platform.put(await foreign.sign('entry-list', json(manifest)));
      return { head: headOf(manifest, object) };
    },
  ],
  [
    'a head in the place of a manifest',
    'wrong-kind',
    async (platform) => {
      const { manifest, head } = await platform.publish(3);
      return { head: headOf(manifest, platform.put(await platform.keys.sign('head', json(head)))) };
    },
  ],
  [
    'a signed manifest that is none',
    'malformed',
    async (platform) => {
      const { manifest } = await platform.publish(3);
      const cms = await platform.keys.sign('entry-list', json({ ...manifest, rows: 'many' }));
      return { head: headOf(manifest, platform.put(cms)) };
    },
  ],
  [
    'an older version',
    'older-version',
    async (platform) => {
      const { head } = await platform.publish(1);
      return { head };
    },
  ],
  [
    'the active version with another root',
    'root-mismatch',
    async (platform) => {
      const { head } = await platform.publish(2, {}, chunksOf(9));
      return { head };
    },
  ],
  [
    'a new head over an old manifest',
    'older-version',
    async (platform) => {
      const { manifest, object } = await platform.publish(2);
      return { head: headOf({ ...manifest, version: 3 }, object) };
    },
  ],
  [
    'a head with another root than its manifest',
    'root-mismatch',
    async (platform) => {
      const { manifest, object } = await platform.publish(3);
      return { head: headOf({ ...manifest, root: '0'.repeat(64) }, object) };
    },
  ],
  [
    'a manifest of another list',
    'root-mismatch',
    async (platform) => {
      const { manifest, object } = await platform.publish(3, { list: 'arena' });
      return { head: headOf({ ...manifest, list: LIST }, object) };
    },
  ],
  [
    'a root that the chunk hashes do not give',
    'root-mismatch',
    (platform) => republished(platform, { root: '0'.repeat(64) }),
  ],
  [
    'a list past its validity',
    'expired',
    (platform) => republished(platform, { validTo: iso(-1_000) }),
  ],
  [
    'a list for another gate',
    'not-for-this-terminal',
    (platform) => republished(platform, { audience: ['gate-2', 'gate-3'] }),
  ],
  [
    'fewer rows than the manifest says',
    'malformed',
    (platform) => republished(platform, { rows: 120 }),
  ],
  ['a chunk that is not there', 'not-found', (platform) => badChunk(platform, () => null)],
  [
    'a changed chunk',
    'chunk-hash',
    (platform) => badChunk(platform, (chunk) => flipped(chunk, chunk.length - 1)),
  ],
  ['a cut chunk', 'truncated', (platform) => badChunk(platform, (chunk) => chunk.subarray(0, -7))],
  [
    'a chunk that is too large',
    'too-large',
    (platform) => badChunk(platform, () => Buffer.alloc(4_194_305)),
  ],
  [
    'a manifest that is not there',
    'not-found',
    async (platform) => {
      const { manifest } = await platform.publish(3);
      return { head: headOf(manifest, '0'.repeat(64)) };
    },
  ],
  [
    'a cut manifest',
    'truncated',
    async (platform) => {
      const { head, object } = await platform.publish(3);
      platform.objects.set(
        object,
        Buffer.from(platform.objects.get(object)?.subarray(0, -9) ?? ''),
      );
      return { head };
    },
  ],
];

test.each(REJECTED)(
  '%s is rejected as %s, and the active list stays',
  async (_what, reason, offer) => {
    const { platform, terminal, published } = await withVersion2();
    const offered = await offer(platform);
    if ('head' in offered) await platform.sendHead(offered.head);
    else platform.send(offered.frame);
    expect(await terminal.until('list.rejected')).toMatchObject({ reason });
    expect(terminal.shelf.active(LIST)?.manifest).toEqual(published.manifest);
    expect(terminal.keys.get(LIST)).toEqual(LIST_KEY);
    // And the link is as good as before.
    const good = await platform.publish(4);
    await platform.sendHead(good.head);
    await terminal.until('list.activated', { version: 4 });
    expect(terminal.of('lost')).toEqual([]);
  },
);

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
  expect(terminal.of('list.rejected').map(({ detail }) => detail)).toEqual([
    'HTTP 503',
    'HTTP 302',
    'HTTP 503',
  ]);
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
  writeFileSync(join(terminal.state, 'chunks', second), 'something else');
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

test('of heads that arrive during a download only the newest is done afterwards', async () => {
  const { platform, terminal } = await withVersion2();
  const [third, fourth, fifth] = [
    await platform.publish(3),
    await platform.publish(4),
    await platform.publish(5),
  ];
  let released = false;
  platform.onObject = (sha256, response) => {
    if (sha256 !== third.object || released) return false;
    released = true;
    void (async () => {
      await platform.sendHead(fourth.head);
      await platform.sendHead(fifth.head);
      // Answered only when the terminal has had both heads: it acknowledges a fact that came after them.
      terminal.record(1);
      await terminal.until('facts.acknowledged');
      response.end(platform.objects.get(sha256));
    })();
    return true;
  };
  await platform.sendHead(third.head);
  await terminal.until('list.activated', { version: 5 });
  expect(terminal.of('list.activated').map(({ version }) => version)).toEqual([3, 5]);
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
