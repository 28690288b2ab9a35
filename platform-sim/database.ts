/** How the platform opens its SQLite files: durable at every commit, readable by this user alone, shared by processes. */

import { closeSync, mkdirSync, openSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { InputError } from './input-error.ts';

/** How long a writer waits for another process; the longest transaction is the import of a list. */
const BUSY_MS = 60_000;
const WAL_BYTES_KEPT = 67_108_864;

export type SqliteDatabase = Database.Database;

/**
 * Opens or creates `directory/name`. `schema` is SQL that may run again on a file that has it; `version` rises with it.
 * Throws InputError when the folder can't be used, or a newer program wrote the file.
 */
export function openDatabase(
  directory: string,
  name: string,
  schema: string,
  version: number,
): SqliteDatabase {
  const path = join(directory, name);
  createFile(directory, path);
  const db = new Database(path, { timeout: BUSY_MS });
  try {
    checkFile(db, path);
    db.pragma('journal_mode = WAL');
    // better-sqlite3 is compiled with NORMAL for WAL, which loses acknowledged commits in a power cut.
    db.pragma('synchronous = FULL');
    db.pragma('foreign_keys = ON');
    db.pragma(`journal_size_limit = ${WAL_BYTES_KEPT}`);
    migrate(db, path, schema, version);
  } catch (error) {
    db.close();
    throw error;
  }
  return db;
}

function createFile(directory: string, path: string): void {
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    // SQLite gives -wal and -shm the mode of the file itself, so creating it tight keeps all three tight.
    closeSync(openSync(path, 'a', 0o600));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new InputError(`--state ${directory} cannot be used (${code}); name a folder of yours`);
  }
}

function checkFile(db: SqliteDatabase, path: string): void {
  try {
    db.pragma('schema_version');
  } catch (error) {
    if (!(error instanceof Database.SqliteError) || error.code !== 'SQLITE_NOTADB') throw error;
    throw new InputError(`${path} is no database; name another folder with --state`);
  }
}

function migrate(db: SqliteDatabase, path: string, schema: string, version: number): void {
  const found = Number(db.pragma('user_version', { simple: true }));
  if (found === version) return;
  if (found > version) {
    throw new InputError(`${path} was written by a newer kazasu-platform (format ${found})`);
  }
  db.transaction(() => {
    db.exec(schema);
    db.pragma(`user_version = ${version}`);
  }).immediate();
}

/** Differs from an earlier answer whenever this or another connection has committed to the file in between. */
export function changeMark(db: SqliteDatabase): string {
  const others = db.pragma('data_version', { simple: true });
  const own = db.prepare('SELECT total_changes()').pluck().get();
  return `${others} ${own}`;
}
