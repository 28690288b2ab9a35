import { readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import Database from 'better-sqlite3';
import { expect, onTestFinished, test } from 'vitest';
import type { EntryListManifest } from '../../src/domain/entry-list.ts';
import { encodeChunk } from '../../src/link/protocol.ts';
import { buildListFile, type ListFile, openListFile } from '../../src/store/list-file.ts';
import { tempFolder } from './fixtures.ts';
import { listOfChunks, type TestList, testList, testRows } from './lists.ts';

type Chunks = Omit<TestList, 'rows'>;

async function built(list: Chunks, directory = tempFolder()): Promise<string> {
  return buildListFile({ directory, ...list });
}

function open(path: string): ListFile {
  const file = openListFile(path);
  onTestFinished(() => file.close());
  return file;
}

function withManifest(list: Chunks, lie: Partial<EntryListManifest>): Chunks {
  return { ...list, manifest: { ...list.manifest, ...lie } };
}

/**
 * A list of true hashes over chunks that are themselves wrong: what only a faulty signer could
 * make.
 */
function signedFault(chunks: readonly Buffer[], rows: number): (folder: string) => Chunks {
  return (folder) => listOfChunks(folder, chunks, { rows });
}

const ROWS = testRows({ rows: 90 });
const CHUNKS = [ROWS.slice(0, 30), ROWS.slice(30, 60), ROWS.slice(60)].map(encodeChunk);
const [FIRST = Buffer.alloc(0), SECOND = Buffer.alloc(0), THIRD = Buffer.alloc(0)] = CHUNKS;

const FAULTS: readonly [string, string, (folder: string) => Chunks][] = [
  [
    'a chunk with one wrong bit',
    'chunk-hash',
    (folder) => {
      const list = testList(folder);
      const path = list.chunkFiles[2] ?? '';
      const bytes = readFileSync(path);
      bytes[100] = (bytes[100] ?? 0) ^ 1;
      writeFileSync(path, bytes);
      return list;
    },
  ],
  [
    'two chunks in each other’s place',
    'chunk-hash',
    (folder) => {
      const list = testList(folder);
      return { ...list, chunkFiles: list.chunkFiles.toReversed() };
    },
  ],
  [
    'a chunk cut short',
    'chunk-hash',
    (folder) => {
      const list = testList(folder);
      truncateSync(list.chunkFiles[1] ?? '', 500);
      return list;
    },
  ],
  [
    'a root of another list',
    'root',
    (folder) =>
      withManifest(testList(folder), { root: testList(folder, { version: 2 }).manifest.root }),
  ],
  [
    'a chunk hash that the root does not cover',
    'root',
    (folder) => {
      const list = testList(folder);
      return withManifest(list, { chunks: list.manifest.chunks.toReversed() });
    },
  ],
  [
    'a chunk missing on disk',
    'truncated',
    (folder) => {
      const list = testList(folder);
      rmSync(list.chunkFiles[3] ?? '');
      return list;
    },
  ],
  [
    'fewer chunks than the manifest',
    'truncated',
    (folder) => {
      const list = testList(folder);
      return { ...list, chunkFiles: list.chunkFiles.slice(1) };
    },
  ],
  ['a chunk that ends inside a row', 'row', signedFault([FIRST, SECOND.subarray(0, -1)], 60)],
  ['a chunk that ends inside a key', 'row', signedFault([FIRST.subarray(0, 20)], 0)],
  ['chunks in the wrong order', 'order', signedFault([SECOND, FIRST, THIRD], 90)],
  ['rows in the wrong order', 'order', signedFault([encodeChunk(ROWS.toReversed())], 90)],
  [
    'a key twice, across two chunks',
    'order',
    signedFault([encodeChunk(ROWS.slice(0, 30)), encodeChunk(ROWS.slice(29, 60))], 61),
  ],
  ['one row more than the manifest', 'rows', signedFault(CHUNKS, 89)],
  ['one row less than the manifest', 'rows', signedFault(CHUNKS, 91)],
  ['a million rows declared, ninety there', 'rows', signedFault(CHUNKS, 1_000_000)],
  ['more rows declared than any list may have', 'too-large', signedFault(CHUNKS, 1e12)],
  ['a chunk over the limit', 'too-large', signedFault([Buffer.alloc(4_194_305)], 1)],
];

test.for(FAULTS)('%s is refused as "%s" and leaves no file', async ([, code, make]) => {
  const directory = tempFolder();
  await expect(built(make(tempFolder()), directory)).rejects.toMatchObject({ code });
  expect(readdirSync(directory)).toEqual([]);
});

const DAMAGE: readonly [string, (path: string) => void][] = [
  ['missing', (path) => rmSync(path)],
  ['empty', (path) => truncateSync(path, 0)],
  ['cut in half', (path) => truncateSync(path, statSync(path).size / 2)],
  ['overwritten with noise', (path) => writeFileSync(path, Buffer.alloc(20_000, 9))],
  ['another kind of database', (path) => change(path, 'PRAGMA application_id = 1')],
  ['without a head', (path) => change(path, 'DELETE FROM head')],
  ['with a head of another root', (path) => change(path, "UPDATE head SET root = 'aa'")],
  ['with a head that is no JSON', (path) => change(path, "UPDATE head SET manifest = '{'")],
  ['with a manifest that is none', (path) => change(path, "UPDATE head SET manifest = '{}'")],
];

function change(path: string, sql: string): void {
  const database = new Database(path);
  database.exec(sql);
  database.close();
}

test.for(DAMAGE)('a list file %s is refused as damaged', async ([, damage]) => {
  const path = await built(testList(tempFolder()));
  damage(path);
  expect(() => openListFile(path)).toThrow(expect.objectContaining({ code: 'damaged' }));
});

test('pages that rot in an open file are reported, and never answer with another row', async () => {
  const list = testList(tempFolder(), { rows: 3_000 });
  const path = await built(list);
  const bytes = readFileSync(path);
  bytes.fill(0xff, 40_960, 122_880);
  writeFileSync(path, bytes);
  const file = open(path);
  let damaged = 0;
  for (const { key, ref } of list.rows) {
    try {
      expect([undefined, ref.toString('hex')]).toContain(file.find(key)?.ref);
    } catch (error) {
      expect(error).toMatchObject({ code: 'damaged' });
      damaged += 1;
    }
  }
  expect(damaged).toBeGreaterThan(0);
});

test('every row is found by its key, and nothing else is', async () => {
  const list = testList(tempFolder(), { rows: 2_500, sealedBytes: 160 });
  const file = open(await built(list));
  expect(file.manifest).toEqual(list.manifest);
  for (const { key, ref, sealed } of list.rows) {
    expect(file.find(new Uint8Array(key))).toEqual({ ref: ref.toString('hex'), sealed });
  }
  for (const { key } of testRows({ version: 2, rows: 500 })) expect(file.find(key)).toBeNull();
  expect(file.find(Buffer.alloc(0))).toBeNull();
});

test('a list of no rows is a list', async () => {
  const file = open(await built(testList(tempFolder(), { rows: 0 })));
  expect(file.manifest.rows).toBe(0);
  expect(file.find(Buffer.alloc(32))).toBeNull();
});

test('a row as long as a row can be comes back whole', async () => {
  const list = testList(tempFolder(), { rows: 3, sealedBytes: 65_535 });
  const file = open(await built(list));
  for (const { key, sealed } of list.rows) expect(file.find(key)?.sealed).toEqual(sealed);
});

test('two builds of one version at once both succeed', async () => {
  const directory = tempFolder();
  const list = testList(tempFolder(), { rows: 500 });
  const paths = await Promise.all([built(list, directory), built(list, directory)]);
  expect(new Set(paths).size).toBe(1);
  expect(readdirSync(directory)).toHaveLength(1);
  expect(open(paths[0] ?? '').manifest.rows).toBe(500);
});

test('the thread that asks for a list goes on with its work meanwhile', async () => {
  let turns = 0;
  const working = setInterval(() => {
    turns += 1;
  }, 1);
  await built(testList(tempFolder(), { rows: 20_000, chunkRows: 1_000 }));
  clearInterval(working);
  expect(turns).toBeGreaterThan(10);
});
