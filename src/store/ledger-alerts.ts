/**
 * Messages about alerts that count, or that keep an older one from coming back. State, and no fact: a row goes when nothing
 * depends on it any more.
 */

import type Database from 'better-sqlite3';

export const ALERT_TABLES = `
  CREATE TABLE alert_message (
    id TEXT PRIMARY KEY, said TEXT NOT NULL, expired INTEGER NOT NULL) STRICT, WITHOUT ROWID;`;

export interface KeptMessage {
  readonly id: string;
  /** JSON. */
  readonly said: string;
  /** Whether its time was over when the time was known: it never counts again. */
  readonly expired: 0 | 1;
}

export class LedgerAlerts {
  readonly #all: Database.Statement<[], KeptMessage>;
  readonly #keep: Database.Statement<[string, string, number]>;
  readonly #drop: Database.Statement<[string]>;

  constructor(database: Database.Database) {
    this.#all = database.prepare('SELECT * FROM alert_message ORDER BY id');
    this.#keep = database.prepare('INSERT OR REPLACE INTO alert_message VALUES (?, ?, ?)');
    this.#drop = database.prepare('DELETE FROM alert_message WHERE id = ?');
  }

  all(): KeptMessage[] {
    return this.#all.all();
  }

  /** Makes them the ones that are kept. Inside `Ledger.record`. */
  replace(messages: readonly KeptMessage[]): void {
    const before = new Map(this.all().map((message) => [message.id, message]));
    for (const { id, said, expired } of messages) {
      const kept = before.get(id);
      if (kept?.said !== said || kept.expired !== expired) this.#keep.run(id, said, expired);
      before.delete(id);
    }
    for (const id of before.keys()) this.#drop.run(id);
  }
}
