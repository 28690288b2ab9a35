/** The municipality's register, as far as it is needed when people have to leave: evacuation.db, and the port that others see. */

import { randomBytes } from 'node:crypto';
import type { Need } from '../../src/domain/evacuation.ts';
import type { SqliteDatabase } from '../database.ts';
import { InputError } from '../input-error.ts';
import { openEvacuationDatabase, raiseRevision } from './database.ts';
import type { Evacuee } from './evacuee.ts';

/** Who lives in the municipality. */
export interface Residents {
  /** By the SHA-256 of the DER of their user-authentication certificate, hex. */
  byFingerprint(hex: string): Evacuee | null;
  byRef(ref: string): Evacuee | null;
  all(): Iterable<Evacuee>;
}

/** One line of the register, as it is brought in. */
export interface RegisterEntry extends Omit<Evacuee, 'ref'> {
  /** The person's number there: whoever keeps it keeps their reference id, whatever card they have. */
  readonly number: string;
  /** SHA-256 of the certificate's DER, hex; null: no card. */
  readonly fingerprint: string | null;
}

/** What an import changed. */
export interface Imported {
  readonly added: number;
  readonly changed: number;
  readonly unchanged: number;
  /** Who is in the register no more. */
  readonly removed: number;
}

/** A resident with their number in the register and the card that they have. */
export interface RegisteredEvacuee extends Evacuee {
  readonly number: string;
  readonly fingerprint: string | null;
}

interface Row {
  readonly number: string;
  readonly ref: string;
  readonly certificate: string | null;
  readonly name: string;
  readonly kana: string;
  readonly born: string;
  readonly district: string;
  readonly address: string;
  readonly household: string;
  readonly needs: string;
  readonly support: string;
  readonly protected: number;
  readonly gone: number;
}

const COLUMNS =
  'number, ref, certificate, name, kana, born, district, address, household, needs, support, protected, gone';

export class ResidentStore implements Residents {
  readonly db: SqliteDatabase;

  /** Opens or creates evacuation.db in `directory`. */
  constructor(directory: string) {
    this.db = openEvacuationDatabase(directory);
  }

  /** Code of the municipality whose register, page and clerks these are; null: nobody has said it yet. */
  get municipality(): string | null {
    return (this.db.prepare('SELECT code FROM municipality').pluck().get() as string) ?? null;
  }

  /** It is this municipality's from now on. Throws InputError when it is another's. */
  claim(code: string): void {
    this.db.prepare('INSERT OR IGNORE INTO municipality VALUES (1, ?)').run(code);
    const { municipality } = this;
    if (municipality === code) return;
    throw new InputError(
      `this folder holds the register of ${municipality}; that of ${code} belongs into one of its own`,
    );
  }

  byFingerprint(hex: string): Evacuee | null {
    return this.#one('certificate', hex);
  }

  byRef(ref: string): Evacuee | null {
    return this.#one('ref', ref);
  }

  *all(): Generator<Evacuee> {
    for (const row of this.#rows()) yield evacueeOf(row);
  }

  /** In the order of their numbers. */
  *registered(): Generator<RegisteredEvacuee> {
    for (const row of this.#rows()) {
      yield { ...evacueeOf(row), number: row.number, fingerprint: row.certificate };
    }
  }

  /** How many. */
  get size(): number {
    const select = this.db.prepare('SELECT count(*) FROM resident WHERE gone = 0').pluck();
    return Number(select.get());
  }

  /** How many of those who are in the register are not among these numbers. */
  missing(numbers: ReadonlySet<string>): number {
    return this.#rows().filter(({ number }) => !numbers.has(number)).length;
  }

  /**
   * Takes the whole register in one transaction: whoever it lacks is not in it any more. Numbers and fingerprints are unique in
   * `entries`. The same again changes nothing.
   */
  replace(entries: readonly RegisterEntry[]): Imported {
    return this.db
      .transaction((): Imported => {
        const before = new Map(this.#rows('').map((row) => [row.number, row]));
        const count = { added: 0, changed: 0, unchanged: 0 };
        // A card may have gone from one of them to another.
        this.db.prepare('UPDATE resident SET certificate = NULL').run();
        const put = this.db.prepare(
          `INSERT OR REPLACE INTO resident (${COLUMNS}) VALUES (${'?, '.repeat(12)}?)`,
        );
        for (const entry of entries) {
          const known = before.get(entry.number);
          before.delete(entry.number);
          const row = rowOf(entry, known?.ref ?? randomBytes(16).toString('hex'));
          put.run(...COLUMNS.split(', ').map((name) => row[name as keyof Row]));
          if (known === undefined || known.gone === 1) count.added += 1;
          else if (JSON.stringify(known) === JSON.stringify(row)) count.unchanged += 1;
          else count.changed += 1;
        }
        const left = [...before.values()].filter(({ gone }) => gone === 0);
        const remove = this.db.prepare('UPDATE resident SET gone = 1 WHERE number = ?');
        for (const { number } of left) remove.run(number);
        if (count.added + count.changed + left.length > 0) raiseRevision(this.db);
        return { ...count, removed: left.length };
      })
      .immediate();
  }

  close(): void {
    this.db.close();
  }

  #rows(where = 'WHERE gone = 0'): Row[] {
    const select = this.db.prepare(`SELECT ${COLUMNS} FROM resident ${where} ORDER BY number`);
    return select.all() as Row[];
  }

  #one(column: 'certificate' | 'ref', value: string): Evacuee | null {
    const select = this.db.prepare(
      `SELECT ${COLUMNS} FROM resident WHERE ${column} = ? AND gone = 0`,
    );
    const row = select.get(value) as Row | undefined;
    return row === undefined ? null : evacueeOf(row);
  }
}

function evacueeOf(row: Row): Evacuee {
  const { ref, name, kana, born, district, address, household, support } = row;
  const needs = row.needs === '' ? [] : (row.needs.split(' ') as Need[]);
  const said = { ref, name, kana, born, district, address, household, needs, support };
  return { ...said, protected: row.protected === 1 };
}

function rowOf(entry: RegisterEntry, ref: string): Row {
  const { number, fingerprint, name, kana, born, district, address, household, support } = entry;
  return {
    ...{ number, ref, certificate: fingerprint, name, kana, born, district, address, household },
    needs: entry.needs.join(' '),
    support,
    protected: entry.protected ? 1 : 0,
    gone: 0,
  };
}
