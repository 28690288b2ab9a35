/** The organiser's table of tickets: a CSV file with a certificate file for each. Every problem names its place. */

import { createHash, X509Certificate } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { CsvError, parse } from 'csv-parse/sync';
import iconv from 'iconv-lite';
import { LIMITS } from '../src/link/protocol.ts';
import { InputError } from './input-error.ts';

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
  readonly ticket: string;
  readonly seat: string;
  readonly holder: string;
  readonly party: string;
  /** DER. */
  readonly certificate: Buffer;
  /** SHA-256 of the DER, hex. */
  readonly fingerprint: string;
}

/** Reads the whole table. Throws InputError that names each problem by file, line and column. */
export function readEntryCsv(file: string): CsvRow[] {
  const records = parseRecords(file, readText(file));
  const header = readHeader(file, records.shift());
  if (records.length > LIMITS.listRows) {
    throw new InputError(`${file}: ${records.length} rows; a list holds ${LIMITS.listRows}`);
  }
  const reader = new RowReader(file, header);
  const rows = records.flatMap((record) => reader.read(record) ?? []);
  if (reader.problems.length > 0) throw new InputError(...shown(reader.problems));
  if (rows.length === 0) throw new InputError(`${file}: no rows; give one line for each ticket`);
  return rows;
}

function shown(problems: readonly string[]): string[] {
  const more = problems.length - PROBLEMS_SHOWN;
  return more > 0
    ? [...problems.slice(0, PROBLEMS_SHOWN), `... and ${more} more problems`]
    : [...problems];
}

function readText(file: string): string {
  const bytes = readLimited(file, CSV_BYTES_MAX);
  if (typeof bytes === 'string') throw new InputError(`--csv ${file} ${bytes}`);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new InputError(
      `${file} is ${guessEncoding(bytes)}; save it as UTF-8 (Excel: "CSV UTF-8")`,
    );
  }
}

function guessEncoding(bytes: Buffer): string {
  if (bytes.length >= 2 && [0xfeff, 0xfffe].includes(bytes.readUInt16BE(0))) return 'UTF-16 text';
  const readsAsCp932 = !iconv.decode(bytes, 'cp932').includes('\ufffd');
  return readsAsCp932 ? 'not UTF-8 but looks like CP932 (Shift_JIS)' : 'not UTF-8 text';
}

/** The bytes, or what is the matter with the file. */
function readLimited(file: string, bytesMax: number): Buffer | string {
  try {
    if (statSync(file).size > bytesMax) return `is larger than ${bytesMax} bytes`;
    return readFileSync(file);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return code === 'ENOENT' ? 'does not exist' : `cannot be read (${code})`;
  }
}

interface CsvRecord {
  readonly info: { readonly lines: number };
  readonly record: readonly string[];
}

function parseRecords(file: string, text: string): CsvRecord[] {
  try {
    return parse(text, {
      bom: true,
      info: true,
      trim: true,
      skip_empty_lines: true,
      relax_column_count: true,
      max_record_size: RECORD_BYTES_MAX,
    }) as unknown as CsvRecord[];
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    const line = (error as CsvError & { lines?: number }).lines ?? '?';
    throw new InputError(
      `${file}, line ${line}: quotes do not match, or the line is over ${RECORD_BYTES_MAX} bytes; put "" for a quote inside quotes`,
    );
  }
}

function readHeader(file: string, first: CsvRecord | undefined): Column[] {
  const names = first?.record ?? [];
  const right = `the first line names the columns: ${COLUMN_NAMES.join(',')}`;
  const unknown = names.find((name) => !COLUMN_NAMES.includes(name as Column));
  if (unknown !== undefined) {
    throw new InputError(`${file}, line 1: unknown column ${JSON.stringify(unknown)}; ${right}`);
  }
  const missing = REQUIRED.find((name) => !names.includes(name));
  if (missing) throw new InputError(`${file}, line 1: column ${missing} is missing; ${right}`);
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  if (twice) throw new InputError(`${file}, line 1: column ${twice} stands twice; ${right}`);
  return names as Column[];
}

class RowReader {
  readonly problems: string[] = [];
  readonly #file: string;
  readonly #header: readonly Column[];
  readonly #folders: readonly string[];
  readonly #ticketLines = new Map<string, number>();
  readonly #certificateLines = new Map<string, number>();

  constructor(file: string, header: readonly Column[]) {
    this.#file = file;
    this.#header = header;
    this.#folders = [...new Set([resolve(dirname(file)), process.cwd()])];
  }

  /** The row, or null after its problems were noted. */
  read({ info: { lines: line }, record }: CsvRecord): CsvRow | null {
    const before = this.problems.length;
    if (record.length !== this.#header.length) {
      const [found, right] = [record.length, this.#header.length];
      this.#note(line, this.#header.at(-1), `the line has ${found} fields; ${right} are right`);
      return null;
    }
    const fields = { certificate: '', ticket: '', seat: '', holder: '', party: '' };
    for (const [at, name] of this.#header.entries()) {
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
    const der = path === '' ? null : this.#readCertificate(line, path);
    if (!der) return null;
    const fingerprint = createHash('sha256').update(der).digest('hex');
    this.#noteDuplicate(this.#certificateLines, line, 'certificate', fingerprint);
    return this.problems.length > before ? null : { ...said, certificate: der, fingerprint };
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

  #readCertificate(line: number, path: string): Buffer | null {
    let bytes: Buffer | string = '';
    for (const folder of this.#folders) {
      bytes = readLimited(resolve(folder, path), CERTIFICATE_BYTES_MAX);
      if (bytes !== 'does not exist') break;
    }
    if (typeof bytes === 'string') {
      const where = `looked in ${this.#folders.join(' and ')}`;
      this.#note(line, 'certificate', `${path} ${bytes} (${where}); give a PEM or DER file`);
      return null;
    }
    try {
      return new X509Certificate(bytes).raw;
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
    this.problems.push(`${this.#file}, line ${line}, column ${column}: ${problem}`);
  }
}
