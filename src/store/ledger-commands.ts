/**
 * Commands that were decided on: each once, and no older number of an issuer after a newer one. A row
 * changes in the transaction of the fact that tells of it.
 */

import type Database from 'better-sqlite3';
import type { Command } from '../domain/command.ts';

export const COMMAND_TABLES = `
  CREATE TABLE command (
    id TEXT PRIMARY KEY, number INTEGER NOT NULL, does TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('started', 'done', 'refused'))) STRICT;
  CREATE TABLE command_issuer (issuer TEXT PRIMARY KEY, number INTEGER NOT NULL) STRICT, WITHOUT ROWID;`;

/** A repetition of one that is forgotten is refused by its number. */
const KEPT = 1_000;

export type CommandState = 'started' | 'done' | 'refused';
export type DecidedCommand = Pick<Command, 'id' | 'number' | 'does'>;

export class LedgerCommands {
  readonly #sql: ReturnType<typeof prepare>;

  constructor(database: Database.Database) {
    this.#sql = prepare(database);
  }

  /** The highest number of an issuer that was decided on; 0 when there is none. */
  newest(issuer: string): number {
    return this.#sql.newest.get(issuer)?.number ?? 0;
  }

  has(id: string): boolean {
    return this.#sql.has.get(id) !== undefined;
  }

  /** Those whose effect may have happened without its fact. */
  started(): DecidedCommand[] {
    return this.#sql.started.all();
  }

  /** Inside `Ledger.record`, as `settle`. */
  decide({ id, issuer, number, does }: Command, state: CommandState): void {
    this.#sql.decide.run(id, number, does, state);
    this.#sql.raise.run(issuer, number);
    this.#sql.forget.run(KEPT);
  }

  settle(id: string): void {
    this.#sql.settle.run(id);
  }
}

function prepare(database: Database.Database) {
  return {
    newest: database.prepare<[string], { number: number }>(
      'SELECT number FROM command_issuer WHERE issuer = ?',
    ),
    has: database.prepare<[string], unknown>('SELECT 1 FROM command WHERE id = ?'),
    started: database.prepare<[], DecidedCommand>(
      `SELECT id, number, does FROM command WHERE state = 'started' ORDER BY rowid`,
    ),
    decide: database.prepare<[string, number, string, CommandState]>(
      'INSERT INTO command (id, number, does, state) VALUES (?, ?, ?, ?)',
    ),
    raise: database.prepare<[string, number]>(
      `INSERT INTO command_issuer VALUES (?, ?)
       ON CONFLICT DO UPDATE SET number = max(number, excluded.number)`,
    ),
    settle: database.prepare<[string]>(`UPDATE command SET state = 'done' WHERE id = ?`),
    forget: database.prepare<[number]>(
      `DELETE FROM command WHERE state <> 'started' AND rowid <=
       (SELECT max(rowid) FROM command) - ?`,
    ),
  };
}
