/** A CRL (RFC 5280 5), full or delta, as a terminal wants it: direct, numbered, with the time by which the next comes. */

import { LIMITS } from '../src/link/protocol.ts';
import { DerError, Elements, natural, simple, structured, TAG, time } from './der.ts';
import {
  checkAlgorithm,
  type Extensions,
  INDIRECT_MESSAGE,
  OID,
  readAuthorityKeyId,
  readExtension,
  readExtensions,
  readSigned,
  type Signed,
  UnfitError,
} from './x509-reader.ts';

const NUMBER_OCTETS_MAX = 20;
/** As terminals. */
const ENTRIES_MAX = 5_000_000;
/** Of entries that end alike, the extensions are read once. */
const ENDINGS_MAX = 64;
const MAY_BE_CRITICAL: ReadonlySet<string> = new Set([
  OID.issuingDistributionPoint,
  OID.deltaCrlIndicator,
]);
const ENTRY_MAY_BE_CRITICAL: ReadonlySet<string> = new Set([OID.reasonCode]);
/** RFC 5280 5.3.1: 7 is no reason. */
const REASON_NUMBERS: ReadonlySet<number> = new Set([0, 1, 2, 3, 4, 5, 6, 8, 9, 10]);
const REMOVE_FROM_CRL = 8;

export interface Crl extends Signed {
  /** DER of the name. */
  readonly issuer: Buffer;
  /** Hex; null when the CRL names no key, as openssl-ca(1) makes them unless told. */
  readonly authorityKeyId: string | null;
  readonly number: bigint;
  /** RFC 5280 5.2.4: of a delta, the number of the full CRL that it builds on. */
  readonly base: bigint | null;
  /** onlyContainsUserCerts: a delta and its base say the same. */
  readonly usersOnly: boolean;
  readonly thisUpdate: string;
  readonly nextUpdate: string;
}

/** Throws UnfitError when a terminal would refuse this CRL, whoever signed it. */
export function readCrl(der: Buffer): Crl {
  if (der.length > LIMITS.crlBytes) {
    throw new UnfitError(
      `has ${der.length} bytes; terminals take CRLs of ${LIMITS.crlBytes} at most`,
    );
  }
  try {
    return parseCrl(der);
  } catch (error) {
    if (!(error instanceof DerError)) throw error;
    throw new UnfitError(
      `is no CRL, or not written as strictly as DER and RFC 5280 ask for (${error.message}); get it again`,
    );
  }
}

function parseCrl(der: Buffer): Crl {
  const signed = readSigned(der);
  const body = new Elements(signed.tbs).inside(TAG.sequence);
  // RFC 5280 5.1.2.1: version 2 is written as 1.
  if (body.optional(TAG.integer)?.content.toString('hex') !== '01') {
    throw new UnfitError(
      'is not a version 2 CRL, so it has no CRL number; openssl ca: set crlnumber = FILE in the section of the CA ("echo 01 > FILE" once)',
    );
  }
  checkAlgorithm(signed, body.next(TAG.sequence));
  const issuer = body.next(TAG.sequence).whole;
  const thisUpdate = time(body);
  if (!body.isNext(TAG.utcTime) && !body.isNext(TAG.generalizedTime)) {
    throw new UnfitError(
      'has no nextUpdate, so nobody could tell that a newer one is withheld; openssl ca: -crldays 7, or default_crl_days',
    );
  }
  const nextUpdate = time(body);
  if (nextUpdate < thisUpdate) {
    throw new UnfitError('has a nextUpdate before its thisUpdate; make it again with a later one');
  }
  const entries = body.optional(TAG.sequence);
  const takesBack = entries !== null && checkEntries(new Elements(entries.content));
  const scope = readScope(readAll(body));
  if (takesBack && scope.base === null) {
    throw new UnfitError('takes an entry back (removeFromCRL), as only a delta CRL may');
  }
  return {
    ...signed,
    issuer,
    thisUpdate: new Date(thisUpdate).toISOString(),
    nextUpdate: new Date(nextUpdate).toISOString(),
    ...scope,
  };
}

function readAll(body: Elements): Extensions {
  const wrapper = body.optional(structured(0));
  body.end();
  if (!wrapper) return new Map();
  const inside = new Elements(wrapper.content);
  const extensions = readExtensions(inside, MAY_BE_CRITICAL);
  inside.end();
  return extensions;
}

type Scope = Pick<Crl, 'authorityKeyId' | 'number' | 'base' | 'usersOnly'>;

function readScope(extensions: Extensions): Scope {
  const usersOnly = readExtension(extensions, OID.issuingDistributionPoint, isForUsersOnly);
  const base = readExtension(extensions, OID.deltaCrlIndicator, readNumber);
  const number = readExtension(extensions, OID.crlNumber, readNumber);
  if (number === null) {
    throw new UnfitError(
      'has no CRL number, so nobody could tell which of two is newer; openssl ca: set crlnumber = FILE in the section of the CA ("echo 01 > FILE" once)',
    );
  }
  const authorityKeyId = readExtension(extensions, OID.authorityKeyIdentifier, readAuthorityKeyId);
  if (base !== null && base >= number) {
    throw new UnfitError('is a delta CRL that is not newer than the full one that it builds on');
  }
  return { authorityKeyId, number, base, usersOnly: usersOnly ?? false };
}

function readNumber(value: Elements): bigint {
  return natural(value.next(TAG.integer), NUMBER_OCTETS_MAX);
}

/** RFC 5280 5.2.5: for all certificates, or for those of people at least (onlyContainsUserCerts). */
function isForUsersOnly(value: Elements): boolean {
  const scope = value.inside(TAG.sequence);
  const usersOnly = scope.optional(simple(1)) !== null;
  if (scope.isNext(simple(4))) throw new UnfitError(INDIRECT_MESSAGE);
  if (scope.atEnd) return usersOnly;
  throw new UnfitError(
    'covers a part of the certificates only (issuingDistributionPoint); a CRL for all of them is needed, or one with onlyContainsUserCerts alone',
  );
}

/** A list of millions is stepped over: nothing is kept. Whether an entry takes another one back. */
function checkEntries(entries: Elements): boolean {
  const endings = new Map<string, boolean>();
  let takesBack = false;
  for (let count = 1; !entries.atEnd; count += 1) {
    if (count > ENTRIES_MAX) throw new UnfitError(`has more than ${ENTRIES_MAX} entries`);
    const entry = entries.inside(TAG.sequence);
    if (natural(entry.next(TAG.integer), NUMBER_OCTETS_MAX) === 0n) {
      throw new UnfitError('revokes the serial number 0, which no certificate may have');
    }
    time(entry);
    if (entry.atEnd) continue;
    const ending = entry.next(TAG.sequence).whole;
    entry.end();
    const key = ending.toString('latin1');
    const known = endings.get(key) ?? removes(ending);
    if (endings.size < ENDINGS_MAX) endings.set(key, known);
    takesBack ||= known;
  }
  return takesBack;
}

/** `ending`: the extensions of an entry. */
function removes(ending: Buffer): boolean {
  const extensions = readExtensions(new Elements(ending), ENTRY_MAY_BE_CRITICAL);
  return readExtension(extensions, OID.reasonCode, readReason) === REMOVE_FROM_CRL;
}

function readReason(value: Elements): number {
  const { content } = value.next(TAG.enumerated);
  const [number = -1] = content;
  if (content.length === 1 && REASON_NUMBERS.has(number)) return number;
  throw new UnfitError('has an entry with a reason that RFC 5280 does not know');
}

/** What a CRL that `readCrl` has taken says of this serial number; null: nothing. RFC 5280 5.3.1: deltas take back, too. */
export function entryOf(der: Buffer, serial: bigint): 'revoked' | 'removed' | null {
  const body = new Elements(readSigned(der).tbs).inside(TAG.sequence);
  body.next(TAG.integer);
  body.next(TAG.sequence);
  body.next(TAG.sequence);
  time(body);
  time(body);
  const list = body.optional(TAG.sequence);
  if (list === null) return null;
  for (const entries = new Elements(list.content); !entries.atEnd; ) {
    const entry = entries.inside(TAG.sequence);
    if (natural(entry.next(TAG.integer), NUMBER_OCTETS_MAX) !== serial) continue;
    time(entry);
    if (entry.atEnd) return 'revoked';
    const extensions = readExtensions(entry, ENTRY_MAY_BE_CRITICAL);
    const reason = readExtension(extensions, OID.reasonCode, (value) => {
      return value.next(TAG.enumerated).content[0];
    });
    return reason === REMOVE_FROM_CRL ? 'removed' : 'revoked';
  }
  return null;
}
