/** Whose certificate stands for which register record, as municipalities know it of their residents: told by a table. */

import { X509Certificate } from 'node:crypto';
import { dirname, resolve } from 'node:path';
import { CsvError, parse } from 'csv-parse/sync';
import type { SqliteDatabase } from '../database.ts';
import { InputError } from '../input-error.ts';
import { readInputFile } from '../input-file.ts';

const CSV_BYTES_MAX = 1_048_576;
const CERTIFICATE_BYTES_MAX = 65_536;
const HEADER = 'certificate,record';

export interface HolderOfRecord {
  readonly record: string;
  /** Of the user-authentication certificate. */
  readonly der: Buffer;
}

export class Holders {
  readonly #db: SqliteDatabase;

  constructor(db: SqliteDatabase) {
    this.#db = db;
  }

  /**
   * Takes a CSV file with the path of each certificate and the record of its holder; a later table changes them. Throws
   * InputError, then nothing. `hasRecord`: whether there is such a record.
   */
  take(file: string, hasRecord: (record: string) => boolean): number {
    const holders = readHolders(file, hasRecord);
    // A new row each time: whoever looks for what is new finds what was changed, too.
    const put = this.#db.prepare('INSERT OR REPLACE INTO holder (record, der) VALUES (?, ?)');
    this.#db.transaction(() => {
      for (const { record, der } of holders) put.run(record, der);
    })();
    return holders.length;
  }

  /** Those that were told after `after`, and where the last one is. */
  since(after: number): { readonly upto: number; readonly holders: readonly HolderOfRecord[] } {
    const select = this.#db.prepare('SELECT id, record, der FROM holder WHERE id > ? ORDER BY id');
    const holders = select.all(after) as (HolderOfRecord & { readonly id: number })[];
    return { upto: holders.at(-1)?.id ?? after, holders };
  }
}

function readHolders(file: string, hasRecord: (record: string) => boolean): HolderOfRecord[] {
  const bytes = readInputFile(file, CSV_BYTES_MAX);
  if (typeof bytes === 'string') throw new InputError(`--csv ${file} ${bytes}`);
  const [header, ...rows] = recordsOf(file, bytes);
  if (header?.join(',') !== HEADER) {
    throw new InputError(`${file}, line 1: the first line names the columns: ${HEADER}`);
  }
  return rows.map(([path = '', record = ''], at) => {
    const where = `${file}, line ${at + 2}`;
    if (!hasRecord(record)) throw new InputError(`${where}: there is no record ${record}`);
    return { record, der: readDer(resolve(dirname(file), path), `${where}: certificate ${path}`) };
  });
}

function recordsOf(file: string, bytes: Buffer): string[][] {
  try {
    return parse(bytes, { bom: true, trim: true, skip_empty_lines: true });
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    throw new InputError(`${file} is not a table of two columns: ${error.message}`);
  }
}

function readDer(path: string, where: string): Buffer {
  const bytes = readInputFile(path, CERTIFICATE_BYTES_MAX);
  if (typeof bytes === 'string') throw new InputError(`${where} ${bytes}`);
  try {
    return new X509Certificate(bytes).raw;
  } catch {
    throw new InputError(`${where} is no certificate, in DER or PEM`);
  }
}
