/** Who looked at what: every view of personal data, before it is shown. Reference ids and counts; no name. */

import type { SqliteDatabase } from '../database.ts';

/** What somebody did. */
export const ACCESS_KINDS = [
  'signed-in',
  'signed-out',
  'refused',
  'list',
  'person',
  'print',
  'csv',
  'assign',
  'alert',
  'begin',
  'unsealed',
  'reconcile',
] as const;
export type AccessKind = (typeof ACCESS_KINDS)[number];

export interface Access {
  /** ms since the epoch */
  readonly at: number;
  readonly clerk: string;
  readonly what: AccessKind;
  /** What stands in it depends on `what`. */
  readonly detail: Readonly<Record<string, unknown>>;
}

export class AccessLog {
  readonly #db: SqliteDatabase;

  constructor(db: SqliteDatabase) {
    this.#db = db;
  }

  /** Durable when it returns. */
  note({ at, clerk, what, detail }: Access): void {
    this.#db
      .prepare('INSERT INTO access (at, clerk, what, detail) VALUES (?, ?, ?, ?)')
      .run(at, clerk, what, JSON.stringify(detail));
  }

  /** The oldest first. `ref`: only what was about this person. */
  *entries({ ref = null }: { readonly ref?: string | null } = {}): Generator<Access> {
    const select = this.#db.prepare(
      `SELECT at, clerk, what, detail FROM access
       WHERE ? IS NULL OR instr(detail, ?) > 0 ORDER BY id`,
    );
    const rows = select.iterate(ref, ref) as IterableIterator<Access & { detail: string }>;
    for (const { at, clerk, what, detail } of rows) {
      yield { at, clerk, what, detail: JSON.parse(detail) as Access['detail'] };
    }
  }
}
