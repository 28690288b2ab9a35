/** alerts.db: what was proposed at the municipalities' desks, who consented, and what was signed. Nothing is ever deleted. */

import { openDatabase, type SqliteDatabase } from '../database.ts';
import type { CapDraft } from './cap-writer.ts';

const SCHEMA = `
CREATE TABLE IF NOT EXISTS message (
  number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, -- CAP identifier
  alert TEXT NOT NULL, -- that of the first message about the same alert
  municipality TEXT NOT NULL, draft TEXT NOT NULL, -- JSON
  document BLOB NOT NULL, sha256 TEXT NOT NULL, expires INTEGER NOT NULL,
  audience TEXT NOT NULL, -- districts, JSON: also those that an earlier message was for
  proposed_by TEXT NOT NULL, proposed_at INTEGER NOT NULL,
  withdrawn_by TEXT, withdrawn_at INTEGER,
  consented_by TEXT, consented_at INTEGER, signed BLOB,
  told INTEGER UNIQUE -- rises with every message that is signed
) STRICT;
CREATE INDEX IF NOT EXISTS message_about ON message (alert, told);
`;

/** A message about an alert, from its proposal on. Times in ms since the epoch. */
export interface StoredMessage {
  readonly id: string;
  readonly alert: string;
  readonly municipality: string;
  readonly draft: CapDraft;
  /** CAP, as it is or would be signed. */
  readonly document: Buffer;
  /** Of the document, hex. */
  readonly sha256: string;
  readonly expires: number;
  readonly audience: readonly string[];
  readonly proposed: { readonly by: string; readonly at: number };
  readonly withdrawn: { readonly by: string; readonly at: number } | null;
  readonly consented: { readonly by: string; readonly at: number } | null;
  /** CMS SignedData. */
  readonly signed: Buffer | null;
}

export type NewMessage = Omit<StoredMessage, 'withdrawn' | 'consented' | 'signed'>;

/** What terminals are told of. */
export interface ToldMessage {
  readonly told: number;
  readonly municipality: string;
  readonly audience: readonly string[];
  readonly expires: number;
  readonly signed: Buffer;
}

interface Row {
  readonly id: string;
  readonly alert: string;
  readonly municipality: string;
  readonly draft: string;
  readonly document: Buffer;
  readonly sha256: string;
  readonly expires: number;
  readonly audience: string;
  readonly proposed_by: string;
  readonly proposed_at: number;
  readonly withdrawn_by: string | null;
  readonly withdrawn_at: number | null;
  readonly consented_by: string | null;
  readonly consented_at: number | null;
  readonly signed: Buffer | null;
}

export class AlertStore {
  readonly #db: SqliteDatabase;
  readonly #newest;

  /** Opens or creates alerts.db in `directory`. */
  constructor(directory: string) {
    this.#db = openDatabase(directory, 'alerts.db', SCHEMA, 1);
    this.#newest = this.#db.prepare('SELECT coalesce(max(told), 0) FROM message').pluck();
  }

  add(message: NewMessage): void {
    const { draft, audience, proposed, ...rest } = message;
    this.#db
      .prepare(
        `INSERT INTO message (id, alert, municipality, draft, document, sha256, expires, audience, proposed_by, proposed_at)
         VALUES (@id, @alert, @municipality, @draft, @document, @sha256, @expires, @audience, @by, @at)`,
      )
      .run({
        ...{ ...rest, ...proposed },
        draft: JSON.stringify(draft),
        audience: JSON.stringify(audience),
      });
  }

  /** Null: there is none. */
  message(id: string): StoredMessage | null {
    const row = this.#db.prepare('SELECT * FROM message WHERE id = ?').get(id);
    return row === undefined ? null : messageOf(row as Row);
  }

  /** The newest that was signed about an alert; null: none was. */
  newestOf(alert: string): StoredMessage | null {
    const row = this.#db
      .prepare(
        'SELECT * FROM message WHERE alert = ? AND told IS NOT NULL ORDER BY told DESC LIMIT 1',
      )
      .get(alert);
    return row === undefined ? null : messageOf(row as Row);
  }

  /** The newest first. */
  all(): StoredMessage[] {
    const rows = this.#db.prepare('SELECT * FROM message ORDER BY number DESC').all();
    return (rows as Row[]).map(messageOf);
  }

  /** False when it was decided on meanwhile. */
  withdraw(id: string, by: string, at: number): boolean {
    return (
      this.#db
        .prepare(
          `UPDATE message SET withdrawn_by = ?, withdrawn_at = ?
           WHERE id = ? AND withdrawn_at IS NULL AND told IS NULL`,
        )
        .run(by, at, id).changes === 1
    );
  }

  /** False when it was decided on meanwhile, or another message about the same alert was signed after `before` (null: none). */
  sign(id: string, before: string | null, by: string, at: number, signed: Buffer): boolean {
    return this.#db
      .transaction(() => {
        const message = this.message(id);
        if (message === null || message.withdrawn !== null || message.signed !== null) return false;
        if ((this.newestOf(message.alert)?.id ?? null) !== before) return false;
        this.#db
          .prepare(
            `UPDATE message SET consented_by = ?, consented_at = ?, signed = ?,
               told = (SELECT coalesce(max(told), 0) + 1 FROM message) WHERE id = ?`,
          )
          .run(by, at, signed, id);
        return true;
      })
      .immediate();
  }

  /** Rises with every message that is signed. */
  newestTold(): number {
    return Number(this.#newest.get());
  }

  /** Of each alert the newest message, the oldest first, while it has not expired. */
  told(now: number): ToldMessage[] {
    const rows = this.#db
      .prepare(
        `SELECT told, municipality, audience, expires, signed FROM message
         WHERE told IN (SELECT max(told) FROM message GROUP BY alert) AND expires > ? ORDER BY told`,
      )
      .all(now) as (Omit<ToldMessage, 'audience'> & { readonly audience: string })[];
    return rows.map((row) => ({ ...row, audience: JSON.parse(row.audience) as string[] }));
  }

  close(): void {
    this.#db.close();
  }
}

function messageOf(row: Row): StoredMessage {
  return {
    id: row.id,
    alert: row.alert,
    municipality: row.municipality,
    draft: JSON.parse(row.draft) as CapDraft,
    document: row.document,
    sha256: row.sha256,
    expires: row.expires,
    audience: JSON.parse(row.audience) as string[],
    proposed: { by: row.proposed_by, at: row.proposed_at },
    withdrawn: saidBy(row.withdrawn_by, row.withdrawn_at),
    consented: saidBy(row.consented_by, row.consented_at),
    signed: row.signed,
  };
}

function saidBy(by: string | null, at: number | null): { by: string; at: number } | null {
  return by === null || at === null ? null : { by, at };
}
