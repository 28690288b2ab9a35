/**
 * What every reader of certificate revocation lists shares (RFC 5280 5): `crl-reader.ts` walks those
 * of cards, which are large; `scoped-crl.ts` reads those of CAs, which have every scope.
 */

import { type DerReader, TAG, X509Error } from './der.ts';
import {
  type Extensions,
  extension,
  OID,
  readAuthorityKeyIdentifier,
  readExtensions,
} from './extensions.ts';

/** RFC 5280 5.3.1, by their numbers; 7 is not used. */
export const REASONS = [
  'unspecified',
  'keyCompromise',
  'cACompromise',
  'affiliationChanged',
  'superseded',
  'cessationOfOperation',
  'certificateHold',
  null,
  'removeFromCRL',
  'privilegeWithdrawn',
  'aACompromise',
] as const;
export type CrlReason = NonNullable<(typeof REASONS)[number]>;

/** Whose key signs a CRL, and which one of its lists it is. */
export interface CrlIdentity {
  /** Hex; null when absent. */
  readonly authorityKeyId: string | null;
  readonly number: bigint;
}

/** What stands before the entries. */
export interface CrlHead {
  /** DER of the AlgorithmIdentifier. */
  readonly algorithm: Buffer;
  /** DER of the name. */
  readonly issuer: Buffer;
  /** Milliseconds since the epoch. */
  readonly thisUpdate: number;
  readonly nextUpdate: number;
}

/** RFC 5280 5.1.2.1 to 5.1.2.5. */
export function readCrlHead(reader: DerReader): CrlHead {
  // 5.1.2.1: version 2 is written as 1.
  if (reader.content(TAG.integer).toString('hex') !== '01')
    throw new X509Error('not a version 2 CRL');
  const algorithm = reader.whole(TAG.sequence);
  const issuer = reader.whole(TAG.sequence);
  const thisUpdate = reader.time();
  // 5.1.2.5: nextUpdate is there, or nobody could tell a withheld list.
  const nextUpdate = reader.time();
  if (nextUpdate < thisUpdate) throw new X509Error('nextUpdate lies before thisUpdate');
  return { algorithm, issuer, thisUpdate, nextUpdate };
}

/** `wrapper`: of the extensions at the end of a CRL, entered. */
export function readCrlExtensions(
  wrapper: DerReader,
  mayBeCritical: ReadonlySet<string>,
): Extensions {
  const extensions = readExtensions(wrapper, mayBeCritical);
  wrapper.end();
  return extensions;
}

/** RFC 5280 5.3.1: an entry without a reason code is said to be unspecified. */
export function reasonOf(extensions: Extensions | null): CrlReason {
  const said = extensions === null ? null : extension(extensions, OID.reasonCode, readAnyReason);
  return said ?? 'unspecified';
}

/**
 * RFC 5280 5.3.1, by name; RFC 6960 4.2.1 uses it, too. Throws X509Error on one that neither a full
 * CRL nor a responder has.
 */
export function readReasonCode(reader: DerReader): Exclude<CrlReason, 'removeFromCRL'> {
  const reason = readAnyReason(reader);
  if (reason === 'removeFromCRL') throw new X509Error('a reason that only a delta has');
  return reason;
}

function readAnyReason(reader: DerReader): CrlReason {
  const content = reader.content(TAG.enumerated);
  const reason = content.length === 1 ? REASONS[content[0] ?? REASONS.length] : undefined;
  if (reason == null) throw new X509Error('a revocation reason that RFC 5280 does not know');
  return reason;
}

export function readIdentity(extensions: Extensions): CrlIdentity {
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

/** RFC 5280 5.2.3, and the base of 5.2.4: at most 20 octets. */
export function readCrlNumber(reader: DerReader): bigint {
  return BigInt(`0x${reader.natural(20).toString('hex')}`);
}
