/**
 * Revocation lists of cards (RFC 5280 5), full and delta, read as a stream: a national list has
 * millions of entries. Bounded memory, each entry seen once, and nothing of it to be believed
 * before the end, where the signature is.
 */

import { createVerify, type Verify } from 'node:crypto';
import { signatureAlgorithm } from './algorithms.ts';
import { type Anchor, maySignCrls } from './anchor.ts';
import { serialKey } from './certificate.ts';
import {
  type CrlHead,
  type CrlReason,
  readCrlExtensions,
  readCrlHead,
  readCrlNumber,
  readIdentity,
  reasonOf,
} from './crl.ts';
import { context, DerReader, TAG, X509Error } from './der.ts';
import { DerStream } from './der-stream.ts';
import { type Extensions, extension, OID, readExtensions } from './extensions.ts';
import type { CrlScope, VerifiedCrl } from './revocation-list.ts';
import { TrustError } from './trust-error.ts';

/** More than twenty times the people of Japan with a card that was ever revoked in a day. */
export const MAX_CRL_ENTRIES = 5_000_000;
/** What stands before the entries, held while it is read. */
const HEAD_BYTES = 65_536;
const NAME_BYTES = 16_384;
const EXTENSIONS_BYTES = 16_384;
const SIGNATURE_BYTES = 1024;
/** A serial number, a time and extensions. */
const ENTRY_BYTES = 1024;
/** Of entries that end alike, the extensions are read once. */
const KNOWN_ENDINGS = 64;

const MAY_BE_CRITICAL: ReadonlySet<string> = new Set([
  OID.issuingDistributionPoint,
  OID.deltaCrlIndicator,
]);
/** certificateIssuer (5.3.3) is left out: it is critical, and an indirect list is not for us. */
const ENTRY_MAY_BE_CRITICAL: ReadonlySet<string> = new Set([OID.reasonCode]);

export interface CrlEntry {
  /** As `serialKey` gives it. */
  readonly serial: string;
  readonly reason: CrlReason;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/**
 * `chunks`: the DER of one direct CRL of version 2, in order, and nothing behind it. `take` gets
 * each entry, some perhaps twice, in the order of the list. Throws TrustError; then, or when a chunk
 * throws, nothing of what was taken counts.
 */
export function readCrl(
  chunks: Iterable<Buffer>,
  anchors: readonly Anchor[],
  take: (entry: CrlEntry) => void,
): VerifiedCrl {
  try {
    return read(new DerStream(chunks), anchors, take);
  } catch (error) {
    if (!(error instanceof X509Error)) throw error;
    throw new TrustError('crl-malformed', error.message, { cause: error });
  }
}

function read(
  stream: DerStream,
  anchors: readonly Anchor[],
  take: (entry: CrlEntry) => void,
): VerifiedCrl {
  stream.preload(HEAD_BYTES);
  const end = stream.enter(TAG.sequence, Number.MAX_SAFE_INTEGER);
  const from = stream.position;
  const to = stream.enter(TAG.sequence, end);
  const head = readHead(stream, to);
  const named = anchors.filter(({ certificate }) => certificate.subject.equals(head.issuer));
  const signers = named.map((anchor) => new Signer(anchor, head));
  const update = (bytes: Buffer) => {
    for (const signer of signers) signer.hash(bytes);
  };
  stream.watch({ from, to, update });

  const counted = readEntries(stream, to, take);
  const { authorityKeyId, ...list } = readListExtensions(stream, to);
  if (counted.removals && list.base === null)
    throw new X509Error('takes an entry back, as only a delta may');
  const algorithm = Buffer.from(stream.whole(TAG.sequence, end, EXTENSIONS_BYTES));
  // RFC 5280 5.1.1.2
  if (!algorithm.equals(head.algorithm)) throw new X509Error('two signature algorithms named');
  const signed = new DerReader(stream.whole(TAG.bitString, end, SIGNATURE_BYTES));
  const signature = signed.octetAlignedBits();
  stream.leave(end);
  stream.end();

  const fitting = signers.filter(({ anchor }) => (authorityKeyId ?? anchor.keyId) === anchor.keyId);
  if (fitting.length === 0)
    throw new TrustError('crl-without-anchor', 'no anchor has the name and key that the CRL names');
  const signer = fitting.find((candidate) => candidate.signed(signature));
  if (signer === undefined)
    throw new TrustError('crl-bad-signature', 'the key that the CRL names did not sign it');
  const { thisUpdate, nextUpdate } = head;
  const { keyHash } = signer.anchor;
  return { keyHash, ...list, thisUpdate, nextUpdate, entries: counted.entries };
}

/** One of those who may have signed. Of one name, there is one for each generation of the CA. */
class Signer {
  readonly anchor: Anchor;
  /** Null when this key can't have signed it. */
  readonly #verify: Verify | null;

  constructor(anchor: Anchor, head: CrlHead) {
    const { hash, key } = signatureAlgorithm(head.algorithm);
    this.anchor = anchor;
    const may = key === anchor.key.asymmetricKeyType && maySignCrls(anchor);
    this.#verify = may ? createVerify(hash) : null;
  }

  hash(bytes: Buffer): void {
    this.#verify?.update(bytes);
  }

  signed(signature: Buffer): boolean {
    return this.#verify?.verify(this.anchor.key, signature) ?? false;
  }
}

function readHead(stream: DerStream, end: number): CrlHead {
  const next = (tag: number) => Buffer.from(stream.whole(tag, end, NAME_BYTES));
  const nextTime = () => next(stream.nextIs(TAG.utcTime) ? TAG.utcTime : TAG.generalizedTime);
  const parts = [next(TAG.integer), next(TAG.sequence), next(TAG.sequence), nextTime(), nextTime()];
  return readCrlHead(new DerReader(Buffer.concat(parts)));
}

function readEntries(
  stream: DerStream,
  end: number,
  take: (entry: CrlEntry) => void,
): { readonly entries: number; readonly removals: boolean } {
  // RFC 5280 5.1.2.6: absent when nothing is revoked.
  if (!stream.nextIs(TAG.sequence)) return { entries: 0, removals: false };
  const listEnd = stream.enter(TAG.sequence, end);
  const reasons = new KnownReasons();
  let [entries, removals] = [0, false];
  while (stream.position < listEnd) {
    if (entries === MAX_CRL_ENTRIES) throw new X509Error('too many entries');
    const entry = new DerReader(stream.whole(TAG.sequence, listEnd, ENTRY_BYTES));
    const inside = entry.enter(TAG.sequence);
    const serial = serialKey(inside);
    const at = inside.time();
    const reason = reasons.of(inside);
    take({ serial, reason, at });
    entries += 1;
    removals ||= reason === 'removeFromCRL';
  }
  return { entries, removals };
}

/** A list of millions ends its entries in some ten ways. */
class KnownReasons {
  readonly #known = new Map<string, CrlReason>();

  /** `entry`: behind its revocation date. */
  of(entry: DerReader): CrlReason {
    if (entry.atEnd) return 'unspecified';
    const ending = entry.whole(TAG.sequence);
    entry.end();
    const key = ending.toString('latin1');
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const reason = reasonOf(readExtensions(new DerReader(ending), ENTRY_MAY_BE_CRITICAL));
    if (this.#known.size < KNOWN_ENDINGS) this.#known.set(key, reason);
    return reason;
  }
}

function readListExtensions(stream: DerStream, end: number) {
  const whole = new DerReader(stream.whole(context.constructed(0), end, EXTENSIONS_BYTES));
  const extensions = readCrlExtensions(whole.enter(context.constructed(0)), MAY_BE_CRITICAL);
  stream.leave(end);
  const identity = readIdentity(extensions);
  const base = extension(extensions, OID.deltaCrlIndicator, readCrlNumber);
  if (base !== null && base >= identity.number)
    throw new X509Error('a delta is not newer than its base');
  return { ...identity, base, scope: scopeOf(extensions) };
}

/**
 * RFC 5280 5.2.5. A list that covers end entities (`onlyContainsUserCerts`) covers every card. Any
 * narrower one, a distribution point, some reasons only, CAs, attributes, an indirect list, would
 * vouch for cards that it doesn't know.
 */
function scopeOf(extensions: Extensions): CrlScope {
  return extension(extensions, OID.issuingDistributionPoint, readScope) ?? 'all';
}

function readScope(reader: DerReader): CrlScope {
  const scope = reader.enter(TAG.sequence);
  const onlyUserCertificates = context.primitive(1);
  const narrowed = scope.nextIs(onlyUserCertificates);
  if (narrowed) scope.content(onlyUserCertificates);
  if (!scope.atEnd) throw new X509Error('CRL covers only a part of the certificates');
  return narrowed ? 'user-certificates' : 'all';
}
