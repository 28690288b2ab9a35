/**
 * Applications for usage registration (利用登録), as the clerks of the municipalities have them before them; and what they
 * decide: which register record a user-authentication certificate stands for.
 */

import type { RegistrationState } from '../../src/domain/municipal-certificate.ts';
import type { Application as SignedApplication } from '../../src/link/certificate-protocol.ts';
import type { SqliteDatabase } from '../database.ts';
import { only } from './database.ts';
import type { Applicant, Applied } from './municipalities.ts';

/** What a clerk reads. */
export interface Said extends Pick<SignedApplication, 'domicile' | 'head'> {
  readonly holder: Applicant;
}

export interface Application {
  /** The question's id. */
  readonly id: string;
  readonly question: string;
  readonly terminal: string;
  /** SHA-256 of the DER of the user-authentication certificate, hex. */
  readonly certificate: string;
  /** JSON text, as it was given. */
  readonly answer: string;
  readonly received: number;
  readonly state: 'turned-away' | Exclude<RegistrationState, 'none'>;
  readonly record: string | null;
  readonly decided: number | null;
  readonly why: string | null;
}

/** One that a clerk has to decide, or has decided. */
export interface Filed extends Application {
  readonly state: Exclude<RegistrationState, 'none'>;
  readonly number: string;
  readonly municipality: string;
  /** YYYY-MM-DD */
  readonly expected: string;
  readonly said: Said;
}

export interface Binding {
  readonly municipality: string;
  readonly record: string;
  /** Of the certificate. */
  readonly der: Buffer;
}

export type Received = Pick<
  Application,
  'id' | 'question' | 'terminal' | 'certificate' | 'received'
>;

export interface Decision {
  readonly at: number;
  readonly by: string;
}

/** The application was decided meanwhile, or there is none of this number. */
export class NotPendingError extends Error {
  override readonly name = 'NotPendingError';
}

type Row = Omit<Filed, 'said'> & { readonly said: string | null; readonly der: Buffer | null };

export class Applications {
  readonly #db: SqliteDatabase;

  constructor(db: SqliteDatabase) {
    this.#db = db;
  }

  get(id: string): Application | null {
    return only<Application>(this.#db.prepare('SELECT * FROM application WHERE id = ?').get(id));
  }

  turnAway(received: Received, answer: string, why: string): void {
    this.#db
      .prepare(
        `INSERT INTO application (id, question, terminal, certificate, received, answer, state, why)
         VALUES (@id, @question, @terminal, @certificate, @received, @answer, 'turned-away', @why)
         ON CONFLICT DO NOTHING`,
      )
      .run({ ...received, answer, why });
  }

  /** `answerOf`: the JSON text of the answer, which names the number that the application gets. */
  file(
    received: Received,
    { municipality, domicile, head, holder }: Applied,
    filed: { readonly expected: string; readonly der: Buffer },
    answerOf: (number: string) => string,
  ): void {
    this.#db
      .transaction(() => {
        const last = this.#db.prepare('SELECT max(arrival) FROM application').pluck().get();
        const number = `${municipality}-${String(Number(last ?? 0) + 1).padStart(6, '0')}`;
        const said: Said = { domicile, head, holder };
        this.#db
          .prepare(
            `INSERT INTO application (id, question, terminal, certificate, received, answer, state,
               number, municipality, expected, said, der)
             VALUES (@id, @question, @terminal, @certificate, @received, @answer, 'pending',
               @number, @municipality, @expected, @said, @der)`,
          )
          .run({
            ...received,
            ...filed,
            municipality,
            number,
            answer: answerOf(number),
            said: JSON.stringify(said),
          });
      })
      .immediate();
  }

  /** The newest of this holder that a clerk got. */
  newestOf(certificate: string): Filed | null {
    const select = this.#db.prepare(
      `SELECT * FROM application WHERE certificate = ? AND state <> 'turned-away'
       ORDER BY arrival DESC LIMIT 1`,
    );
    return filedOf(select.get(certificate));
  }

  byNumber(number: string): Filed | null {
    return filedOf(this.#db.prepare('SELECT * FROM application WHERE number = ?').get(number));
  }

  /** In order of arrival. */
  filed(): Filed[] {
    const select = `SELECT * FROM application WHERE state <> 'turned-away' ORDER BY arrival`;
    return this.#db.prepare(select).all().flatMap(orNone);
  }

  /** Those that came before `before` and wait, in order of arrival. */
  pending(before: number): Filed[] {
    const select = `SELECT * FROM application WHERE state = 'pending' AND received < ? ORDER BY arrival`;
    return this.#db.prepare(select).all(before).flatMap(orNone);
  }

  /** Binds the certificate to the record. Throws NotPendingError. */
  accept(number: string, record: string, { at, by }: Decision): void {
    this.#db
      .transaction(() => {
        const row = this.#pending(number);
        this.#db
          .prepare(
            `INSERT OR REPLACE INTO binding (certificate, municipality, record, der, application, at)
             VALUES (?, ?, ?, ?, ?, ?)`,
          )
          .run(row.certificate, row.municipality, record, row.der, row.id, at);
        this.#decide(number, 'accepted', { at, by, why: null, record });
      })
      .immediate();
  }

  /** Throws NotPendingError. */
  refuse(number: string, why: string, { at, by }: Decision): void {
    this.#db
      .transaction(() => {
        this.#pending(number);
        this.#decide(number, 'refused', { at, by, why, record: null });
      })
      .immediate();
  }

  /** Where the registered domicile of this holder is, by their newest registration. */
  bindingOf(certificate: string): Binding | null {
    const select = this.#db.prepare(
      'SELECT municipality, record, der FROM binding WHERE certificate = ? ORDER BY at DESC LIMIT 1',
    );
    return only<Binding>(select.get(certificate));
  }

  bindings(): Binding[] {
    const select = 'SELECT municipality, record, der FROM binding ORDER BY at';
    return this.#db.prepare(select).all() as Binding[];
  }

  #pending(number: string): Row {
    const row = only<Row>(
      this.#db.prepare('SELECT * FROM application WHERE number = ?').get(number),
    );
    if (row?.state === 'pending') return row;
    throw new NotPendingError(
      row === null ? 'there is no such application' : `it was ${row.state} before`,
    );
  }

  #decide(
    number: string,
    state: 'accepted' | 'refused',
    decided: Decision & { readonly why: string | null; readonly record: string | null },
  ): void {
    this.#db
      .prepare(
        `UPDATE application SET state = @state, decided = @at, decided_by = @by, why = @why, record = @record,
           der = NULL WHERE number = @number`,
      )
      .run({ number, state, ...decided });
  }
}

function filedOf(row: unknown): Filed | null {
  const found = only<Row>(row);
  if (found === null) return null;
  return { ...found, said: JSON.parse(found.said ?? '') as Said };
}

function orNone(row: unknown): Filed[] {
  const filed = filedOf(row);
  return filed === null ? [] : [filed];
}
