/**
 * The file behind the ledger: made whole or not at all, opened with care, and one way to commit to
 * it.
 */

import { randomUUID } from 'node:crypto';
import { existsSync, linkSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import {
  codeOf,
  DiskFullError,
  isStorageFailure,
  makeFolder,
  Reserve,
  SERVICE_HEADROOM_BYTES,
  syncPath,
  writeDurably,
} from './disk.ts';
import { ALERT_TABLES } from './ledger-alerts.ts';
import { COMMAND_TABLES } from './ledger-commands.ts';
import { RETENTION_TABLES } from './ledger-tables.ts';

export type LedgerErrorCode =
  | 'in-use-by-newer-version'
  | 'corrupt'
  | 'other-terminal'
  | 'unwritable';

export class LedgerError extends Error {
  override readonly name = 'LedgerError';
  readonly code: LedgerErrorCode;

  constructor(code: LedgerErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/**
 * Migrations only ever add: the software of the other A/B slot must be able to open the ledger
 * after a roll-back. One that breaks this raises `least_schema` in `meta`, and older software then
 * refuses.
 */
const MIGRATIONS = [
  `CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
   CREATE TABLE setting (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
   CREATE TABLE fact (
     seq INTEGER PRIMARY KEY, event TEXT NOT NULL, subject TEXT, text TEXT NOT NULL) STRICT;
   CREATE INDEX fact_about ON fact (subject, event) WHERE subject IS NOT NULL;
   CREATE TABLE step (
     id TEXT PRIMARY KEY, kind TEXT NOT NULL, number INTEGER NOT NULL, subject TEXT,
     state TEXT NOT NULL
       CHECK (state IN ('due', 'started', 'done', 'failed', 'unknown', 'settled')),
     detail TEXT NOT NULL, UNIQUE (kind, number)) STRICT;
   CREATE INDEX step_about ON step (subject, kind) WHERE subject IS NOT NULL;
   CREATE INDEX step_open ON step (kind, number) WHERE state IN ('due', 'started', 'unknown');`,
  COMMAND_TABLES,
  // Epochs that are over: which numbers were theirs, up to `upto`, and how far they were told again.
  `CREATE TABLE earlier_epoch (
     upto INTEGER PRIMARY KEY, epoch TEXT NOT NULL, acknowledged INTEGER NOT NULL) STRICT;`,
  RETENTION_TABLES,
  ALERT_TABLES,
] as const;

const LEDGER_FILE = 'ledger.db';
/**
 * How long a commit waits for another process's. Both take milliseconds; the wait blocks the event
 * loop.
 */
const BUSY_MS = 5_000;
/**
 * 1 MiB. A long log would use up the reserve before its pages are moved, and moving them is what a
 * commit waits for.
 */
const WAL_PAGES = 256;
const WAL_KEPT_BYTES = 4 * 1_048_576;

export class LedgerFile {
  readonly database: Database.Database;
  readonly reserve: Reserve;
  readonly #path: string;
  readonly #transaction: Database.Transaction<(work: () => unknown) => unknown>;
  readonly #read: Database.Statement<[string], { value: string }>;
  readonly #write: Database.Statement<[string, string]>;

  private constructor(path: string, database: Database.Database, reserve: Reserve) {
    this.#path = path;
    this.database = database;
    this.reserve = reserve;
    this.#transaction = database.transaction((work: () => unknown) => work());
    this.#read = database.prepare('SELECT value FROM meta WHERE key = ?');
    this.#write = database.prepare('INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)');
  }

  /** Whether a folder holds a ledger that this user can see. Changes nothing. */
  static isIn(directory: string): boolean {
    return existsSync(LedgerFile.pathIn(directory));
  }

  static pathIn(directory: string): string {
    return join(directory, LEDGER_FILE);
  }

  /**
   * Opens `directory/ledger.db`, and makes a new one, with a new epoch, only where there is none.
   * Throws LedgerError.
   */
  static open(directory: string, terminal: string): LedgerFile {
    const path = LedgerFile.pathIn(directory);
    const reserve = new Reserve(directory);
    const open = (): LedgerFile => {
      makeFolder(directory);
      if (!existsSync(path)) create(directory, path, terminal);
      removeRemains(directory);
      return openExisting(path, (database) => new LedgerFile(path, database, reserve), terminal);
    };
    try {
      return opened(open(), reserve);
    } catch (error) {
      // Even reading needs room: for the index of the write-ahead log.
      if (!isStorageFailure(error) || !releaseQuietly(reserve)) throw ledgerError(path, error);
    }
    try {
      return opened(open(), reserve);
    } catch (error) {
      throw ledgerError(path, error);
    }
  }

  /**
   * Runs `work` in one IMMEDIATE transaction that is on the medium when this returns; inside
   * another, joins it. On a full disk the reserve is given back and `work` runs once more. Throws
   * DiskFullError, having changed nothing.
   */
  commit<T>(work: () => T): T {
    if (this.database.inTransaction) return work();
    try {
      return this.#transaction.immediate(work) as T;
    } catch (error) {
      if (!isStorageFailure(error)) throw this.#failure(error);
      this.#makeRoom();
    }
    try {
      return this.#transaction.immediate(work) as T;
    } catch (error) {
      throw this.#failure(error);
    }
  }

  /** A number or name of the ledger itself. */
  meta(key: string): string {
    const value = this.#read.get(key)?.value;
    if (value === undefined) throw corrupt(this.#path, `"${key}" is missing`);
    return value;
  }

  setMeta(key: string, value: string): void {
    this.#write.run(key, value);
  }

  close(): void {
    this.database.close();
  }

  /** Gives the reserve back and begins the log anew, whose blocks can then be written again. */
  #makeRoom(): void {
    releaseQuietly(this.reserve);
    try {
      this.database.pragma('wal_checkpoint(RESTART)');
    } catch (error) {
      if (!isStorageFailure(error)) throw this.#failure(error);
    }
  }

  #failure(error: unknown): unknown {
    if (isStorageFailure(error)) {
      const message = `the ledger ${this.#path} can't be written: ${codeOf(error)}`;
      return new DiskFullError(message, { cause: error });
    }
    return isDamage(error) ? ledgerError(this.#path, error) : error;
  }
}

/**
 * Says what is wrong with a damaged ledger and what to do; nothing is repaired or started afresh by
 * itself.
 */
export function corrupt(path: string, why: string, cause?: unknown): LedgerError {
  const advice =
    'It may hold facts that the platform does not have: keep a copy of the whole folder, ' +
    'then move the folder away; the terminal starts a new ledger with a new epoch.';
  return new LedgerError('corrupt', `the ledger ${path} is damaged: ${why}. ${advice}`, { cause });
}

function opened(file: LedgerFile, reserve: Reserve): LedgerFile {
  reserve.fill(SERVICE_HEADROOM_BYTES);
  return file;
}

/**
 * Builds the file under another name and links it into place: an empty or half-made ledger.db
 * therefore always means damage, and of two processes that make one at the same time, one wins and
 * both use it.
 */
function create(directory: string, path: string, terminal: string): void {
  if (existsSync(`${path}-wal`)) {
    throw corrupt(path, 'ledger.db is gone but its write-ahead log is there');
  }
  const part = join(directory, `ledger.new-${randomUUID()}`);
  try {
    // SQLite gives the log and its index the mode of the database file.
    writeDurably(part, '');
    const database = new Database(part, { timeout: BUSY_MS });
    try {
      configure(database);
      migrate(database, { terminal, epoch: randomUUID() });
    } finally {
      database.close();
    }
    linkSync(part, path);
    syncPath(directory);
  } catch (error) {
    if (!existsSync(path)) throw error;
  } finally {
    rmSync(part, { force: true });
  }
}

/**
 * Only once there is a ledger: before, what looks left over may be another process's that is about
 * to be linked.
 */
function removeRemains(directory: string): void {
  for (const name of readdirSync(directory)) {
    if (name.startsWith('ledger.new-')) rmSync(join(directory, name), { force: true });
  }
}

function openExisting(
  path: string,
  wrap: (database: Database.Database) => LedgerFile,
  terminal: string,
): LedgerFile {
  const database = new Database(path, { timeout: BUSY_MS, fileMustExist: true });
  try {
    if (schemaOf(database) === 0) throw corrupt(path, 'it is not a ledger');
    const least = metaOf(database, 'least_schema');
    if (Number(least) > MIGRATIONS.length) {
      const what = `the ledger ${path} was written by a newer version (schema ${least})`;
      throw new LedgerError(
        'in-use-by-newer-version',
        `${what}; this one knows schema ${MIGRATIONS.length}. Start the newer version.`,
      );
    }
    const owner = metaOf(database, 'terminal');
    if (owner !== terminal) {
      throw new LedgerError(
        'other-terminal',
        `the ledger ${path} belongs to terminal "${owner}", not to "${terminal}". ` +
          'Give each terminal a state folder of its own.',
      );
    }
    configure(database);
    migrate(database, {});
    return wrap(database);
  } catch (error) {
    database.close();
    throw error;
  }
}

/**
 * FULL is set by hand: better-sqlite3 is compiled with DEFAULT_WAL_SYNCHRONOUS=1, so WAL alone
 * means NORMAL, and a power cut then loses commits that were reported as done. The default shows
 * only after the first read in WAL mode, which is why the check reads first.
 */
function configure(database: Database.Database): void {
  database.pragma('journal_mode = WAL');
  database.pragma('synchronous = FULL');
  database.pragma('foreign_keys = ON');
  // What is removed is overwritten, not only marked as free.
  database.pragma('secure_delete = ON');
  database.pragma(`wal_autocheckpoint = ${WAL_PAGES}`);
  database.pragma(`journal_size_limit = ${WAL_KEPT_BYTES}`);
  schemaOf(database);
  const mode = database.pragma('journal_mode', { simple: true });
  const synchronous = database.pragma('synchronous', { simple: true });
  if (mode !== 'wal' || synchronous !== 2) {
    throw new Error(`SQLite refused WAL with synchronous=FULL: ${mode}, ${synchronous}`);
  }
}

function migrate(database: Database.Database, firstMeta: Readonly<Record<string, string>>): void {
  if (schemaOf(database) >= MIGRATIONS.length) return;
  database
    .transaction(() => {
      const from = schemaOf(database);
      for (const migration of MIGRATIONS.slice(from)) database.exec(migration);
      if (from === 0) {
        const insert = database.prepare('INSERT INTO meta (key, value) VALUES (?, ?)');
        const first = { least_schema: '1', boot: '0', acknowledged: '0', ...firstMeta };
        for (const [key, value] of Object.entries(first)) insert.run(key, value);
      }
      database.pragma(`user_version = ${MIGRATIONS.length}`);
    })
    .immediate();
}

function schemaOf(database: Database.Database): number {
  return Number(database.pragma('user_version', { simple: true }));
}

function metaOf(database: Database.Database, key: string): string | undefined {
  const read = database.prepare<[string], { value: string }>(
    'SELECT value FROM meta WHERE key = ?',
  );
  return read.get(key)?.value;
}

function releaseQuietly(reserve: Reserve): boolean {
  try {
    return reserve.release();
  } catch (error) {
    if (isStorageFailure(error)) return false;
    throw error;
  }
}

function isDamage(error: unknown): boolean {
  return /^SQLITE_(CORRUPT|NOTADB)/u.test(codeOf(error));
}

/**
 * Gives an error of opening its place among the codes of LedgerError; what is none of them stays as
 * it is.
 */
export function ledgerError(path: string, error: unknown): unknown {
  if (error instanceof LedgerError) return error;
  const code = codeOf(error);
  // SQLITE_ERROR at opening: a table that should be there is not.
  if (isDamage(error) || code === 'SQLITE_ERROR') return corrupt(path, code, error);
  const closed = ['EACCES', 'EPERM', 'ENOTDIR', 'EEXIST', 'SQLITE_CANTOPEN', 'SQLITE_PERM'];
  const full = error instanceof DiskFullError || isStorageFailure(error);
  if (full || closed.includes(code)) {
    return new LedgerError('unwritable', `the ledger ${path} can't be written: ${code}`, {
      cause: error,
    });
  }
  return error;
}
