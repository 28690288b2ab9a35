/** Who asked the centre, which record was read for it, and what came of it. No name, and no byte of a document. */

import type { SqliteDatabase } from '../database.ts';

export interface AuditEntry {
  readonly at: number;
  readonly terminal: string;
  readonly service: string;
  /** SHA-256 of the DER of the certificate that was shown. */
  readonly certificate: string | null;
  readonly request: string | null;
  /** The register record that was read; null: none. */
  readonly record: string | null;
  readonly result: string;
}

export class Audit {
  readonly #db: SqliteDatabase;

  constructor(db: SqliteDatabase) {
    this.#db = db;
  }

  note({ at, terminal, service, certificate, request, record, result }: AuditEntry): void {
    this.#db
      .prepare(
        `INSERT INTO audit (at, terminal, service, certificate, request, record, result)
         VALUES (?, ?, ?, ?, ?, ?, ?)`,
      )
      .run(at, terminal, service, certificate, request, record, result);
  }

  /** In the order in which they were written. */
  *entries(): Generator<AuditEntry> {
    const select = 'SELECT at, terminal, service, certificate, request, record, result FROM audit';
    yield* this.#db.prepare(`${select} ORDER BY id`).iterate() as IterableIterator<AuditEntry>;
  }
}
