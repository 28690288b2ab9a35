/**
 * register.db: what the world knows of the holders of certificates, as the authority and the municipalities do: whose
 * certificate stands how, and when they were born. People are known by the SHA-256 of their certificate alone.
 */

import { createHash, X509Certificate } from 'node:crypto';
import { dirname, resolve } from 'node:path';
import { CsvError, parse } from 'csv-parse/sync';
import { readAnchor } from './anchor.ts';
import { entryOf } from './crl.ts';
import { openDatabase, type SqliteDatabase } from './database.ts';
import { InputError } from './input-error.ts';
import { readInputFile } from './input-file.ts';
import type { Registry } from './registry.ts';

const CSV_BYTES_MAX = 67_108_864;
const CERTIFICATE_BYTES_MAX = 65_536;
const HEADER = 'certificate,born';

const SCHEMA = `
CREATE TABLE IF NOT EXISTS holder (
  certificate TEXT PRIMARY KEY, -- SHA-256 of its DER; the certificate itself is kept nowhere
  born TEXT NOT NULL -- YYYY-MM-DD
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS answered (service TEXT PRIMARY KEY, count INTEGER NOT NULL) STRICT, WITHOUT ROWID;
`;

/** `invalid`: known, and expired, not valid yet or revoked. `unknown`: of no authority that is known here. */
export type Standing = 'valid' | 'invalid' | 'unknown';

export class Register {
  readonly #db: SqliteDatabase;
  readonly #registry: Registry;

  constructor(directory: string, registry: Registry) {
    this.#db = openDatabase(directory, 'register.db', SCHEMA, 1);
    this.#registry = registry;
  }

  /** By the authorities and revocation lists that terminals are told of, too. `now`: ms since the epoch. */
  standing(der: Uint8Array, now: number): Standing {
    const certificate = readCertificate(der);
    if (certificate === null) return 'unknown';
    const issuer = this.#anchors().find(({ key }) => certificate.verify(key));
    if (issuer === undefined) return 'unknown';
    const { validFromDate, validToDate, serialNumber } = certificate;
    if (now < validFromDate.getTime() || now > validToDate.getTime()) return 'invalid';
    return this.#isRevoked(issuer.issuerKey, BigInt(`0x${serialNumber}`)) ? 'invalid' : 'valid';
  }

  /** YYYY-MM-DD; null when the holder is not in the register. */
  bornOf(der: Uint8Array): string | null {
    const select = this.#db.prepare('SELECT born FROM holder WHERE certificate = ?').pluck();
    return (select.get(fingerprint(der)) as string | undefined) ?? null;
  }

  /** Takes a CSV file with the path of each certificate and its holder's date of birth. Throws InputError, then nothing. */
  take(file: string): number {
    const holders = readHolders(file);
    const put = this.#db.prepare('INSERT OR REPLACE INTO holder (certificate, born) VALUES (?, ?)');
    this.#db.transaction(() => {
      for (const { certificate, born } of holders) put.run(certificate, born);
    })();
    return holders.length;
  }

  /** One more question of this service has an answer: all that is kept of it. */
  count(service: string): void {
    this.#db
      .prepare(
        'INSERT INTO answered VALUES (?, 1) ON CONFLICT (service) DO UPDATE SET count = count + 1',
      )
      .run(service);
  }

  answered(service: string): number {
    const select = this.#db.prepare('SELECT count FROM answered WHERE service = ?').pluck();
    return (select.get(service) as number | undefined) ?? 0;
  }

  close(): void {
    this.#db.close();
  }

  #anchors() {
    const select = this.#registry.db.prepare('SELECT issuer_key, der FROM anchor ORDER BY id');
    return (select.all() as { issuer_key: string; der: Buffer }[]).map(({ issuer_key, der }) => {
      return { issuerKey: issuer_key, key: readAnchor(der).key };
    });
  }

  /** A delta, where there is one, speaks before the list that it builds on. */
  #isRevoked(issuerKey: string, serial: bigint): boolean {
    const select = this.#registry.db
      .prepare('SELECT der FROM revocation_list WHERE issuer_key = ? ORDER BY base IS NULL')
      .pluck();
    for (const der of select.all(issuerKey) as Buffer[]) {
      const entry = entryOf(der, serial);
      if (entry !== null) return entry === 'revoked';
    }
    return false;
  }
}

function readHolders(file: string): { readonly certificate: string; readonly born: string }[] {
  const bytes = readInputFile(file, CSV_BYTES_MAX);
  if (typeof bytes === 'string') throw new InputError(`--csv ${file} ${bytes}`);
  const [header, ...rows] = recordsOf(file, bytes);
  if (header?.join(',') !== HEADER) {
    throw new InputError(`${file}, line 1: the first line names the columns: ${HEADER}`);
  }
  return rows.map((fields, at) => readHolder(fields, file, at + 2));
}

function recordsOf(file: string, bytes: Buffer): string[][] {
  try {
    return parse(bytes, { bom: true, trim: true, skip_empty_lines: true });
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    throw new InputError(`${file} is not a table of two columns: ${error.message}`);
  }
}

function readHolder([path = '', born = '']: readonly string[], file: string, line: number) {
  const where = `${file}, line ${line}`;
  if (!isDate(born)) {
    throw new InputError(`${where}: born ${JSON.stringify(born)} is no date like 1990-04-01`);
  }
  const bytes = readInputFile(resolve(dirname(file), path), CERTIFICATE_BYTES_MAX);
  if (typeof bytes === 'string') throw new InputError(`${where}: certificate ${path} ${bytes}`);
  const certificate = readCertificate(bytes);
  if (certificate === null) {
    throw new InputError(`${where}: certificate ${path} is no certificate, in DER or PEM`);
  }
  return { certificate: fingerprint(certificate.raw), born };
}

function isDate(text: string): boolean {
  const at = Date.parse(`${text}T00:00:00Z`);
  return !Number.isNaN(at) && new Date(at).toISOString().slice(0, 10) === text;
}

function readCertificate(bytes: Uint8Array): X509Certificate | null {
  try {
    return new X509Certificate(bytes);
  } catch {
    return null;
  }
}

function fingerprint(der: Uint8Array): string {
  return createHash('sha256').update(der).digest('hex');
}
