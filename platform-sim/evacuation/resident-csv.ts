/** The municipality's register as a CSV file, with a certificate file for whoever has a card. Every problem names its place. */

import { isUtf8 } from 'node:buffer';
import { createHash, X509Certificate } from 'node:crypto';
import { dirname, resolve } from 'node:path';
import { CsvError, parse } from 'csv-parse/sync';
import { NEEDS, type Need } from '../../src/domain/evacuation.ts';
import { InputError } from '../input-error.ts';
import { readInputFile } from '../input-file.ts';
import type { District } from './evacuee.ts';
import type { RegisterEntry } from './residents.ts';

const CSV_BYTES_MAX = 268_435_456;
const RECORD_BYTES_MAX = 65_536;
const CERTIFICATE_BYTES_MAX = 65_536;
const RESIDENTS_MAX = 1_000_000;
const PROBLEMS_SHOWN = 20;

/** `least`, `most`: characters. */
const COLUMNS = {
  certificate: { least: 0, most: 4_096 },
  number: { least: 1, most: 64 },
  name: { least: 1, most: 100 },
  kana: { least: 1, most: 100 },
  born: { least: 10, most: 10 },
  district: { least: 1, most: 40 },
  address: { least: 1, most: 100 },
  household: { least: 1, most: 64 },
  needs: { least: 0, most: 100 },
  support: { least: 0, most: 100 },
  protected: { least: 0, most: 100 },
} as const;
type Column = keyof typeof COLUMNS;
const COLUMN_NAMES = Object.keys(COLUMNS) as Column[];
type Fields = Readonly<Record<Column, string>>;

/** Reads the whole register. Throws InputError that names each problem by file, line and column. */
export function readResidentCsv(file: string, districts: readonly District[]): RegisterEntry[] {
  const [header, ...records] = recordsOf(file);
  if (header?.record.join(',') !== COLUMN_NAMES.join(',')) {
    throw new InputError(
      `${file}, line 1: the first line names the columns: ${COLUMN_NAMES.join(',')}`,
    );
  }
  if (records.length > RESIDENTS_MAX) {
    throw new InputError(`${file}: a register holds ${RESIDENTS_MAX} people`);
  }
  const reader = new RegisterReader(file, districts);
  const entries = records.flatMap(({ record, line }) => reader.read(record, line) ?? []);
  reader.check();
  if (entries.length === 0) throw new InputError(`${file}: no rows; give one line a person`);
  return entries;
}

interface Numbered {
  readonly record: string[];
  /** The line that it ends on. */
  readonly line: number;
}

function recordsOf(file: string): Numbered[] {
  const bytes = readInputFile(file, CSV_BYTES_MAX);
  if (typeof bytes === 'string') throw new InputError(`${file} ${bytes}`);
  if (!isUtf8(bytes)) throw new InputError(`${file} is not UTF-8 text (Excel: "CSV UTF-8")`);
  try {
    const numbered: Numbered[] = [];
    parse(bytes, {
      bom: true,
      trim: true,
      skip_empty_lines: true,
      relax_column_count: true,
      max_record_size: RECORD_BYTES_MAX,
      on_record(record: string[], { lines }) {
        numbered.push({ record, line: lines });
        return null;
      },
    });
    return numbered;
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    const line = (error as CsvError & { lines?: number }).lines ?? '?';
    throw new InputError(
      `${file}, line ${line}: quotes do not match, or the line is over ${RECORD_BYTES_MAX} bytes`,
    );
  }
}

class RegisterReader {
  readonly #file: string;
  readonly #districts: ReadonlyMap<string, District>;
  readonly #numbers = new Map<string, number>();
  readonly #certificates = new Map<string, number>();
  readonly #problems: string[] = [];
  #problemCount = 0;

  constructor(file: string, districts: readonly District[]) {
    this.#file = file;
    this.#districts = new Map(districts.map((district) => [district.id, district]));
  }

  /** The entry, or null after its problems were noted. */
  read(record: readonly string[], line: number): RegisterEntry | null {
    if (record.length !== COLUMN_NAMES.length) {
      const right = `${COLUMN_NAMES.length} are right`;
      this.#note(line, 'protected', `the line has ${record.length} fields; ${right}`);
      return null;
    }
    const fields = Object.fromEntries(
      COLUMN_NAMES.map((name, at) => [name, this.#field(line, name, record[at] ?? '')]),
    ) as Fields;
    const { number, name, kana, born, district, address, household, support } = fields;
    this.#noteTwice(this.#numbers, line, 'number', number);
    if (!isDate(born)) this.#note(line, 'born', `${quoted(born)} is no date like 1990-04-01`);
    if (!this.#districts.has(district)) {
      const known = [...this.#districts.keys()].join(', ');
      this.#note(line, 'district', `${quoted(district)} is none; there are: ${known}`);
    }
    const fingerprint = this.#fingerprint(line, fields.certificate);
    const needs = this.#needs(line, fields.needs);
    const said = { number, name, kana, born, district, address, household, support };
    return { ...said, fingerprint, needs, protected: this.#protected(line, fields.protected) };
  }

  /** Throws InputError when there was a problem. */
  check(): void {
    const more = this.#problemCount - this.#problems.length;
    if (more > 0) throw new InputError(...this.#problems, `... and ${more} more problems`);
    if (this.#problemCount > 0) throw new InputError(...this.#problems);
  }

  #field(line: number, name: Column, value: string): string {
    const { least, most } = COLUMNS[name];
    if (value === '' && least > 0) this.#note(line, name, 'is empty');
    else if (value.length > most) {
      this.#note(line, name, `has ${value.length} characters; ${most} at most`);
    } else if (/\p{Cc}/u.test(value)) {
      this.#note(line, name, 'holds a line break or control character');
    }
    return value;
  }

  #needs(line: number, text: string): Need[] {
    const said = text.split(/[\s;]+/u).filter((word) => word !== '');
    const wrong = said.find((word) => !(NEEDS as readonly string[]).includes(word));
    if (wrong !== undefined) {
      this.#note(line, 'needs', `${quoted(wrong)} is none; there are: ${NEEDS.join(', ')}`);
    }
    return NEEDS.filter((need) => said.includes(need));
  }

  #protected(line: number, text: string): boolean {
    if (text !== '' && text !== 'yes') {
      this.#note(line, 'protected', `${quoted(text)}: yes, or empty`);
    }
    return text === 'yes';
  }

  #fingerprint(line: number, path: string): string | null {
    if (path === '') return null;
    const bytes = readInputFile(resolve(dirname(this.#file), path), CERTIFICATE_BYTES_MAX);
    if (typeof bytes === 'string') {
      this.#note(line, 'certificate', `${path} ${bytes}; give a PEM or DER file, or nothing`);
      return null;
    }
    try {
      const { raw } = new X509Certificate(bytes);
      const fingerprint = createHash('sha256').update(raw).digest('hex');
      this.#noteTwice(this.#certificates, line, 'certificate', fingerprint);
      return fingerprint;
    } catch {
      this.#note(line, 'certificate', `${path} is not a certificate; give one in PEM or DER`);
      return null;
    }
  }

  #noteTwice(seen: Map<string, number>, line: number, column: Column, value: string): void {
    if (value === '') return;
    const first = seen.get(value);
    if (first === undefined) seen.set(value, line);
    else this.#note(line, column, `is the same as on line ${first}`);
  }

  #note(line: number, column: Column, problem: string): void {
    this.#problemCount += 1;
    if (this.#problems.length === PROBLEMS_SHOWN) return;
    this.#problems.push(`${this.#file}, line ${line}, column ${column}: ${problem}`);
  }
}

function isDate(text: string): boolean {
  const at = Date.parse(`${text}T00:00:00Z`);
  return !Number.isNaN(at) && new Date(at).toISOString().slice(0, 10) === text;
}

function quoted(text: string): string {
  return JSON.stringify(text);
}
