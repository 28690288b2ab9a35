/** `kazasu list status` and `kazasu list verify`: what they say of whole, damaged and missing lists, and that they change nothing. */

import {
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { expect, onTestFinished, test } from 'vitest';
import { ListCommandError, statusReport, verifyReport } from '../src/list-commands.ts';
import { buildListFile } from '../src/store/list-file.ts';
import { ListShelf } from '../src/store/list-shelf.ts';
import { openLedger, tempFolder } from './store/fixtures.ts';
import { type ListShape, testList } from './store/lists.ts';

const ROW = Buffer.alloc(32, 1);

const listStatus = (state: string) => JSON.parse(statusReport(state, true).text);
const statusText = (state: string) => statusReport(state).text;
const verified = (state: string, list?: string) => JSON.parse(verifyReport(state, list, true).text);
const verifiedText = (state: string) => verifyReport(state).text;

/** A terminal that runs on its folder, with these versions activated in this order. */
async function running(...shapes: readonly ListShape[]) {
  const state = tempFolder();
  const shelf = ListShelf.open(join(state, 'lists'));
  onTestFinished(() => shelf.close());
  const paths: string[] = [];
  for (const shape of shapes) {
    const { manifest, chunkFiles } = testList(tempFolder(), shape);
    const path = await buildListFile({ directory: shelf.directory, manifest, chunkFiles });
    shelf.activate(manifest.list, path);
    paths.push(path);
  }
  return { state, shelf, path: (n: number) => paths[n] ?? '' };
}

function change(path: string, sql: string): void {
  const database = new Database(path);
  database.exec(sql);
  database.close();
}

test.each([
  [
    'a row that was changed',
    'UPDATE entry SET sealed = zeroblob(40) WHERE key = (SELECT max(key) FROM entry)',
    /chunk 4 of 4/u,
  ],
  [
    'a row that is missing',
    'DELETE FROM entry WHERE key = (SELECT min(key) FROM entry)',
    /chunk 1 of 4/u,
  ],
  ['a row too many', "INSERT INTO entry VALUES (x'00', x'00', x'00')", /row 1 is none/u],
  ['rows that are cut short', 'UPDATE entry SET sealed = substr(sealed, 1, 20)', /row 1 is none/u],
  ['no rows at all', 'DELETE FROM entry', /chunk 1 of 4/u],
])('verify finds %s, which a start would not', async (_, sql, why) => {
  const { state, shelf, path } = await running({ version: 1 });
  shelf.close();
  change(path(0), sql);
  expect(listStatus(state)).toMatchObject([{ state: 'active' }]);
  const found = verified(state);
  expect(found).toEqual([
    { list: 'stadium', version: 1, whole: false, why: expect.stringMatching(why) },
  ]);
  expect(verifiedText(state)).toMatch(/^stadium, version 1: damaged: /u);
  expect([statusReport(state).isWell, verifyReport(state).isWell]).toEqual([true, false]);
});

test('verify finds a manifest whose chunks do not give its root', async () => {
  const { state, shelf, path } = await running({ version: 1 });
  shelf.close();
  const database = new Database(path(0));
  const other = 'f'.repeat(64);
  database.exec(
    `UPDATE head SET root = '${other}', manifest = json_set(manifest, '$.root', '${other}')`,
  );
  database.close();
  renameSync(path(0), path(0).replace(/[0-9a-f]{12}\.db$/u, `${other.slice(0, 12)}.db`));
  expect(verified(state)).toMatchObject([
    { whole: false, why: 'the chunk hashes do not give the root' },
  ]);
});

test.each<[string, (path: string) => void, RegExp]>([
  ['cut off', (path) => truncateSync(path, 4_096), /can't be read|has no valid head/u],
  ['empty', (path) => truncateSync(path, 0), /is no entry list/u],
  [
    'something else',
    (path) => writeFileSync(path, 'x'.repeat(9_000)),
    /can't be read: SQLITE_NOTADB/u,
  ],
  ['without its head', (path) => change(path, 'DELETE FROM head'), /has no valid head/u],
])(
  'a file that is %s is told as damaged, left where it is, and the one before it decides',
  async (_, damage, why) => {
    const { state, shelf, path } = await running({ version: 1 }, { version: 2 });
    shelf.close();
    damage(path(1));
    const found = listStatus(state);
    expect(found).toMatchObject([
      { version: 2, state: 'damaged', why: expect.stringMatching(why) },
      { version: 1, state: 'active' },
    ]);
    expect(statusText(state)).not.toContain(state);
    expect(verified(state)).toMatchObject([{ whole: false }, { whole: true }]);
    expect([statusReport(state).isWell, verifyReport(state).isWell]).toEqual([false, false]);
    expect(readdirSync(join(state, 'lists'))).toHaveLength(2);
  },
);

test('a file that is damaged in the middle is not whole', async () => {
  const { state, shelf, path } = await running({ version: 1, rows: 2_000 });
  shelf.close();
  const bytes = readFileSync(path(0));
  bytes.fill(0, bytes.length / 2, bytes.length / 2 + 4_096);
  writeFileSync(path(0), bytes);
  expect(verified(state)).toMatchObject([{ whole: false }]);
});

test('a file under another name than its own is damaged', async () => {
  const { state, shelf, path } = await running({ version: 1 });
  shelf.close();
  renameSync(path(0), join(state, 'lists', 'stadium.99.abcdefabcdef.db'));
  expect(listStatus(state)).toMatchObject([{ version: 99, state: 'damaged' }]);
});

test('a folder that is no state folder, and a list that is not there, are said as such', async () => {
  const folder = tempFolder();
  expect(() => listStatus(folder)).toThrow(ListCommandError);
  writeFileSync(join(folder, 'lists'), '');
  expect(() => verified(folder)).toThrow(/no lists here; is it the state folder/u);
  const { state } = await running({ version: 1 });
  expect(() => verified(state, 'museum')).toThrow('there is no list "museum"');
});

test('a terminal without a list yet says so', () => {
  const state = tempFolder();
  mkdirSync(join(state, 'lists'));
  expect(statusText(state)).toBe('no entry list is here');
  expect(verifiedText(state)).toBe('no entry list is here');
});

test('beside a running terminal each version is shown with its rows, root, age and confirmation', async () => {
  const { state, shelf } = await running(
    { version: 1 },
    { version: 2 },
    { list: 'museum', rows: 7 },
  );
  openLedger(state);
  const root = shelf.active('stadium')?.manifest.root ?? '';
  const at = Date.now() - 30 * 3_600_000;
  shelf.confirm('stadium', 2, root, at);
  const lease = shelf.lease('stadium');
  const found = listStatus(state);
  expect(found).toMatchObject([
    { list: 'museum', version: 1, rows: 7, state: 'active', age: 'too-old' },
    {
      ...{ list: 'stadium', version: 2, rows: 100, root, state: 'active', age: 'old' },
      confirmedAt: new Date(at).toISOString(),
      bytes: expect.any(Number),
    },
    { list: 'stadium', version: 1, state: 'kept', age: 'too-old' },
  ]);
  expect(statusText(state).split('\n')[1]).toMatch(
    /^stadium, version 2: active, old, confirmed \S+Z, valid \S+ to \S+; 100 rows, root [0-9a-f]{12}, \d+ KiB$/u,
  );
  expect(verified(state, 'stadium')).toEqual([
    { list: 'stadium', version: 2, whole: true, rows: 100, chunks: 4, root },
    { list: 'stadium', version: 1, whole: true, rows: 100, chunks: 4, root: expect.any(String) },
  ]);
  expect(lease?.file.find(ROW)).toBeNull();
  lease?.release();
});

test('the age is by the time that the ledger has seen, where this machine has an earlier one', async () => {
  const { state, shelf } = await running({ version: 1 });
  const root = shelf.active('stadium')?.manifest.root ?? '';
  shelf.confirm('stadium', 1, root, Date.now());
  expect(listStatus(state)).toMatchObject([{ age: 'fresh' }]);
  openLedger(state).set('time-high', String(Date.now() + 100 * 3_600_000));
  expect(listStatus(state)).toMatchObject([{ age: 'too-old' }]);
});

test('a copy is read as the folder is, also with a ledger and confirmations that are damaged, and stays as it was', async () => {
  const { state } = await running({ version: 1 });
  const copy = join(tempFolder(), 'copy');
  cpSync(state, copy, { recursive: true });
  writeFileSync(join(copy, 'ledger.db'), 'not a ledger'.repeat(500));
  writeFileSync(join(copy, 'lists', 'confirmed.json'), '[{');
  const before = readdirSync(copy, { recursive: true }).toSorted();
  expect(listStatus(copy)).toMatchObject([{ state: 'active', rows: 100 }]);
  expect(verified(copy)).toMatchObject([{ whole: true, chunks: 4 }]);
  expect(readdirSync(copy, { recursive: true }).toSorted()).toEqual(before);
});
