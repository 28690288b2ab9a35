/** One daemon a state folder. The lock is SQLite's, so it ends with the process that holds it, however that ends. */

import { join } from 'node:path';
import Database from 'better-sqlite3';

export class SoleOwner {
  readonly #database: Database.Database;

  private constructor(database: Database.Database) {
    this.#database = database;
  }

  /** Null when another process owns the folder. */
  static claim(directory: string): SoleOwner | null {
    const database = new Database(join(directory, 'owner.lock'), { timeout: 0 });
    try {
      // Nothing is ever written, so the file stays empty and needs no care on the medium.
      database.pragma('journal_mode = MEMORY');
      database.exec('BEGIN EXCLUSIVE');
      return new SoleOwner(database);
    } catch (error) {
      database.close();
      if ((error as { code?: unknown }).code === 'SQLITE_BUSY') return null;
      throw error;
    }
  }

  release(): void {
    this.#database.close();
  }
}
