/**
 * A list whose changes come alone. The terminal holds version 2; whatever a delta is or does, the list that decides in
 * the end is the one that was signed, or the one before.
 */

import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { ListDelta } from '../../src/domain/entry-list.ts';
import { decodeChunk } from '../../src/link/protocol.ts';
import { delta, patch } from './deltas.ts';
import { chunksOf, type FakePlatform, type Published } from './fake-platform.ts';
import { LIST, type TestTerminal } from './fixtures.ts';
import { withVersion2 } from './version-2.ts';

const [OLD = Buffer.alloc(0), SAME = Buffer.alloc(0)] = chunksOf(2);
const [NEW = Buffer.alloc(0)] = chunksOf(3);
/** Version 3 puts other rows in the place of all that the first chunk has. */
const TRUE = delta(patch({ from: OLD, to: NEW, rows: [...decodeChunk(NEW)] }));

/** Version 3, with `bytes` as what leads there from version 2. */
function withDelta(
  platform: FakePlatform,
  base: Published,
  bytes: Buffer,
  over: Partial<ListDelta> = {},
): Promise<Published> {
  const { version, root } = base.manifest;
  const object = platform.put(bytes);
  const said = { base: version, baseRoot: root, object, bytes: bytes.length, ...over };
  return platform.publish(3, { delta: said });
}

const chunksFolder = ({ state }: TestTerminal): string => join(state, 'chunks', LIST);

test('the changes come alone, and no chunk is fetched', async () => {
  const { platform, terminal, published } = await withVersion2();
  const next = await withDelta(platform, published, TRUE);
  await platform.sendHead(next.head);
  const activated = await terminal.until('list.activated', { version: 3 });
  expect(activated).toMatchObject({ delta: true, root: next.manifest.root });
  expect(platform.requests).toEqual([next.object, next.manifest.delta?.object]);
  expect(terminal.shelf.active(LIST)?.manifest).toEqual(next.manifest);
  // What the next version needs is there, and nothing else.
  await expect
    .poll(() => readdirSync(chunksFolder(terminal)).sort(), { timeout: 20_000 })
    .toEqual([...next.manifest.chunks].sort());
});

test('the file that comes of a delta is, byte for byte, the one that comes of chunks', async () => {
  const [one, other] = [await withVersion2(), await withVersion2()];
  const next = await withDelta(one.platform, one.published, TRUE);
  await one.platform.sendHead(next.head);
  for (const [sha256, bytes] of one.platform.objects) other.platform.objects.set(sha256, bytes);
  other.platform.objects.delete(next.manifest.delta?.object ?? '');
  await other.platform.sendHead(next.head);
  const files = await Promise.all(
    [one, other].map(async ({ terminal }) => {
      await terminal.until('list.activated', { version: 3 });
      const name = readdirSync(terminal.listDirectory).find((file) => file.includes('.3.'));
      return readFileSync(join(terminal.listDirectory, name ?? ''));
    }),
  );
  expect(one.terminal.of('list.activated')[0]).toMatchObject({ delta: true });
  expect(other.terminal.of('list.activated')[0]).toMatchObject({ delta: false });
  expect(files[0]?.equals(files[1] ?? Buffer.alloc(0))).toBe(true);
});

type Lie = readonly [what: string, reason: string, bytes: Buffer];

const LIES: readonly Lie[] = [
  ['cut', 'truncated', TRUE.subarray(0, -5)],
  ['with a row left out', 'root-mismatch', lacking()],
  [
    'that starts from a chunk of another list',
    'root-mismatch',
    delta(patch({ from: NEW, to: NEW, rows: [...decodeChunk(NEW)] })),
  ],
  [
    'that leads to a chunk of another list',
    'root-mismatch',
    delta(patch({ from: OLD, to: Buffer.from('another'), rows: [...decodeChunk(NEW)] })),
  ],
  [
    'that patches one chunk again and again',
    'malformed',
    delta(...Array.from({ length: 500 }, () => patch({ from: SAME, to: SAME }))),
  ],
  ['that is a chunk', 'truncated', NEW],
  ['that is noise', 'truncated', Buffer.alloc(5_000, 0xff)],
];

function lacking(): Buffer {
  return delta(patch({ from: OLD, to: NEW, rows: [...decodeChunk(NEW)].slice(1) }));
}

test.each(LIES)(
  'a delta %s is discarded as %s, and the chunk that changed is fetched',
  async (_what, reason, bytes) => {
    const { platform, terminal, published } = await withVersion2();
    const next = await withDelta(platform, published, bytes);
    await platform.sendHead(next.head);
    expect(await terminal.until('list.delta-discarded')).toEqual({
      list: LIST,
      version: 3,
      base: 2,
      reason,
      detail: expect.any(String),
    });
    expect(await terminal.until('list.activated', { version: 3 })).toMatchObject({ delta: false });
    expect(platform.requests).toEqual([
      next.object,
      next.manifest.delta?.object,
      next.manifest.chunks[0],
    ]);
    expect(terminal.shelf.active(LIST)?.manifest).toEqual(next.manifest);
  },
);

test.each([
  [
    'that is not there',
    'not-found',
    (platform: FakePlatform, name: string) => platform.objects.delete(name),
  ],
  [
    'of another hash',
    'chunk-hash',
    (platform: FakePlatform, name: string) =>
      platform.objects.set(name, Buffer.alloc(TRUE.length, 1)),
  ],
  [
    'longer than its manifest says',
    'too-large',
    (platform: FakePlatform, name: string) =>
      platform.objects.set(name, Buffer.concat([TRUE, Buffer.alloc(1)])),
  ],
])('a delta %s is discarded as %s', async (_what, reason, harm) => {
  const { platform, terminal, published } = await withVersion2();
  const next = await withDelta(platform, published, TRUE);
  harm(platform, next.manifest.delta?.object ?? '');
  await platform.sendHead(next.head);
  expect(await terminal.until('list.delta-discarded')).toMatchObject({ reason });
  expect(await terminal.until('list.activated', { version: 3 })).toMatchObject({ delta: false });
});

test.each<[string, Partial<ListDelta>]>([
  ['another version', { base: 1 }],
  ['another root', { baseRoot: '0'.repeat(64) }],
  ['a version that is still to come', { base: 3 }],
])('a delta from %s is not even fetched', async (_what, over) => {
  const { platform, terminal, published } = await withVersion2();
  const next = await withDelta(platform, published, TRUE, over);
  await platform.sendHead(next.head);
  expect(await terminal.until('list.activated', { version: 3 })).toMatchObject({ delta: false });
  expect(platform.requests).toEqual([next.object, next.manifest.chunks[0]]);
  expect(terminal.of('list.delta-discarded')).toEqual([]);
});

test('two versions that were missed: the second one’s delta does not fit, and chunks are fetched', async () => {
  const { platform, terminal, published, open, link } = await withVersion2();
  await link.close();
  const third = await withDelta(platform, published, TRUE);
  const [newest = Buffer.alloc(0)] = chunksOf(4);
  const bytes = delta(patch({ from: NEW, to: newest, rows: [...decodeChunk(newest)] }));
  const said = { base: 3, baseRoot: third.manifest.root, object: platform.put(bytes) };
  const fourth = await platform.publish(4, { delta: { ...said, bytes: bytes.length } });
  await open();
  await platform.sendHead(fourth.head);
  expect(await terminal.until('list.activated')).toMatchObject({ version: 4, delta: false });
  expect(platform.requests).toEqual([fourth.object, fourth.manifest.chunks[0]]);
});

test('after 500 versions that were missed, the newest comes by the chunks that differ, once, whatever of the others is gone', async () => {
  const { platform, terminal, open, link } = await withVersion2();
  await link.close();
  const missed = 500;
  const [before, newest = Buffer.alloc(0)] = [missed + 1, chunksOf(missed + 2)[0]];
  const [last = Buffer.alloc(0)] = chunksOf(before);
  const bytes = delta(patch({ from: last, to: newest, rows: [...decodeChunk(newest)] }));
  const base = { base: before, baseRoot: 'f'.repeat(64), bytes: bytes.length };
  platform.objects.clear();
  const published = await platform.publish(before + 1, {
    delta: { ...base, object: platform.put(bytes) },
  });
  await open();
  await platform.sendHead(published.head);
  await terminal.until('list.activated');
  expect(terminal.of('list.activated')).toMatchObject([{ version: missed + 2, delta: false }]);
  expect(platform.requests).toEqual([published.object, published.manifest.chunks[0]]);
});

test.each([
  ['damaged', (file: string) => writeFileSync(file, 'something else')],
  ['swapped for another chunk', (file: string) => writeFileSync(file, SAME)],
])('a base whose chunk was %s on disk gives nothing: the chunk is fetched', async (_what, harm) => {
  const { platform, terminal, published } = await withVersion2();
  harm(join(chunksFolder(terminal), published.manifest.chunks[0] ?? ''));
  const next = await withDelta(platform, published, TRUE);
  await platform.sendHead(next.head);
  await terminal.until('list.activated', { version: 3 });
  expect(platform.requests).toContain(next.manifest.chunks[0]);
  expect(terminal.shelf.active(LIST)?.manifest).toEqual(next.manifest);
});

test('a delta of a list that is refused for itself leaves list, key and chunks as they were', async () => {
  const { platform, terminal, published } = await withVersion2();
  const root = '0'.repeat(64);
  const key = terminal.keys.get(LIST);
  const said = { base: 2, baseRoot: published.manifest.root, object: platform.put(TRUE) };
  const next = await platform.publish(3, { root, delta: { ...said, bytes: TRUE.length } });
  await platform.sendHead(next.head);
  expect(await terminal.until('list.rejected')).toMatchObject({ reason: 'root-mismatch' });
  expect(terminal.shelf.active(LIST)?.manifest).toEqual(published.manifest);
  expect(terminal.keys.get(LIST)).toBe(key);
  for (const chunk of published.manifest.chunks) {
    expect(existsSync(join(chunksFolder(terminal), chunk))).toBe(true);
  }
});
