/** One daemon a state folder. The lock is SQLite's, so it ends with the process that holds it, however that ends. */

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { codeOf } from './disk.ts';

const LOCK_FILE = 'owner.lock';
/** Whoever only asks holds the lock for less than a millisecond. */
const ASKED_MS = 100;

export class SoleOwner {
  readonly #database: Database.Database;

  private constructor(database: Database.Database) {
    this.#database = database;
  }

  /** Null when another process owns the folder. */
  static claim(directory: string): SoleOwner | null {
    const database = new Database(join(directory, LOCK_FILE), { timeout: ASKED_MS });
    try {
      // Nothing is ever written, so the file stays empty and needs no care on the medium.
      database.pragma('journal_mode = MEMORY');
      database.exec('BEGIN EXCLUSIVE');
      return new SoleOwner(database);
    } catch (error) {
      database.close();
      if (isBusy(error)) return null;
      throw error;
    }
  }

  /** Whether a process owns the folder. Changes nothing, and makes no file. */
  static isClaimed(directory: string): boolean {
    const path = join(directory, LOCK_FILE);
    if (!existsSync(path)) return false;
    const database = new Database(path, { readonly: true, timeout: 0 });
    try {
      database.prepare('SELECT count(*) FROM sqlite_master').get();
      return false;
    } catch (error) {
      if (isBusy(error)) return true;
      throw error;
    } finally {
      database.close();
    }
  }

  release(): void {
    this.#database.close();
  }
}

function isBusy(error: unknown): boolean {
  return codeOf(error) === 'SQLITE_BUSY';
}
