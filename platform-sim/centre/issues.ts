/**
 * Transactions of the centre: one a request id, durable before anything is issued. The exact answer and the sealed document
 * are kept until the terminal's facts say how it ended.
 */

import type { DocumentOption, DocumentType } from '../../src/domain/municipal-certificate.ts';
import type { SqliteDatabase } from '../database.ts';
import { only } from './database.ts';

/** `open`: begun, and nothing has left. `issued`: answered; its end is still owed. */
export type IssueState = 'open' | 'issued' | 'refused' | 'printed' | 'voided';

export interface NewIssue {
  /** UUID */
  readonly request: string;
  readonly terminal: string;
  /** SHA-256 of the DER of the certificate whose holder asked, hex. */
  readonly certificate: string;
  /** SHA-256 over what was asked, by whom and where, hex. */
  readonly question: string;
  readonly municipality: string;
  readonly document: DocumentType;
  readonly option: DocumentOption;
  readonly copies: number;
  /** ms since the epoch */
  readonly asked: number;
}

export interface Issue extends NewIssue {
  readonly state: IssueState;
  /** JSON text; null before there was one, and once the issue has ended. */
  readonly answer: string | null;
  readonly ended: number | null;
  readonly why: string | null;
  readonly sheets: number | null;
}

/** A document as it is fetched: ciphertext under its SHA-256 (hex). */
export interface StoredDocument {
  readonly sha256: string;
  readonly bytes: Buffer;
}

export type IssueEnd = {
  readonly state: 'printed' | 'voided';
  readonly at: number;
  readonly why: string | null;
  readonly sheets: number | null;
};

export class Issues {
  readonly #db: SqliteDatabase;

  constructor(db: SqliteDatabase) {
    this.#db = db;
  }

  /** Notes what is asked, durably. What stands under this request already is given back as it is. */
  begin(issue: NewIssue): Issue {
    return this.#db
      .transaction(() => {
        this.#db
          .prepare(
            `INSERT INTO issue (request, terminal, certificate, question, municipality, document, option,
               copies, asked, state)
             VALUES (@request, @terminal, @certificate, @question, @municipality, @document, @option,
               @copies, @asked, 'open')
             ON CONFLICT DO NOTHING`,
          )
          .run(issue);
        const begun = this.get(issue.request);
        if (begun === null) throw new Error('what was just written is not there');
        return begun;
      })
      .immediate();
  }

  get(request: string): Issue | null {
    return only<Issue>(this.#db.prepare('SELECT * FROM issue WHERE request = ?').get(request));
  }

  /** The answer, and with it the document, if one was issued. `alongside` writes in the same transaction. */
  answer(
    request: string,
    answer: string,
    document: StoredDocument | null,
    alongside: () => void,
  ): void {
    this.#db
      .transaction(() => {
        const state: IssueState = document === null ? 'refused' : 'issued';
        const changed = this.#db
          .prepare(`UPDATE issue SET state = ?, answer = ? WHERE request = ? AND state = 'open'`)
          .run(state, answer, request).changes;
        if (changed !== 1) throw new Error('answered twice');
        if (document !== null) {
          this.#db
            .prepare('INSERT INTO document (sha256, request, bytes) VALUES (?, ?, ?)')
            .run(document.sha256, request, document.bytes);
        }
        alongside();
      })
      .immediate();
  }

  /** By the SHA-256 of its ciphertext; undefined once its issue has ended. */
  document(sha256: string): Buffer | undefined {
    const select = this.#db.prepare('SELECT bytes FROM document WHERE sha256 = ?').pluck();
    return select.get(sha256) as Buffer | undefined;
  }

  /**
   * Ends it, and deletes answer and document. Paper outlasts words: what was printed is not voided any more, whichever is
   * heard first. False when nothing changed.
   */
  end(request: string, { state, at, why, sheets }: IssueEnd): boolean {
    return this.#db
      .transaction(() => {
        const from = state === 'printed' ? ['issued', 'open', 'voided'] : ['issued', 'open'];
        const ended = this.#db
          .prepare(
            `UPDATE issue SET state = ?, ended = ?, why = ?, sheets = ?, answer = NULL
             WHERE request = ? AND state IN (SELECT value FROM json_each(?))`,
          )
          .run(state, at, why, sheets, request, JSON.stringify(from)).changes;
        this.#db.prepare('DELETE FROM document WHERE request = ?').run(request);
        return ended === 1;
      })
      .immediate();
  }

  /** Those of which no end is known, asked before `before`, the oldest first. */
  unended(before: number): Issue[] {
    const select = this.#db.prepare(
      `SELECT * FROM issue WHERE state IN ('open', 'issued') AND asked < ? ORDER BY asked`,
    );
    return select.all(before) as Issue[];
  }

  /** Requests of this terminal that came after another one. */
  laterOf(terminal: string, asked: number): string[] {
    const select = this.#db
      .prepare('SELECT request FROM issue WHERE terminal = ? AND asked > ?')
      .pluck();
    return select.all(terminal, asked) as string[];
  }

  /** The newest one that was issued before to another holder, for scenarios; null: there is none. */
  earlierOfOther(certificate: string): Issue | null {
    const select = this.#db.prepare(
      `SELECT * FROM issue WHERE certificate <> ? AND state IN ('issued', 'printed', 'voided')
       ORDER BY asked DESC LIMIT 1`,
    );
    return only<Issue>(select.get(certificate));
  }

  /** The oldest first. */
  *all(): Generator<Issue> {
    const select = this.#db.prepare('SELECT * FROM issue ORDER BY asked, request');
    yield* select.iterate() as IterableIterator<Issue>;
  }
}
