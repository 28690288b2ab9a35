/** What the ledger asks of its file about facts and settings. */

import type Database from 'better-sqlite3';
import type { FactText } from './fact-chain.ts';

export type Statements = ReturnType<typeof prepareLedger>;

export function prepareLedger(database: Database.Database) {
  return {
    insert: database.prepare<[number, string, string | null, string]>(
      'INSERT INTO fact (seq, event, subject, text) VALUES (?, ?, ?, ?)',
    ),
    last: database.prepare<[], FactText>('SELECT seq, text FROM fact ORDER BY seq DESC LIMIT 1'),
    after: database.prepare<[number, number], FactText>(
      'SELECT seq, text FROM fact WHERE seq > ? ORDER BY seq LIMIT ?',
    ),
    about: database.prepare<[string], FactText>(
      'SELECT seq, text FROM fact WHERE subject = ? ORDER BY seq',
    ),
    aboutEvents: database.prepare<[string, string], FactText>(
      `SELECT seq, text FROM fact WHERE subject = ?
       AND event IN (SELECT value FROM json_each(?)) ORDER BY seq`,
    ),
    get: database.prepare<[string], { value: string }>('SELECT value FROM setting WHERE key = ?'),
    set: database.prepare<[string, string]>(
      'INSERT OR REPLACE INTO setting (key, value) VALUES (?, ?)',
    ),
  };
}
