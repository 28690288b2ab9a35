/**
 * contact.db: which terminals are there. The process that serves them says so for those that only look: a terminal counts as there
 * while its session stands and that process lives. It is told again all the time, so nothing of it has to outlive a power cut.
 */

import { openDatabase, type SqliteDatabase } from './database.ts';

const SCHEMA = `
CREATE TABLE IF NOT EXISTS contact (
  terminal TEXT PRIMARY KEY,
  linked INTEGER NOT NULL, -- 1: its session stands
  at INTEGER NOT NULL -- when that began or ended, ms since the epoch
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS alive (one INTEGER PRIMARY KEY CHECK (one = 1), at INTEGER NOT NULL) STRICT;
`;

/** How often the serving process says that it lives, and after what silence it is taken not to. */
const ALIVE_MS = 1_000;
const SILENT_MS = 5_000;

export interface Contact {
  readonly linked: boolean;
  /** Last heard, ms since the epoch. */
  readonly at: number;
}

export class Contacts {
  readonly #db: SqliteDatabase;
  #told: ReadonlySet<string> | null = null;
  #toldAt = 0;

  constructor(directory: string) {
    this.#db = openDatabase(directory, 'contact.db', SCHEMA, 1);
    this.#db.pragma('synchronous = OFF');
  }

  /** `linked`: every terminal whose session stands. Writes only what has changed, and now and then that this process lives. */
  tell(linked: ReadonlySet<string>, now: number): void {
    const before = this.#told ?? this.#linkedBefore();
    const gone = [...before].filter((terminal) => !linked.has(terminal));
    const come = [...linked].filter((terminal) => !before.has(terminal));
    this.#told = linked;
    if (gone.length + come.length === 0 && now - this.#toldAt < ALIVE_MS) return;
    // Of a process that ended without a word, the last that is known is when it last lived.
    const goneAt = this.#toldAt === 0 ? (this.#aliveAt() ?? now) : now;
    this.#toldAt = now;
    const put = this.#db.prepare('INSERT OR REPLACE INTO contact VALUES (?, ?, ?)');
    this.#db
      .transaction(() => {
        for (const terminal of gone) put.run(terminal, 0, goneAt);
        for (const terminal of come) put.run(terminal, 1, now);
        this.#db.prepare('INSERT OR REPLACE INTO alive VALUES (1, ?)').run(now);
      })
      .immediate();
  }

  /** By terminal. */
  all(now: number): ReadonlyMap<string, Contact> {
    const aliveAt = this.#aliveAt() ?? 0;
    const isAlive = now - aliveAt < SILENT_MS;
    const rows = this.#db.prepare('SELECT terminal, linked, at FROM contact').all() as {
      terminal: string;
      linked: number;
      at: number;
    }[];
    return new Map(
      rows.map(({ terminal, linked, at }) => [
        terminal,
        { linked: linked === 1 && isAlive, at: linked === 1 ? aliveAt : at },
      ]),
    );
  }

  close(): void {
    this.#db.close();
  }

  #aliveAt(): number | null {
    const at = this.#db.prepare('SELECT at FROM alive').pluck().get();
    return (at as number | undefined) ?? null;
  }

  #linkedBefore(): ReadonlySet<string> {
    const select = this.#db.prepare('SELECT terminal FROM contact WHERE linked = 1').pluck();
    return new Set(select.all() as string[]);
  }
}
