/**
 * Whether what a terminal has told others is there after any power cut that may happen: everything that its stores did is
 * recorded, and states that a cut may leave are rebuilt and opened.
 */

import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Dice } from '../chaos/dice.ts';
import { openLedger } from '../store/fixtures.ts';
import { Medium } from './medium.ts';
import { compileRecorder, type Operation, type Recording, record } from './recording.ts';
import { cutsOf, lastMoments, replay } from './replay.ts';

const SEED = 7;
const ROUNDS = '26';
const CUTS = 30;
/** Enough for the write-ahead log to be moved into the database and begun anew. */
const COMMITS = 500;

let scratch = '';
let library = '';
let story: Recording;

beforeAll(async () => {
  scratch = mkdtempSync(join(tmpdir(), 'kazasu-power-cut-'));
  library = join(scratch, 'recorder.so');
  compileRecorder(library);
  story = await record(library, join(scratch, 'story'), 'story.ts', [String(SEED), ROUNDS]);
}, 240_000);
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

function mediumOf({ folder, operations }: Recording): Medium {
  const medium = new Medium(folder, statSync(folder).ino);
  for (const operation of operations) medium.apply(operation);
  return medium;
}

test('the recorder misses nothing: what it wrote down makes the folder as the process left it', () => {
  const recorded = mediumOf(story).contents();
  const there = readdirSync(story.folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name));
  expect([...recorded.keys()].toSorted()).toEqual(
    there.map((path) => relative(story.folder, path)).toSorted(),
  );
  for (const path of there) {
    const same = recorded.get(relative(story.folder, path))?.equals(readFileSync(path));
    expect(same, path).toBe(true);
  }
});

test('after a power cut nothing is missing that was told, and nothing is there by half', async () => {
  const cuts = cutsOf(story.operations, CUTS, SEED);
  const { found, done } = await replay(story, cuts, join(scratch, 'cuts'));
  expect(done).toBe(CUTS);
  expect(found).toEqual([]);
});

describe('the replay notices a store that does not wait for', () => {
  test.each<[string, RegExp, RegExp]>([
    [
      'the log of the ledger',
      /ledger\.db-wal$/u,
      /fact \d+ is gone|the ledger|is gone|acknowledged up to/u,
    ],
    ['the file of a list', /lists\/.*\.part$/u, /list file|list null is found/u],
    ['the index of a revocation list', /trust\/.*\.index\..*part$/u, /trust is damaged/u],
    ['the anchor of a trust', /trust\/.*\.der$/u, /trust is damaged/u],
    ['the commit file of a trust', /trust\.json\.part$/u, /trust null is found/u],
    ['the list of institutions', /list\.json\.part$/u, /institution null is found/u],
    ['the file of a key', /keys\/.*\.part$/u, /key|keys/u],
    ['the key of the marks', /shelter-mark\.key\.part$/u, /key of the marks|holds no key/u],
    ['a parcel on the stick', /\.p7m\.part$/u, /no whole parcel|gone from the stick/u],
    ['the names of its parcels', /stick\/kazasu\/up\/gate-1$/u, /gone from the stick/u],
    ['the folder of its parcels', /stick\/kazasu\/up$/u, /parcels are gone/u],
    ['the names of its lists', /\/lists$/u, /list null is found|not one of/u],
    ['the names of its keys', /\/keys$/u, /key|keys/u],
    ['the names in the state folder', /\/state$/u, /is gone|is found|key/u],
    ['the state folder itself', /\/medium$/u, /the state folder is gone/u],
  ])('%s', async (_, path, what) => {
    const operations = withoutSyncs(story, path);
    const [cut] = lastMoments(operations, 1);
    const cuts = cut === undefined ? [] : [cut];
    const { found } = await replay({ ...story, operations }, cuts, join(scratch, 'control'));
    expect(found).toHaveLength(1);
    expect(found[0]?.what).toMatch(what);
  });
});

/** The same, but for the waiting: no sync of what was made under such a path, or under one that was renamed to it. */
function withoutSyncs({ folder, operations }: Recording, path: RegExp): Operation[] {
  const paths = new Map<number, string>([[statSync(folder).ino, folder]]);
  return operations.filter((operation) => {
    if (operation.kind === 'create' || operation.kind === 'folder') {
      paths.set(operation.inode, operation.path);
    }
    return operation.kind !== 'sync' || !path.test(paths.get(operation.inode) ?? '');
  });
}

/** What is left of a writer's ledger when it has ended and, at once, the power goes, in the worst way. */
async function afterWriter(name: string, script: string, synchronous?: string): Promise<string> {
  const settings = synchronous === undefined ? [] : [synchronous];
  const place = join(scratch, name);
  const recording = await record(library, place, script, [String(COMMITS), ...settings]);
  const left = join(place, 'left');
  mkdirSync(left);
  mediumOf(recording).lose(left, 'nothing', new Dice(SEED));
  return left;
}

test('no folder is made but by whoever waits until the medium has its name', () => {
  const src = fileURLToPath(new URL('../../src', import.meta.url));
  const making = readdirSync(src, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts'))
    .filter((path) => /\bmkdir(Sync)?\(/u.test(readFileSync(join(src, path), 'utf8')));
  // On a stick nothing may wait for the medium but whoever writes to it.
  expect(making.toSorted()).toEqual([join('store', 'disk.ts'), join('transfer', 'stick.ts')]);
});

test(`of ${COMMITS} facts that were reported as recorded, ${COMMITS} are there, with their steps`, async () => {
  const ledger = openLedger(await afterWriter('safe', '../store/ledger-writer.ts'));
  expect(ledger.verifyChain()).toEqual({ ok: true, facts: COMMITS });
  expect(ledger.steps.open('receipt')).toHaveLength(COMMITS);
});

test.each([
  ['what WAL alone means', ''],
  ['synchronous=NORMAL', 'NORMAL'],
  ['synchronous=OFF', 'OFF'],
])('with %s, of as many commits not all are there', async (name, synchronous) => {
  const left = await afterWriter(`un${name}`, 'unsafe-writer.ts', synchronous);
  expect(commitsIn(left)).toBeLessThan(COMMITS);
});

/** 0 where not even the table is there. */
function commitsIn(folder: string): number {
  const database = new Database(join(folder, 'ledger.db'));
  try {
    const tables = database.prepare("SELECT name FROM sqlite_schema WHERE name = 'fact'").all();
    return tables.length === 0 ? 0 : database.prepare('SELECT seq FROM fact').all().length;
  } finally {
    database.close();
  }
}
