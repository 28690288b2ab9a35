/** What one durable commit costs on a disk, whoever asks for it: SQLite with WAL, synchronous=FULL, one row. */

import { join } from 'node:path';
import Database from 'better-sqlite3';
import { timed } from './figures.ts';

export class BareCommits {
  readonly #database: Database.Database;
  readonly #insert: Database.Statement<[string]>;

  constructor(directory: string) {
    this.#database = new Database(join(directory, `bare-${performance.now()}.db`));
    this.#database.pragma('journal_mode = WAL');
    this.#database.pragma('synchronous = FULL');
    this.#database.exec('CREATE TABLE row (text TEXT NOT NULL) STRICT');
    this.#insert = this.#database.prepare('INSERT INTO row (text) VALUES (?)');
  }

  /** ms. */
  time(): number {
    return timed(() => this.#insert.run('x'.repeat(512)));
  }

  close(): void {
    this.#database.close();
  }
}
