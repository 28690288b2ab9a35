/** The organiser's table of tickets: a CSV file with a certificate file for each. Every problem names its place. */

import { isUtf8 } from 'node:buffer';
import { createHash, X509Certificate } from 'node:crypto';
import { dirname, resolve } from 'node:path';
import { CsvError, parse } from 'csv-parse/sync';
import iconv from 'iconv-lite';
import type { EvacueeData } from '../src/domain/evacuee-data.ts';
import { LIMITS } from '../src/link/protocol.ts';
import { InputError } from './input-error.ts';
import { readInputFile } from './input-file.ts';

const CSV_BYTES_MAX = 1_073_741_824;
const RECORD_BYTES_MAX = 65_536;
const CERTIFICATE_BYTES_MAX = 65_536;
/** A sealed row says its ticket, seat, holder and party in so many bytes of JSON (padded: 1024). */
const ROW_BYTES_MAX = 1023;
/** Room for `"cancelledAt"` and a time, so that any imported ticket can be cancelled later. */
const CANCELLATION_BYTES = 42;
const PROBLEMS_SHOWN = 20;

/** `characters`: what a terminal accepts in this column. */
const COLUMNS = {
  certificate: { required: true, characters: 4096 },
  ticket: { required: true, characters: 64 },
  seat: { required: true, characters: 100 },
  holder: { required: false, characters: 200 },
  party: { required: false, characters: 64 },
} as const;
type Column = keyof typeof COLUMNS;
const COLUMN_NAMES = Object.keys(COLUMNS) as Column[];
const REQUIRED = COLUMN_NAMES.filter((name) => COLUMNS[name].required);

export interface CsvRow {
  /** Of a list that brings its own reference ids: they are the person's, on whatever list. */
  readonly ref?: string;
  /** Only lists of residents say that. */
  readonly evacuee?: EvacueeData;
  readonly ticket: string;
  readonly seat: string;
  readonly holder: string;
  readonly party: string;
  /** SHA-256 of the certificate's DER, hex. The certificate itself is not kept. */
  readonly fingerprint: string;
}

/** Reads the whole table. Throws InputError that names each problem by file, line and column. */
export function readEntryCsv(file: string): CsvRow[] {
  const reader = new TableReader(file);
  readRecords(file, (fields, line) => reader.read(fields, line));
  return reader.rows();
}

/**
 * Calls `onRecord` for one record after another, with the number of the line that it ends on, so that never more than
 * the bytes of the file and one record are in memory.
 */
function readRecords(
  file: string,
  onRecord: (fields: readonly string[], line: number) => void,
): void {
  try {
    parse(readText(file), {
      bom: true,
      trim: true,
      skip_empty_lines: true,
      relax_column_count: true,
      max_record_size: RECORD_BYTES_MAX,
      on_record(fields: string[], { lines }) {
        onRecord(fields, lines);
        return null;
      },
    });
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    const line = (error as CsvError & { lines?: number }).lines ?? '?';
    throw new InputError(
      `${file}, line ${line}: quotes do not match, or the line is over ${RECORD_BYTES_MAX} bytes; put "" for a quote inside quotes`,
    );
  }
}

function readText(file: string): Buffer {
  const bytes = readInputFile(file, CSV_BYTES_MAX);
  if (typeof bytes === 'string') throw new InputError(`--csv ${file} ${bytes}`);
  if (isUtf8(bytes)) return bytes;
  throw new InputError(`${file} is ${guessEncoding(bytes)}; save it as UTF-8 (Excel: "CSV UTF-8")`);
}

function guessEncoding(bytes: Buffer): string {
  if (bytes.length >= 2 && [0xfeff, 0xfffe].includes(bytes.readUInt16BE(0))) return 'UTF-16 text';
  const readsAsCp932 = !iconv.decode(bytes, 'cp932').includes('\ufffd');
  return readsAsCp932 ? 'not UTF-8 but looks like CP932 (Shift_JIS)' : 'not UTF-8 text';
}

function readHeader(file: string, names: readonly string[]): readonly Column[] {
  const right = `the first line names the columns: ${COLUMN_NAMES.join(',')}`;
  const unknown = names.find((name) => !COLUMN_NAMES.includes(name as Column));
  if (unknown !== undefined) {
    throw new InputError(`${file}, line 1: unknown column ${JSON.stringify(unknown)}; ${right}`);
  }
  const missing = REQUIRED.find((name) => !names.includes(name));
  if (missing) throw new InputError(`${file}, line 1: column ${missing} is missing; ${right}`);
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  if (twice) throw new InputError(`${file}, line 1: column ${twice} stands twice; ${right}`);
  return names as readonly Column[];
}

class TableReader {
  readonly #file: string;
  readonly #folders: readonly string[];
  #header: readonly Column[] | null = null;
  readonly #rows: CsvRow[] = [];
  readonly #ticketLines = new Map<string, number>();
  readonly #certificateLines = new Map<string, number>();
  readonly #problems: string[] = [];
  #problemCount = 0;

  constructor(file: string) {
    this.#file = file;
    this.#folders = [...new Set([resolve(dirname(file)), process.cwd()])];
  }

  /** Takes the next record of the table; the first one names the columns. */
  read(record: readonly string[], line: number): void {
    if (this.#header === null) {
      this.#header = readHeader(this.#file, record);
      return;
    }
    if (this.#rows.length === LIMITS.listRows) {
      throw new InputError(`${this.#file}, line ${line}: a list holds ${LIMITS.listRows} rows`);
    }
    const row = this.#readRow(this.#header, record, line);
    if (row) this.#rows.push(row);
  }

  /** All rows, once every record was read. */
  rows(): CsvRow[] {
    if (this.#header === null) readHeader(this.#file, []);
    const more = this.#problemCount - this.#problems.length;
    if (more > 0) throw new InputError(...this.#problems, `... and ${more} more problems`);
    if (this.#problemCount > 0) throw new InputError(...this.#problems);
    if (this.#rows.length > 0) return this.#rows;
    throw new InputError(`${this.#file}: no rows; give one line for each ticket`);
  }

  /** The row, or null after its problems were noted. */
  #readRow(header: readonly Column[], record: readonly string[], line: number): CsvRow | null {
    const before = this.#problemCount;
    if (record.length !== header.length) {
      const [found, right] = [record.length, header.length];
      this.#note(line, header.at(-1), `the line has ${found} fields; ${right} are right`);
      return null;
    }
    const fields = { certificate: '', ticket: '', seat: '', holder: '', party: '' };
    for (const [at, name] of header.entries()) {
      fields[name] = this.#checkField(line, name, record[at] ?? '');
    }
    this.#noteDuplicate(this.#ticketLines, line, 'ticket', fields.ticket);
    const { certificate: path, ...said } = fields;
    const spent = Buffer.byteLength(JSON.stringify(said)) + CANCELLATION_BYTES;
    if (spent > ROW_BYTES_MAX) {
      const over = spent - ROW_BYTES_MAX;
      this.#note(
        line,
        'holder',
        `the row is ${over} bytes too long in all; shorten seat or holder`,
      );
    }
    const fingerprint = path === '' ? null : this.#readFingerprint(line, path);
    if (!fingerprint) return null;
    this.#noteDuplicate(this.#certificateLines, line, 'certificate', fingerprint);
    return this.#problemCount > before ? null : { ...said, fingerprint };
  }

  #checkField(line: number, name: Column, value: string): string {
    const { required, characters } = COLUMNS[name];
    if (required && value === '') {
      const hint = name === 'seat' ? 'the seat, or 自由席 where there is none' : `a ${name}`;
      this.#note(line, name, `is empty; give ${hint}`);
    } else if (value.length > characters) {
      this.#note(line, name, `has ${value.length} characters; ${characters} at most`);
    } else if (/\p{Cc}/u.test(value)) {
      this.#note(line, name, 'holds a line break or control character; write it on one line');
    }
    return value;
  }

  /** SHA-256 of the certificate's DER, hex; null after its problem was noted. */
  #readFingerprint(line: number, path: string): string | null {
    let bytes: Buffer | string = '';
    for (const folder of this.#folders) {
      bytes = readInputFile(resolve(folder, path), CERTIFICATE_BYTES_MAX);
      if (bytes !== 'does not exist') break;
    }
    if (typeof bytes === 'string') {
      const where = `looked in ${this.#folders.join(' and ')}`;
      this.#note(line, 'certificate', `${path} ${bytes} (${where}); give a PEM or DER file`);
      return null;
    }
    try {
      return createHash('sha256').update(new X509Certificate(bytes).raw).digest('hex');
    } catch {
      this.#note(line, 'certificate', `${path} is not a certificate; give one in PEM or DER`);
      return null;
    }
  }

  #noteDuplicate(seen: Map<string, number>, line: number, column: Column, value: string): void {
    if (value === '') return;
    const first = seen.get(value);
    if (first === undefined) seen.set(value, line);
    else this.#note(line, column, `is the same as on line ${first}; each row needs its own`);
  }

  #note(line: number, column: Column | undefined, problem: string): void {
    this.#problemCount += 1;
    if (this.#problems.length === PROBLEMS_SHOWN) return;
    this.#problems.push(`${this.#file}, line ${line}, column ${column}: ${problem}`);
  }
}
