/**
 * OCSP responses (RFC 6960 4.2.1) as bytes say them. Nothing in here is to be believed before
 * `ocsp.ts` has judged who signed it.
 */

import { type Signed, signatureAlgorithm } from './algorithms.ts';
import { serialKey } from './certificate.ts';
import { readReasonCode } from './crl.ts';
import { context, DerReader, TAG, X509Error } from './der.ts';
import { type Extensions, extension, readExtensions } from './extensions.ts';

/** One answer with a certificate or two has 1 to 3 KB. */
export const MAX_OCSP_BYTES = 16 * 1024;
/** A response may speak of other certificates, too, and hand over a path that nobody here needs. */
const MAX_ANSWERS = 16;
const MAX_CERTIFICATES = 4;

const BASIC_RESPONSE = '1.3.6.1.5.5.7.48.1.1';
const NONCE = '1.3.6.1.5.5.7.48.1.2';
/** RFC 9654 2.1: what a responder may send back at most. */
const MAX_NONCE_BYTES = 128;
/** Nothing that could be critical in a response is processed beside the nonce (RFC 6960 4.4). */
const MAY_BE_CRITICAL: ReadonlySet<string> = new Set([NONCE]);
const NONE_MAY_BE_CRITICAL: ReadonlySet<string> = new Set();

/** RFC 6960 4.2.1: what a responder says, unsigned, instead of an answer. 4 is not used. */
const ERRORS: ReadonlyMap<number, string> = new Map([
  [1, 'malformedRequest'],
  [2, 'internalError'],
  [3, 'tryLater'],
  [5, 'sigRequired'],
  [6, 'unauthorized'],
]);

/** RFC 6960 4.1.1: which certificate an answer is about. Hashes in hex. */
export interface CertificateId {
  readonly hash: string;
  readonly issuerName: string;
  readonly issuerKey: string;
  /** As `serialKey` gives it. */
  readonly serial: string;
}

/** One SingleResponse. Times in ms since the epoch. */
export interface OcspAnswer {
  readonly id: CertificateId;
  readonly status: 'good' | 'unknown' | { readonly revokedFor: string };
  readonly thisUpdate: number;
  readonly nextUpdate: number | null;
}

export interface OcspResponse extends Signed {
  /** Who says to have signed: DER of a name, or SHA-1 of a key. */
  readonly responder: { readonly name: Buffer } | { readonly keyHash: Buffer };
  readonly producedAt: number;
  readonly answers: readonly OcspAnswer[];
  readonly nonce: Buffer | null;
  /** DER, as they came. */
  readonly certificates: readonly Buffer[];
}

/** `refused`: one of the names of OCSPResponseStatus. Throws X509Error, never anything else. */
export function parseOcspResponse(der: Uint8Array): OcspResponse | { readonly refused: string } {
  if (der.length > MAX_OCSP_BYTES) throw new X509Error(`${der.length} bytes of OCSP response`);
  const file = new DerReader(der);
  const outer = file.enter(TAG.sequence);
  file.end();
  const [status = -1, ...more] = outer.content(TAG.enumerated);
  if (more.length > 0) throw new X509Error('a status of several octets');
  if (status !== 0) {
    const refused = ERRORS.get(status);
    if (refused === undefined) throw new X509Error('a status that RFC 6960 does not know');
    // Whatever stands behind an error is signed by nobody and for nothing.
    outer.end();
    return { refused };
  }
  const bytes = only(outer, context.constructed(0)).enter(TAG.sequence);
  if (bytes.oid() !== BASIC_RESPONSE) throw new X509Error('not a basic OCSP response');
  const basic = new DerReader(bytes.content(TAG.octetString));
  bytes.end();
  return readBasic(only(basic, TAG.sequence));
}

/** A reader of the last value that is there. */
function only(reader: DerReader, tag: number): DerReader {
  const inside = reader.enter(tag);
  reader.end();
  return inside;
}

function readBasic(basic: DerReader): OcspResponse {
  const tbs = basic.whole(TAG.sequence);
  const algorithm = signatureAlgorithm(basic.whole(TAG.sequence));
  const signature = basic.octetAlignedBits();
  const certificates: Buffer[] = [];
  if (!basic.atEnd) {
    const list = only(only(basic, context.constructed(0)), TAG.sequence);
    while (!list.atEnd) {
      if (certificates.length === MAX_CERTIFICATES) throw new X509Error('too many certificates');
      certificates.push(list.whole(TAG.sequence));
    }
  }
  const data = new DerReader(tbs).enter(TAG.sequence);
  // X.690 11.5: the version, which is the default, is left out; there is no other.
  const responder = readResponder(data);
  const producedAt = generalizedTime(data);
  const answers = readAnswers(data.enter(TAG.sequence));
  const extensions = readTrailing(data, MAY_BE_CRITICAL);
  const nonce = extensions && extension(extensions, NONCE, readNonce);
  return { tbs, algorithm, signature, certificates, responder, producedAt, answers, nonce };
}

function readResponder(data: DerReader): OcspResponse['responder'] {
  const byKey = context.constructed(2);
  if (!data.nextIs(byKey)) {
    const choice = data.enter(context.constructed(1));
    const name = choice.whole(TAG.sequence);
    choice.end();
    return { name };
  }
  const choice = data.enter(byKey);
  const keyHash = choice.content(TAG.octetString);
  choice.end();
  return { keyHash };
}

function readAnswers(list: DerReader): readonly OcspAnswer[] {
  const answers: OcspAnswer[] = [];
  while (!list.atEnd) {
    if (answers.length === MAX_ANSWERS) throw new X509Error('too many answers');
    answers.push(readAnswer(list.enter(TAG.sequence)));
  }
  return answers;
}

function readAnswer(single: DerReader): OcspAnswer {
  const id = readCertificateId(single.enter(TAG.sequence));
  const status = readStatus(single);
  const thisUpdate = generalizedTime(single);
  let nextUpdate: number | null = null;
  if (single.nextIs(context.constructed(0))) {
    const wrapper = single.enter(context.constructed(0));
    nextUpdate = generalizedTime(wrapper);
    wrapper.end();
  }
  if (nextUpdate !== null && nextUpdate < thisUpdate)
    throw new X509Error('nextUpdate lies before thisUpdate');
  readTrailing(single, NONE_MAY_BE_CRITICAL);
  return { id, status, thisUpdate, nextUpdate };
}

function readCertificateId(id: DerReader): CertificateId {
  const algorithm = id.enter(TAG.sequence);
  const hash = algorithm.oid();
  // RFC 5754 2: parameters are absent, or NULL as older software writes them.
  if (!algorithm.atEnd && algorithm.content(0x05).length > 0)
    throw new X509Error('parameters of a hash');
  algorithm.end();
  const issuerName = id.content(TAG.octetString).toString('hex');
  const issuerKey = id.content(TAG.octetString).toString('hex');
  const serial = serialKey(id);
  id.end();
  return { hash, issuerName, issuerKey, serial };
}

function readStatus(single: DerReader): OcspAnswer['status'] {
  const revoked = context.constructed(1);
  if (single.nextIs(revoked)) {
    const info = single.enter(revoked);
    generalizedTime(info);
    if (info.atEnd) return { revokedFor: 'unspecified' };
    const wrapper = only(info, context.constructed(0));
    const revokedFor = readReasonCode(wrapper);
    wrapper.end();
    return { revokedFor };
  }
  for (const [tag, status] of [
    [context.primitive(0), 'good'],
    [context.primitive(2), 'unknown'],
  ] as const) {
    if (!single.nextIs(tag)) continue;
    if (single.content(tag).length > 0) throw new X509Error('a NULL that is not empty');
    return status;
  }
  throw new X509Error('a status of a certificate that RFC 6960 does not know');
}

/** [1] EXPLICIT Extensions OPTIONAL, with which both structures end. */
function readTrailing(reader: DerReader, mayBeCritical: ReadonlySet<string>): Extensions | null {
  if (reader.atEnd) return null;
  const wrapper = only(reader, context.constructed(1));
  const extensions = readExtensions(wrapper, mayBeCritical);
  wrapper.end();
  return extensions;
}

function readNonce(reader: DerReader): Buffer {
  const nonce = reader.content(TAG.octetString);
  if (nonce.length === 0 || nonce.length > MAX_NONCE_BYTES)
    throw new X509Error(`${nonce.length} bytes of nonce`);
  return nonce;
}

/** RFC 6960 4.2.2.1: no UTCTime here, whatever the year. */
function generalizedTime(reader: DerReader): number {
  if (!reader.nextIs(TAG.generalizedTime)) throw new X509Error('not a GeneralizedTime');
  return reader.time();
}
