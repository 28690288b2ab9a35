/**
 * Who issues signing certificates (署名用電子証明書), and which of those are revoked: for the centre alone. Terminals judge no
 * signature, so neither is in what is published to them.
 */

import { X509Certificate } from 'node:crypto';
import { readAnchor } from './anchor.ts';
import { entryOf, readCrl } from './crl.ts';
import type { SqliteDatabase } from './database.ts';
import { InputError } from './input-error.ts';
import { readInputFile } from './input-file.ts';
import { sha256 } from './publish.ts';
import { isSignedBy, UnfitError } from './x509-reader.ts';

const CA_BYTES_MAX = 65_536;
const CRL_BYTES_MAX = 67_108_864;

export const SIGNING_AUTHORITY_SCHEMA = `
CREATE TABLE IF NOT EXISTS signing_authority (
  key TEXT PRIMARY KEY, -- SHA-256 of its SubjectPublicKeyInfo
  certificate BLOB NOT NULL, crl_number TEXT NOT NULL, next_update TEXT NOT NULL, crl BLOB NOT NULL
) STRICT, WITHOUT ROWID;
`;

interface SigningAuthority {
  readonly key: string;
  readonly certificate: Buffer;
  readonly crl_number: string;
  readonly next_update: string;
  readonly crl: Buffer;
}

/** `invalid`: known, and expired, not valid yet or revoked. `unknown`: of nobody known, or nobody knows any more. */
export type Standing = 'valid' | 'invalid' | 'unknown';

/**
 * `files`: paths (DER) of a CA certificate and of its newest full CRL, which takes the place of an older one. Throws
 * InputError, then nothing is changed.
 */
export function takeSigningAuthority(
  db: SqliteDatabase,
  files: { readonly ca: string; readonly crl: string },
): void {
  const certificate = read('--ca', files.ca, CA_BYTES_MAX);
  const anchor = checked('--ca', files.ca, () => readAnchor(certificate));
  const der = read('--crl', files.crl, CRL_BYTES_MAX);
  const crl = checked('--crl', files.crl, () => readCrl(der));
  const isOfIts = crl.issuer.equals(anchor.subject) && isSignedBy(crl, anchor.key);
  if (!isOfIts || !anchor.maySignCrls || (crl.authorityKeyId ?? anchor.keyId) !== anchor.keyId) {
    throw new InputError(`--crl ${files.crl} is not of the CA in --ca ${files.ca}`);
  }
  if (crl.base !== null) {
    throw new InputError(`--crl ${files.crl} is a delta CRL; a full one is needed`);
  }
  const key = sha256(anchor.key.export({ type: 'spki', format: 'der' }));
  const held = authorities(db).find((each) => each.key === key);
  if (held !== undefined && crl.number < BigInt(held.crl_number)) {
    throw new InputError(
      `--crl ${files.crl} has CRL number ${crl.number}; number ${held.crl_number} is held already`,
    );
  }
  db.prepare('INSERT OR REPLACE INTO signing_authority VALUES (?, ?, ?, ?, ?)').run(
    key,
    certificate,
    String(crl.number),
    crl.nextUpdate,
    der,
  );
}

/** A list past its nextUpdate says nothing any more: who signs for something may have been revoked since. */
export function signingStanding(db: SqliteDatabase, der: Uint8Array, now: number): Standing {
  const certificate = readCertificate(der);
  if (certificate === null) return 'unknown';
  const issuer = authorities(db).find((each) => {
    return certificate.verify(readAnchor(each.certificate).key);
  });
  if (issuer === undefined || now > Date.parse(issuer.next_update)) return 'unknown';
  const { validFromDate, validToDate, serialNumber } = certificate;
  if (now < validFromDate.getTime() || now > validToDate.getTime()) return 'invalid';
  return entryOf(issuer.crl, BigInt(`0x${serialNumber}`)) === 'revoked' ? 'invalid' : 'valid';
}

function authorities(db: SqliteDatabase): SigningAuthority[] {
  return db.prepare('SELECT * FROM signing_authority').all() as SigningAuthority[];
}

function readCertificate(der: Uint8Array): X509Certificate | null {
  try {
    return new X509Certificate(der);
  } catch {
    return null;
  }
}

function read(option: string, file: string, bytesMax: number): Buffer {
  const bytes = readInputFile(file, bytesMax);
  if (typeof bytes === 'string') throw new InputError(`${option} ${file} ${bytes}`);
  return bytes;
}

function checked<T>(option: string, file: string, readIt: () => T): T {
  try {
    return readIt();
  } catch (error) {
    if (!(error instanceof UnfitError)) throw error;
    throw new InputError(`${option} ${file} ${error.message}`);
  }
}
