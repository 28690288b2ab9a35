import {
  copyFileSync,
  existsSync,
  readdirSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { buildListFile } from '../../src/store/list-file.ts';
import { ListShelf } from '../../src/store/list-shelf.ts';
import { tempFolder } from './fixtures.ts';
import { type ListShape, type TestList, testList } from './lists.ts';

const ISSUED = Date.parse('2016-02-19T00:00:00.000Z');

function openShelf(directory: string): ListShelf {
  const shelf = ListShelf.open(directory);
  onTestFinished(() => shelf.close());
  return shelf;
}

async function build(directory: string, shape: ListShape): Promise<TestList & { path: string }> {
  const list = testList(tempFolder(), shape);
  const { manifest, chunkFiles } = list;
  return { ...list, path: await buildListFile({ directory, manifest, chunkFiles }) };
}

/** A folder with the given versions, activated in this order. */
async function shelfWith(versions: readonly number[]) {
  const directory = tempFolder();
  const shelf = openShelf(directory);
  const lists = [];
  for (const version of versions) {
    const list = await build(directory, { version });
    shelf.activate('stadium', list.path);
    lists.push(list);
  }
  return { directory, shelf, lists };
}

const versionsIn = (directory: string) =>
  readdirSync(directory).flatMap((name) => /^stadium\.(\d+)\./u.exec(name)?.[1] ?? []);

test('an older version is refused and the active one stays', async () => {
  const { directory, shelf } = await shelfWith([5]);
  const { path } = await build(directory, { version: 4 });
  expect(() => shelf.activate('stadium', path)).toThrow(
    expect.objectContaining({ code: 'older-version' }),
  );
  expect(shelf.active('stadium')?.manifest.version).toBe(5);
});

test('other rows under the same version are refused', async () => {
  const { directory, shelf, lists } = await shelfWith([5]);
  const { path } = await build(directory, { version: 5, rows: 50 });
  expect(() => shelf.activate('stadium', path)).toThrow(
    expect.objectContaining({ code: 'older-version' }),
  );
  expect(shelf.active('stadium')?.manifest.root).toBe(lists[0]?.manifest.root);
});

test('a damaged file, or another list’s, is refused and the active one stays', async () => {
  const { directory, shelf } = await shelfWith([1]);
  const damaged = await build(directory, { version: 2 });
  truncateSync(damaged.path, 4_096);
  const foreign = await build(directory, { version: 9, list: 'museum' });
  for (const { path } of [damaged, foreign]) {
    expect(() => shelf.activate('stadium', path)).toThrow(
      expect.objectContaining({ code: 'damaged' }),
    );
  }
  expect(shelf.active('stadium')?.manifest.version).toBe(1);
});

test('the active version activated again changes nothing', async () => {
  const { shelf, lists } = await shelfWith([1]);
  const lease = shelf.lease('stadium');
  shelf.activate('stadium', lists[0]?.path ?? '');
  expect(shelf.lease('stadium')?.file).toBe(lease?.file);
});

test('a tap that began before a swap ends on the list it began with', async () => {
  const { directory, shelf, lists } = await shelfWith([1]);
  const [old] = lists;
  const [tap, other] = [shelf.lease('stadium'), shelf.lease('stadium')];
  for (const version of [2, 3]) {
    shelf.activate('stadium', (await build(directory, { version })).path);
  }
  other?.release();
  other?.release();
  const row = old?.rows[7];
  expect(existsSync(old?.path ?? '')).toBe(false);
  expect(tap?.file.find(row?.key ?? Buffer.alloc(0))?.sealed).toEqual(row?.sealed);
  expect(shelf.lease('stadium')?.file.manifest.version).toBe(3);
  tap?.release();
  expect(() => tap?.file.find(Buffer.alloc(32))).toThrow();
});

test('a lease that is held does not close when its list is still the active one', async () => {
  const { shelf } = await shelfWith([1]);
  shelf.lease('stadium')?.release();
  expect(shelf.lease('stadium')?.file.find(Buffer.alloc(32))).toBeNull();
});

test('the active version and the one before it stay on disk; sweep leaves one', async () => {
  const { directory, shelf } = await shelfWith([1, 2, 3]);
  expect(versionsIn(directory)).toEqual(['2', '3']);
  shelf.sweep();
  expect(versionsIn(directory)).toEqual(['3']);
  expect(shelf.lease('stadium')?.file.find(Buffer.alloc(32))).toBeNull();
});

test('what an interrupted build left is gone after the next start', async () => {
  const { directory, shelf } = await shelfWith([1]);
  shelf.close();
  writeFileSync(join(directory, 'stadium.2.abcdefabcdef.db.1234.part'), 'half');
  openShelf(directory);
  expect(readdirSync(directory).filter((name) => name.endsWith('.part'))).toEqual([]);
});

test('a start finds the newest version, also after version 9', async () => {
  const { directory, shelf } = await shelfWith([9, 10]);
  shelf.close();
  const again = openShelf(directory);
  expect(again.active('stadium')?.manifest.version).toBe(10);
  expect(again.dropped).toEqual([]);
});

test('a start that finds the newest version damaged falls back and says so', async () => {
  const { directory, shelf, lists } = await shelfWith([1, 2]);
  shelf.close();
  truncateSync(lists[1]?.path ?? '', 4_096);
  const again = openShelf(directory);
  expect(again.active('stadium')?.manifest.version).toBe(1);
  expect(again.dropped).toMatchObject([{ path: lists[1]?.path }]);
  again.activate('stadium', (await build(directory, { version: 2 })).path);
  expect(again.active('stadium')?.manifest.version).toBe(2);
});

test('a file whose name lies about its content is not taken', async () => {
  const { directory, shelf, lists } = await shelfWith([1]);
  shelf.close();
  const { path } = await build(tempFolder(), { version: 8 });
  copyFileSync(path, join(directory, 'stadium.99.abcdefabcdef.db'));
  const again = openShelf(directory);
  expect(again.active('stadium')?.manifest).toEqual(lists[0]?.manifest);
  expect(again.dropped).toHaveLength(1);
});

test('lists do not disturb each other', async () => {
  const { directory, shelf } = await shelfWith([3]);
  shelf.activate('stadium.2', (await build(directory, { version: 1, list: 'stadium.2' })).path);
  shelf.close();
  const again = openShelf(directory);
  expect(again.active('stadium')?.manifest.version).toBe(3);
  expect(again.active('stadium.2')?.manifest.version).toBe(1);
  expect(again.active('museum')).toBeNull();
  expect(again.lease('museum')).toBeNull();
});

test('a version that was never confirmed is as old as its signature', async () => {
  const { shelf } = await shelfWith([1]);
  expect(shelf.active('stadium')?.confirmedAt).toBe(ISSUED);
  expect(shelf.lease('stadium')?.confirmedAt).toBe(ISSUED);
});

test('a confirmation survives, never goes back, and is of its version and root only', async () => {
  const { directory, shelf, lists } = await shelfWith([1]);
  const root = lists[0]?.manifest.root ?? '';
  shelf.confirm('stadium', 1, root, ISSUED + 5_000);
  shelf.confirm('stadium', 1, root, ISSUED + 4_000);
  shelf.confirm('stadium', 1, 'f'.repeat(64), ISSUED + 9_000);
  shelf.confirm('museum', 1, root, ISSUED + 9_000);
  expect(shelf.active('stadium')?.confirmedAt).toBe(ISSUED + 5_000);
  shelf.close();
  expect(openShelf(directory).lease('stadium')?.confirmedAt).toBe(ISSUED + 5_000);
});

test('the active version ages while a newer, confirmed one is being fetched', async () => {
  const { directory, shelf, lists } = await shelfWith([1]);
  const newer = await build(directory, { version: 2 });
  shelf.confirm('stadium', 1, lists[0]?.manifest.root ?? '', ISSUED + 1_000);
  shelf.confirm('stadium', 2, newer.manifest.root, ISSUED + 2_000);
  expect(shelf.active('stadium')?.confirmedAt).toBe(ISSUED + 1_000);
  shelf.activate('stadium', newer.path);
  expect(shelf.active('stadium')?.confirmedAt).toBe(ISSUED + 2_000);
});

test.for(['', '{', '[1]', '{"stadium":1}'])(
  'a file of confirmations that says %o counts as none',
  async (text) => {
    const { directory, shelf } = await shelfWith([1]);
    shelf.close();
    writeFileSync(join(directory, 'confirmed.json'), text);
    expect(openShelf(directory).active('stadium')?.confirmedAt).toBe(ISSUED);
  },
);

test('a shelf without files is empty, and its folder is made', () => {
  const directory = join(tempFolder(), 'lists');
  expect(openShelf(directory).active('stadium')).toBeNull();
  rmSync(directory, { recursive: true });
});

test('the version that served last is kept until a newer one has served, however many come between', async () => {
  const { directory, shelf } = await shelfWith([1]);
  const serve = (): void => {
    const lease = shelf.lease('stadium');
    lease?.file.find(Buffer.alloc(32));
    lease?.release();
  };
  const next = async (version: number): Promise<string[]> => {
    shelf.activate('stadium', (await build(directory, { version })).path);
    return versionsIn(directory).sort();
  };
  serve();
  expect(await next(2)).toEqual(['1', '2']);
  expect(await next(3)).toEqual(['1', '3']);
  serve();
  expect(await next(4)).toEqual(['3', '4']);
});

test('a file that was built again takes the place of the damaged one, but not of a newer version', async () => {
  const { directory, shelf, lists } = await shelfWith([1]);
  const [one] = lists;
  const tap = shelf.lease('stadium');
  shelf.condemn('stadium', one?.manifest.root ?? '');
  expect(shelf.isDamaged('stadium')).toBe(true);
  expect(() => tap?.file.find(Buffer.alloc(32))).toThrow(
    expect.objectContaining({ code: 'damaged' }),
  );
  expect(shelf.mend('stadium', one?.path ?? '')).toBe(true);
  expect(shelf.isDamaged('stadium')).toBe(false);
  expect(shelf.lease('stadium')?.file.find(Buffer.alloc(32))).toBeNull();
  tap?.release();
  const { path } = await build(directory, { version: 2 });
  shelf.activate('stadium', path);
  expect(shelf.mend('stadium', one?.path ?? '')).toBe(false);
  expect(shelf.active('stadium')?.manifest.version).toBe(2);
});
