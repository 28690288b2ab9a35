/**
 * Whether a fact that was reported as recorded is there after the worst power cut that is allowed
 * to happen.
 */

import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import Database from 'better-sqlite3';
import { expect, test } from 'vitest';
import { openLedger, startWriter, tempFolder } from './fixtures.ts';

/** Enough commits for the write-ahead log to be moved into the database and begun anew. */
const COMMITS = 500;

/** Runs a writer to its end and returns a folder that holds only what was synced. */
async function replay(script: string): Promise<{ folder: string; dirSynced: boolean }> {
  const root = tempFolder();
  const watch = join(root, 'state');
  const shadow = join(root, 'shadow');
  const after = join(root, 'after');
  for (const folder of [watch, shadow, after]) mkdirSync(folder);
  const library = join(root, 'power-cut.so');
  const source = fileURLToPath(new URL('power-cut.c', import.meta.url));
  execFileSync('cc', [
    '-shared',
    '-fPIC',
    '-O1',
    '-Wall',
    '-Werror',
    '-o',
    library,
    source,
    '-ldl',
  ]);

  const writer = startWriter(watch, COMMITS, {
    script,
    env: { LD_PRELOAD: library, POWER_CUT_WATCH: watch, POWER_CUT_SHADOW: shadow },
  });
  const committed: number[] = [];
  for await (const seq of writer.committed) committed.push(seq);
  await writer.ended;
  expect(committed).toHaveLength(COMMITS);

  const durableOf = (path: string): string => join(shadow, String(statSync(path).ino));
  for (const name of readdirSync(watch)) {
    const durable = durableOf(join(watch, name));
    // The index of the log is never synced: SQLite builds it anew from the log.
    if (existsSync(durable)) copyFileSync(durable, join(after, name));
    else if (!name.endsWith('-shm')) writeFileSync(join(after, name), '');
  }
  return { folder: after, dirSynced: existsSync(durableOf(watch)) };
}

test('after a power cut every fact that was reported as recorded is there', async () => {
  const { folder, dirSynced } = await replay('ledger-writer.ts');
  const ledger = openLedger(folder);
  expect(ledger.lastFact().seq).toBe(COMMITS);
  expect(ledger.verifyChain()).toEqual({ ok: true, facts: COMMITS });
  expect(ledger.steps.open('receipt')).toHaveLength(COMMITS);
  expect(dirSynced).toBe(true);
});

test('the replay notices a database that does not wait for the medium', async () => {
  const { folder } = await replay('unsafe-writer.ts');
  const database = new Database(join(folder, 'ledger.db'));
  const tables = database.prepare("SELECT name FROM sqlite_schema WHERE name = 'fact'").all();
  const kept = tables.length === 0 ? [] : database.prepare('SELECT seq FROM fact').all();
  database.close();
  expect(kept.length).toBeLessThan(COMMITS);
});
