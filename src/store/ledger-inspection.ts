/**
 * A ledger as somebody sees it who only looks: read-only, also beside a running daemon and also when it is damaged. No
 * boot is counted, nothing is migrated or repaired, and no reserve is filled.
 */

import { existsSync } from 'node:fs';
import Database from 'better-sqlite3';
import type { Fact } from '../domain/fact.ts';
import {
  BEGINNING,
  type ChainEnd,
  type ChainVerdict,
  type FactText,
  factOf,
  verifyChain,
} from './fact-chain.ts';
import { EARLIER_EPOCHS, type EarlierEpoch, epochAt, waitingIn } from './ledger-epochs.ts';
import { LedgerFile, ledgerError } from './ledger-file.ts';
import { PRUNED } from './ledger-tables.ts';

/** How long reading waits for a daemon that moves its log. */
const BUSY_MS = 5_000;
const PAGE = 500;

export class LedgerInspection {
  readonly #path: string;
  readonly #database: Database.Database;
  readonly #after: Database.Statement<[number, number], FactText>;

  private constructor(path: string, database: Database.Database) {
    this.#path = path;
    this.#database = database;
    this.#after = database.prepare('SELECT seq, text FROM fact WHERE seq > ? ORDER BY seq LIMIT ?');
  }

  /** Null where there is no ledger. Throws LedgerError for one that can't be read, whatever this user may do. */
  static open(directory: string): LedgerInspection | null {
    if (!LedgerFile.isIn(directory)) return null;
    const path = LedgerFile.pathIn(directory);
    let database: Database.Database | null = null;
    try {
      // Reading needs a log and its index. Where there is one, nothing of it may be touched. Where there is none, only a
      // connection that could write takes away again what was made for it.
      const readonly = existsSync(`${path}-wal`);
      database = new Database(path, { readonly, fileMustExist: true, timeout: BUSY_MS });
      database.pragma('query_only = ON');
      return new LedgerInspection(path, database);
    } catch (error) {
      database?.close();
      throw ledgerError(path, error);
    }
  }

  get sqlite(): string {
    const row = this.#database.prepare<[], { version: string }>('SELECT sqlite_version() version');
    return row.get()?.version ?? '';
  }

  get terminal(): string {
    return this.#meta('terminal');
  }

  /** How many facts the platform does not hold yet. */
  waiting(): number {
    return this.#newest() - Number(this.#meta('acknowledged')) + waitingIn(this.#earlier());
  }

  /** The oldest fact that the platform does not hold yet, or null. */
  oldestWaiting(): Fact | null {
    const row = this.#after.get(Number(this.#meta('acknowledged')), 1);
    return row === undefined ? null : factOf(row);
  }

  /** As `Ledger.get`. */
  get(key: string): string | null {
    const read = this.#database.prepare<[string], { value: string }>(
      'SELECT value FROM setting WHERE key = ?',
    );
    return read.get(key)?.value ?? null;
  }

  /** How many facts of each kind there are. */
  counts(): Record<string, number> {
    const rows = this.#database
      .prepare<[], { event: string; facts: number }>(
        'SELECT event, count(*) AS facts FROM fact GROUP BY event ORDER BY event',
      )
      .all();
    return Object.fromEntries(rows.map(({ event, facts }) => [event, facts]));
  }

  /** Every fact, oldest first, as of when it is asked for. */
  *facts(): IterableIterator<Fact> {
    for (const row of this.#texts()) yield factOf(row);
  }

  /** Reads the whole file: SQLite's own check of its pages, then the chain of the facts. */
  verify(): ChainVerdict {
    const epochOf = epochAt(this.#earlier(), this.#meta('epoch'));
    const owner = { terminal: this.terminal, epochOf };
    try {
      const said = this.#database.pragma('quick_check(1)', { simple: true });
      if (said !== 'ok') return { ok: false, seq: 0, why: String(said) };
      const end = this.#pruned();
      return verifyChain(this.#texts(end.seq), owner, end);
    } catch (error) {
      throw ledgerError(this.#path, error);
    }
  }

  close(): void {
    this.#database.close();
  }

  #earlier(): EarlierEpoch[] {
    if (!this.#hasTable('earlier_epoch')) return [];
    return this.#database.prepare<[], EarlierEpoch>(EARLIER_EPOCHS).all();
  }

  #pruned(): ChainEnd {
    if (!this.#hasTable('pruned')) return BEGINNING;
    return this.#database.prepare<[], ChainEnd>(PRUNED).get() ?? BEGINNING;
  }

  /** False where older software made the ledger and nobody has opened it since. */
  #hasTable(name: string): boolean {
    const named = this.#database.prepare<[string], unknown>(
      'SELECT 1 FROM sqlite_schema WHERE name = ?',
    );
    return named.get(name) !== undefined;
  }

  #newest(): number {
    const last = this.#database.prepare<[], { seq: number }>(
      'SELECT coalesce(max(seq), 0) AS seq FROM fact',
    );
    return last.get()?.seq ?? 0;
  }

  #meta(key: string): string {
    const read = this.#database.prepare<[string], { value: string }>(
      'SELECT value FROM meta WHERE key = ?',
    );
    return read.get(key)?.value ?? '';
  }

  *#texts(after = 0): IterableIterator<FactText> {
    for (let at = after; ; ) {
      const rows = this.#after.all(at, PAGE);
      yield* rows;
      const newest = rows.at(-1);
      if (newest === undefined) return;
      at = newest.seq;
    }
  }
}
