/**
 * Messages about alerts that count, or that keep an older one from coming back. State, and no fact: a row goes when nothing
 * depends on it any more.
 */

import type Database from 'better-sqlite3';

export const ALERT_TABLES = `
  CREATE TABLE alert_message (id TEXT PRIMARY KEY, said TEXT NOT NULL) STRICT, WITHOUT ROWID;`;

export interface KeptMessage {
  readonly id: string;
  /** JSON. */
  readonly said: string;
}

export class LedgerAlerts {
  readonly #all: Database.Statement<[], KeptMessage>;
  readonly #keep: Database.Statement<[string, string]>;
  readonly #drop: Database.Statement<[string]>;

  constructor(database: Database.Database) {
    this.#all = database.prepare('SELECT id, said FROM alert_message ORDER BY id');
    this.#keep = database.prepare('INSERT OR REPLACE INTO alert_message VALUES (?, ?)');
    this.#drop = database.prepare('DELETE FROM alert_message WHERE id = ?');
  }

  all(): KeptMessage[] {
    return this.#all.all();
  }

  /** Makes them the ones that are kept. Inside `Ledger.record`. */
  replace(messages: readonly KeptMessage[]): void {
    const before = new Map(this.all().map(({ id, said }) => [id, said]));
    for (const { id, said } of messages) {
      if (before.get(id) !== said) this.#keep.run(id, said);
      before.delete(id);
    }
    for (const id of before.keys()) this.#drop.run(id);
  }
}
