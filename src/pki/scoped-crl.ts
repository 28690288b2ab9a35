/**
 * CRLs of every scope (RFC 5280 5), for paths in general: of one distribution point, of some
 * reasons, of CAs, or indirect. `crl.ts` reads the complete and direct lists of cards, which are
 * large; these are small.
 */

import type { Signed } from './algorithms.ts';
import { anySerialKey } from './certificate.ts';
import { openCrl, readCrlExtensions, readEntry, readIdentity, reasonOf } from './crl.ts';
import { type DerReader, TAG, X509Error } from './der.ts';
import {
  type IssuingDistributionPoint,
  readDirectoryNames,
  readIssuingDistributionPoint,
} from './distribution-point.ts';
import { extension, OID } from './extensions.ts';
import { type Name, readName } from './name.ts';

/** Those of intermediate CAs have a handful of entries. */
const MAX_BYTES = 1024 * 1024;
const MAX_ENTRIES = 10_000;

/** A delta (2.5.29.27) is no full list, RFC 5280 5.2.4, and is left out. */
const MAY_BE_CRITICAL: ReadonlySet<string> = new Set([OID.issuingDistributionPoint]);
const ENTRY_MAY_BE_CRITICAL: ReadonlySet<string> = new Set([OID.reasonCode, OID.certificateIssuer]);

export interface ScopedCrl extends Signed {
  readonly issuer: Name;
  /** Hex; null when absent. */
  readonly authorityKeyId: string | null;
  readonly number: bigint;
  /** Milliseconds since the epoch. */
  readonly thisUpdate: number;
  readonly nextUpdate: number;
  /** Null: everything that the issuer issued. */
  readonly scope: IssuingDistributionPoint | null;
  /** Reason by `revocationKey`. */
  readonly revoked: ReadonlyMap<string, string>;
}

/** A serial number is unique under the name of its issuer alone. */
export function revocationKey(issuer: Name, serial: string): string {
  return `${issuer.key} ${serial}`;
}

/** `der`: one CRL of version 2 that is no delta. Throws X509Error. */
export function parseScopedCrl(der: Uint8Array): ScopedCrl {
  if (der.length > MAX_BYTES) throw new X509Error(`${der.length} bytes of CRL`);
  const { rest, ...opened } = openCrl(der);
  const issuer = readName(opened.issuer);
  const entries = rest.nextIs(TAG.sequence) ? rest.enter(TAG.sequence) : null;
  const extensions = readCrlExtensions(rest, MAY_BE_CRITICAL);
  const scope = extension(extensions, OID.issuingDistributionPoint, readIssuingDistributionPoint);
  const revoked =
    entries === null ? new Map<string, string>() : readEntries(entries, issuer, scope);
  return { ...opened, issuer, scope, revoked, ...readIdentity(extensions) };
}

function readEntries(
  list: DerReader,
  crlIssuer: Name,
  scope: IssuingDistributionPoint | null,
): ReadonlyMap<string, string> {
  const revoked = new Map<string, string>();
  let issuers: readonly Name[] = [crlIssuer];
  for (let count = 1; !list.atEnd; count += 1) {
    if (count > MAX_ENTRIES) throw new X509Error('too many entries');
    const { serial, extensions } = readEntry(list, anySerialKey, ENTRY_MAY_BE_CRITICAL);
    // RFC 5280 5.3.3: it holds for the entries that follow, too.
    const named = extensions && extension(extensions, OID.certificateIssuer, readIssuers);
    if (named !== null) {
      if (!scope?.indirect) throw new X509Error('a direct CRL names another issuer');
      issuers = named;
    }
    for (const issuer of issuers) revoked.set(revocationKey(issuer, serial), reasonOf(extensions));
  }
  return revoked;
}

function readIssuers(reader: DerReader): readonly Name[] {
  const issuers = readDirectoryNames(reader.enter(TAG.sequence));
  if (issuers.length === 0) throw new X509Error('an entry is of no issuer');
  return issuers;
}
