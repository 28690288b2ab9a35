/**
 * CRLs of every scope (RFC 5280 5), for paths in general: of one distribution point, of some
 * reasons, of CAs, or indirect. `crl-reader.ts` reads the direct lists of cards, which are large;
 * these are small.
 */

import { type Signed, signatureAlgorithm } from './algorithms.ts';
import { anySerialKey } from './certificate.ts';
import {
  type CrlHead,
  type CrlIdentity,
  readCrlExtensions,
  readCrlHead,
  readIdentity,
  reasonOf,
} from './crl.ts';
import { context, DerReader, TAG, X509Error } from './der.ts';
import {
  type IssuingDistributionPoint,
  readDirectoryNames,
  readIssuingDistributionPoint,
} from './distribution-point.ts';
import { type Extensions, extension, OID, readExtensions } from './extensions.ts';
import { type Name, readName } from './name.ts';

/** Those of intermediate CAs have a handful of entries. */
const MAX_BYTES = 1024 * 1024;
const MAX_ENTRIES = 10_000;

/** A delta (2.5.29.27) is no full list, RFC 5280 5.2.4, and is left out. */
const MAY_BE_CRITICAL: ReadonlySet<string> = new Set([OID.issuingDistributionPoint]);
const ENTRY_MAY_BE_CRITICAL: ReadonlySet<string> = new Set([OID.reasonCode, OID.certificateIssuer]);

export interface ScopedCrl extends Signed, CrlIdentity, Omit<CrlHead, 'algorithm' | 'issuer'> {
  readonly issuer: Name;
  /** Null: everything that the issuer issued. */
  readonly scope: IssuingDistributionPoint | null;
  /** Reason by `revocationKey`. */
  readonly revoked: ReadonlyMap<string, string>;
}

/** A serial number is unique under the name of its issuer alone. */
export function revocationKey(issuer: Name, serial: string): string {
  return `${issuer.key} ${serial}`;
}

/** `der`: one CRL of version 2 that is no delta, and nothing behind it. Throws X509Error. */
export function parseScopedCrl(der: Uint8Array): ScopedCrl {
  if (der.length > MAX_BYTES) throw new X509Error(`${der.length} bytes of CRL`);
  const { head, body, ...signed } = openCrl(der);
  const issuer = readName(head.issuer);
  const entries = body.nextIs(TAG.sequence) ? body.enter(TAG.sequence) : null;
  const wrapper = body.enter(context.constructed(0));
  body.end();
  const extensions = readCrlExtensions(wrapper, MAY_BE_CRITICAL);
  const scope = extension(extensions, OID.issuingDistributionPoint, readIssuingDistributionPoint);
  const revoked =
    entries === null ? new Map<string, string>() : readEntries(entries, issuer, scope);
  const { thisUpdate, nextUpdate } = head;
  return { ...signed, issuer, thisUpdate, nextUpdate, scope, revoked, ...readIdentity(extensions) };
}

/** `body`: what stands behind `head` in what is signed. */
function openCrl(der: Uint8Array): Signed & { readonly head: CrlHead; readonly body: DerReader } {
  const file = new DerReader(der);
  const outer = file.enter(TAG.sequence);
  file.end();
  const tbs = outer.whole(TAG.sequence);
  const algorithm = outer.whole(TAG.sequence);
  const signature = outer.octetAlignedBits();
  outer.end();
  const body = new DerReader(tbs).enter(TAG.sequence);
  const head = readCrlHead(body);
  // RFC 5280 5.1.1.2
  if (!head.algorithm.equals(algorithm)) throw new X509Error('two signature algorithms named');
  return { tbs, algorithm: signatureAlgorithm(algorithm), signature, head, body };
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
    const { serial, reason, extensions } = readEntry(list.enter(TAG.sequence));
    // RFC 5280 5.3.3: it holds for the entries that follow, too.
    const named = extensions && extension(extensions, OID.certificateIssuer, readIssuers);
    if (named !== null) {
      if (!scope?.indirect) throw new X509Error('a direct CRL names another issuer');
      issuers = named;
    }
    for (const issuer of issuers) revoked.set(revocationKey(issuer, serial), reason);
  }
  return revoked;
}

function readEntry(entry: DerReader): {
  readonly serial: string;
  readonly reason: string;
  readonly extensions: Extensions | null;
} {
  const serial = anySerialKey(entry);
  entry.content(entry.nextIs(TAG.utcTime) ? TAG.utcTime : TAG.generalizedTime);
  const extensions = entry.atEnd ? null : readExtensions(entry, ENTRY_MAY_BE_CRITICAL);
  entry.end();
  const reason = reasonOf(extensions);
  if (reason === 'removeFromCRL') throw new X509Error('a full CRL takes an entry back');
  return { serial, reason, extensions };
}

function readIssuers(reader: DerReader): readonly Name[] {
  const issuers = readDirectoryNames(reader.enter(TAG.sequence));
  if (issuers.length === 0) throw new X509Error('an entry is of no issuer');
  return issuers;
}
