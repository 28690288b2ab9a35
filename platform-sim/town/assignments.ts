/** Who looks after somebody: a word that a clerk notes, and who noted it. Nothing of it is ever deleted. */

import type { SqliteDatabase } from '../database.ts';

export interface Assignment {
  /** 消防 2. Empty: nobody any more. */
  readonly who: string;
  readonly by: string;
  /** ms since the epoch */
  readonly at: number;
}

export class Assignments {
  readonly #db: SqliteDatabase;
  readonly #newest = new Map<string, Assignment>();

  constructor(db: SqliteDatabase) {
    this.#db = db;
    const rows = db.prepare('SELECT ref, who, by, at FROM assignment ORDER BY id').all();
    for (const { ref, ...said } of rows as (Assignment & { ref: string })[]) {
      this.#newest.set(ref, said);
    }
  }

  /** Empty: nobody. */
  whoOf(ref: string): string {
    return this.#newest.get(ref)?.who ?? '';
  }

  of(ref: string): Assignment | null {
    return this.#newest.get(ref) ?? null;
  }

  note(ref: string, said: Assignment): void {
    const { who, by, at } = said;
    this.#db
      .prepare('INSERT INTO assignment (ref, who, by, at) VALUES (?, ?, ?, ?)')
      .run(ref, who, by, at);
    this.#newest.set(ref, said);
  }
}
