/**
 * Certificate revocation lists (RFC 5280 5), walked as a stream into an index of serial numbers: a
 * national list has millions of entries, and a general ASN.1 parser makes gigabytes of objects of
 * it.
 */

import { setImmediate as nextTurn } from 'node:timers/promises';
import { type Signed, signatureAlgorithm } from './algorithms.ts';
import { serialKey } from './certificate.ts';
import { context, DerReader, TAG, X509Error } from './der.ts';
import {
  type Extensions,
  extension,
  OID,
  readAuthorityKeyIdentifier,
  readExtensions,
} from './extensions.ts';

/** Some three million entries. */
export const MAX_CRL_BYTES = 128 * 1024 * 1024;
/**
 * A few milliseconds of work between two turns of the event loop, so that a tap meanwhile doesn't
 * wait.
 */
const ENTRIES_A_TURN = 8192;

/**
 * Only scope is processed. The delta indicator (2.5.29.27) is left out: a delta is no full list
 * (RFC 5280 5.2.4).
 */
const MAY_BE_CRITICAL: ReadonlySet<string> = new Set([OID.issuingDistributionPoint]);
/** certificateIssuer (5.3.3) is left out: it is critical, and an indirect list is not for us. */
const ENTRY_MAY_BE_CRITICAL: ReadonlySet<string> = new Set([OID.reasonCode]);

/** RFC 5280 5.3.1. 7 is not used; 8, removeFromCRL, is for delta lists alone. */
const REASONS: ReadonlyMap<number, string> = new Map([
  [0, 'unspecified'],
  [1, 'keyCompromise'],
  [2, 'cACompromise'],
  [3, 'affiliationChanged'],
  [4, 'superseded'],
  [5, 'cessationOfOperation'],
  [6, 'certificateHold'],
  [9, 'privilegeWithdrawn'],
  [10, 'aACompromise'],
]);

export interface Crl extends Signed {
  /** DER of the name. */
  readonly issuer: Buffer;
  /** Hex; null when absent. */
  readonly authorityKeyId: string | null;
  readonly number: bigint;
  /** Milliseconds since the epoch. */
  readonly thisUpdate: number;
  readonly nextUpdate: number;
  /**
   * Reason by serial number (`serialKey`). A certificate on hold is on the list, so it counts as
   * revoked.
   */
  readonly revoked: ReadonlyMap<string, string>;
}

/** What every kind of CRL begins with, and a reader of what follows. */
interface OpenedCrl extends Signed {
  /** DER of the name. */
  readonly issuer: Buffer;
  readonly thisUpdate: number;
  readonly nextUpdate: number;
  /** Entries, where there are any, then extensions. */
  readonly rest: DerReader;
}

/** `der`: one CRL of version 2 and nothing behind it. Throws X509Error. */
export function openCrl(der: Uint8Array): OpenedCrl {
  if (der.length > MAX_CRL_BYTES) throw new X509Error(`${der.length} bytes of CRL`);
  const file = new DerReader(der);
  const outer = file.enter(TAG.sequence);
  file.end();
  const tbs = outer.whole(TAG.sequence);
  const algorithm = outer.whole(TAG.sequence);
  const signature = outer.octetAlignedBits();
  outer.end();

  const rest = new DerReader(tbs).enter(TAG.sequence);
  // RFC 5280 5.1.2.1: version 2 is written as 1.
  if (rest.content(TAG.integer).toString('hex') !== '01')
    throw new X509Error('not a version 2 CRL');
  // RFC 5280 5.1.1.2
  if (!rest.whole(TAG.sequence).equals(algorithm))
    throw new X509Error('two signature algorithms named');
  const issuer = rest.whole(TAG.sequence);
  const thisUpdate = rest.time();
  // RFC 5280 5.1.2.5: nextUpdate is there, or nobody could tell a withheld list.
  const nextUpdate = rest.time();
  if (nextUpdate < thisUpdate) throw new X509Error('nextUpdate lies before thisUpdate');
  const signed = { tbs, algorithm: signatureAlgorithm(algorithm), signature };
  return { ...signed, issuer, thisUpdate, nextUpdate, rest };
}

/** The extensions at the end of a CRL. */
export function readCrlExtensions(rest: DerReader, mayBeCritical: ReadonlySet<string>): Extensions {
  const wrapper = rest.enter(context.constructed(0));
  rest.end();
  const extensions = readExtensions(wrapper, mayBeCritical);
  wrapper.end();
  return extensions;
}

/**
 * `der`: one complete, direct CRL of version 2 and nothing behind it. Lets the event loop turn in
 * between, so the bytes must not change meanwhile. Throws X509Error.
 */
export async function parseCrl(der: Uint8Array): Promise<Crl> {
  const { rest, ...opened } = openCrl(der);
  const revoked = rest.nextIs(TAG.sequence)
    ? await readEntries(rest.enter(TAG.sequence))
    : new Map<string, string>();
  const extensions = readCrlExtensions(rest, MAY_BE_CRITICAL);
  return { ...opened, revoked, ...readScope(extensions) };
}

async function readEntries(list: DerReader): Promise<ReadonlyMap<string, string>> {
  const revoked = new Map<string, string>();
  for (let count = 1; !list.atEnd; count += 1) {
    const { serial, extensions } = readEntry(list, serialKey, ENTRY_MAY_BE_CRITICAL);
    revoked.set(serial, reasonOf(extensions));
    if (count % ENTRIES_A_TURN === 0) await nextTurn();
  }
  return revoked;
}

/** RFC 5280 5.1.2.6: one entry; `extensions` is null where it has none. */
export function readEntry(
  list: DerReader,
  readSerial: (reader: DerReader) => string,
  mayBeCritical: ReadonlySet<string>,
): { readonly serial: string; readonly extensions: Extensions | null } {
  const entry = list.enter(TAG.sequence);
  const serial = readSerial(entry);
  entry.content(entry.nextIs(TAG.utcTime) ? TAG.utcTime : TAG.generalizedTime);
  const extensions = entry.atEnd ? null : readExtensions(entry, mayBeCritical);
  entry.end();
  return { serial, extensions };
}

/** RFC 5280 5.3.1: an entry without a reason code is said to be unspecified. */
export function reasonOf(extensions: Extensions | null): string {
  const said = extensions === null ? null : extension(extensions, OID.reasonCode, readReasonCode);
  return said ?? 'unspecified';
}

/** RFC 5280 5.3.1, by name; RFC 6960 4.2.1 uses it, too. Throws X509Error on one that a full CRL has not. */
export function readReasonCode(reader: DerReader): string {
  const content = reader.content(TAG.enumerated);
  const reason = content.length === 1 ? REASONS.get(content[0] ?? -1) : undefined;
  if (reason === undefined) throw new X509Error('a revocation reason that a full CRL has not');
  return reason;
}

function readScope(extensions: Extensions): Pick<Crl, 'authorityKeyId' | 'number'> {
  extension(extensions, OID.issuingDistributionPoint, refuseNarrowScope);
  return readIdentity(extensions);
}

/** Whose key signs the list, and which one of its lists this is. */
export function readIdentity(extensions: Extensions): Pick<Crl, 'authorityKeyId' | 'number'> {
  const authorityKeyId = extension(
    extensions,
    OID.authorityKeyIdentifier,
    readAuthorityKeyIdentifier,
  );
  // RFC 5280 5.2.1 asks for the key identifier too, but openssl-ca(1) leaves it out unless told, and
  // it is the signature that binds a list to a key. Without a number (5.2.3) lists have no order.
  const number = extension(extensions, OID.crlNumber, readCrlNumber);
  if (number === null) throw new X509Error('CRL without number');
  return { authorityKeyId, number };
}

function readCrlNumber(reader: DerReader): bigint {
  return BigInt(`0x${reader.natural(20).toString('hex')}`);
}

/**
 * RFC 5280 5.2.5. A list that covers end entities (`onlyContainsUserCerts`) covers every card. Any
 * narrower one, a distribution point, some reasons only, CAs, attributes, an indirect list, would
 * vouch for cards that it doesn't know.
 */
function refuseNarrowScope(reader: DerReader): void {
  const scope = reader.enter(TAG.sequence);
  const onlyUserCertificates = context.primitive(1);
  if (scope.nextIs(onlyUserCertificates)) scope.content(onlyUserCertificates);
  if (!scope.atEnd) throw new X509Error('CRL covers only a part of the certificates');
}
