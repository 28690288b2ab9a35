/**
 * register.db: what the world knows of the holders of certificates, as the authority and the municipalities do: whose
 * certificate stands how, when they were born, and which two certificates are of one person. People are known by the SHA-256
 * of their certificate alone.
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
import {
  SIGNING_AUTHORITY_SCHEMA,
  type Standing,
  signingStanding,
  takeSigningAuthority,
} from './signing-authorities.ts';

const CSV_BYTES_MAX = 67_108_864;
const CERTIFICATE_BYTES_MAX = 65_536;
const HEADERS: readonly string[] = ['certificate,born', 'certificate,born,signing'];

const SCHEMA = `
CREATE TABLE IF NOT EXISTS holder (
  certificate TEXT PRIMARY KEY, -- SHA-256 of its DER; the certificate itself is kept nowhere
  born TEXT NOT NULL -- YYYY-MM-DD
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS signing (
  certificate TEXT PRIMARY KEY, -- SHA-256 of a signing certificate
  holder TEXT NOT NULL -- SHA-256 of the user-authentication certificate of the same person
) STRICT, WITHOUT ROWID;
${SIGNING_AUTHORITY_SCHEMA}
CREATE TABLE IF NOT EXISTS answered (service TEXT PRIMARY KEY, count INTEGER NOT NULL) STRICT, WITHOUT ROWID;
`;

export class Register {
  readonly #db: SqliteDatabase;
  readonly #registry: Registry;

  constructor(directory: string, registry: Registry) {
    this.#db = openDatabase(directory, 'register.db', SCHEMA, 2);
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

  /** The same of a signing certificate, by the authorities for signatures and their lists. */
  signingStanding(der: Uint8Array, now: number): Standing {
    return signingStanding(this.#db, der, now);
  }

  /** Takes an authority for signatures with its newest CRL, or a newer CRL of one. Throws InputError, then nothing. */
  takeSigningAuthority(files: { readonly ca: string; readonly crl: string }): void {
    takeSigningAuthority(this.#db, files);
  }

  /** Whether both certificates are known to be of the same person: the user-authentication and the signing one. */
  isOneHolder(authentication: Uint8Array, signing: Uint8Array): boolean {
    const select = this.#db.prepare('SELECT holder FROM signing WHERE certificate = ?').pluck();
    return select.get(fingerprint(signing)) === fingerprint(authentication);
  }

  /** YYYY-MM-DD; null when the holder is not in the register. */
  bornOf(der: Uint8Array): string | null {
    const select = this.#db.prepare('SELECT born FROM holder WHERE certificate = ?').pluck();
    return (select.get(fingerprint(der)) as string | undefined) ?? null;
  }

  /**
   * Takes a CSV file with the path of each certificate, its holder's date of birth, and, where there is one, the path of
   * their signing certificate. Throws InputError, then nothing.
   */
  take(file: string): number {
    const holders = readHolders(file);
    const put = this.#db.prepare('INSERT OR REPLACE INTO holder (certificate, born) VALUES (?, ?)');
    const link = this.#db.prepare(
      'INSERT OR REPLACE INTO signing (certificate, holder) VALUES (?, ?)',
    );
    this.#db.transaction(() => {
      for (const { certificate, born, signing } of holders) {
        put.run(certificate, born);
        if (signing !== null) link.run(signing, certificate);
      }
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

interface Holder {
  /** SHA-256, hex. */
  readonly certificate: string;
  readonly born: string;
  readonly signing: string | null;
}

function readHolders(file: string): Holder[] {
  const bytes = readInputFile(file, CSV_BYTES_MAX);
  if (typeof bytes === 'string') throw new InputError(`--csv ${file} ${bytes}`);
  const [header, ...rows] = recordsOf(file, bytes);
  if (!HEADERS.includes(header?.join(',') ?? '')) {
    throw new InputError(`${file}, line 1: the first line names the columns: ${HEADERS[0]}`);
  }
  return rows.map((fields, at) => readHolder(fields, file, at + 2));
}

function recordsOf(file: string, bytes: Buffer): string[][] {
  try {
    return parse(bytes, { bom: true, trim: true, skip_empty_lines: true });
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    throw new InputError(`${file} is not a table of these columns: ${error.message}`);
  }
}

function readHolder(
  [path = '', born = '', signing = '']: readonly string[],
  file: string,
  line: number,
): Holder {
  const where = `${file}, line ${line}`;
  if (!isDate(born)) {
    throw new InputError(`${where}: born ${JSON.stringify(born)} is no date like 1990-04-01`);
  }
  const fingerprintOf = (name: string) => fingerprintIn(resolve(dirname(file), name), name, where);
  const signs = signing === '' ? null : fingerprintOf(signing);
  return { certificate: fingerprintOf(path), born, signing: signs };
}

function fingerprintIn(path: string, name: string, where: string): string {
  const bytes = readInputFile(path, CERTIFICATE_BYTES_MAX);
  if (typeof bytes === 'string') throw new InputError(`${where}: certificate ${name} ${bytes}`);
  const certificate = readCertificate(bytes);
  if (certificate !== null) return fingerprint(certificate.raw);
  throw new InputError(`${where}: certificate ${name} is no certificate, in DER or PEM`);
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
