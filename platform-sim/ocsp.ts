/**
 * OCSP (RFC 6960) from the other side: requests read, responses written from plain descriptions.
 * The writer judges nothing: the simulated world must be able to say what a terminal has to refuse.
 */

import { type KeyObject, sign } from 'node:crypto';
import { type Element, Elements, oid as readOid, structured, TAG } from './der.ts';
import {
  type ExtensionSpec,
  encode,
  explicit,
  extensions,
  integer,
  type Name,
  name,
  oid,
  REVOCATION_REASONS,
  type RevocationReason,
  sequence,
  signatureAlgorithm,
} from './x509.ts';

const BASIC_RESPONSE = '1.3.6.1.5.5.7.48.1.1';
export const NONCE = '1.3.6.1.5.5.7.48.1.2';
const REQUESTS_MAX = 16;
/** RFC 9654 2.1. */
const NONCE_BYTES_MAX = 128;

/** RFC 6960 4.2.1. */
export const OCSP_ERRORS = {
  malformedRequest: 1,
  internalError: 2,
  tryLater: 3,
  unauthorized: 6,
} as const;

/** Which certificate is meant (RFC 6960 4.1.1). */
export interface CertificateId {
  /** OID of the hash. */
  readonly hash: string;
  readonly issuerNameHash: Buffer;
  readonly issuerKeyHash: Buffer;
  /** Content octets of the INTEGER. */
  readonly serial: Buffer;
}

export interface OcspRequest {
  readonly ids: readonly CertificateId[];
  readonly nonce: Buffer | null;
}

/** Throws DerError for what is no OCSPRequest; a signature of the asker is read over. */
export function readOcspRequest(der: Buffer): OcspRequest {
  const file = new Elements(der);
  const outer = file.inside(TAG.sequence);
  file.end();
  const tbs = outer.inside(TAG.sequence);
  outer.optional(structured(0));
  outer.end();
  for (const unused of [structured(0), structured(1)]) tbs.optional(unused);
  const list = tbs.inside(TAG.sequence);
  const ids: CertificateId[] = [];
  while (!list.atEnd && ids.length < REQUESTS_MAX) {
    const request = list.inside(TAG.sequence);
    ids.push(readId(request.inside(TAG.sequence)));
    request.optional(structured(0));
    request.end();
  }
  list.end();
  const nonce = readNonce(tbs.optional(structured(2)));
  tbs.end();
  return { ids, nonce };
}

function readId(id: Elements): CertificateId {
  const algorithm = id.inside(TAG.sequence);
  const hash = readOid(algorithm.next(TAG.oid));
  algorithm.optional(0x05);
  algorithm.end();
  const [issuerNameHash, issuerKeyHash] = [id.next(TAG.octetString), id.next(TAG.octetString)];
  const serial = id.next(TAG.integer);
  id.end();
  return {
    hash,
    issuerNameHash: issuerNameHash.content,
    issuerKeyHash: issuerKeyHash.content,
    serial: serial.content,
  };
}

function readNonce(wrapper: Element | null): Buffer | null {
  if (wrapper === null) return null;
  const list = new Elements(wrapper.content).inside(TAG.sequence);
  while (!list.atEnd) {
    const extension = list.inside(TAG.sequence);
    const type = readOid(extension.next(TAG.oid));
    extension.optional(TAG.boolean);
    const value = extension.next(TAG.octetString).content;
    if (type !== NONCE) continue;
    const { content } = new Elements(value).next(TAG.octetString);
    return content.length <= NONCE_BYTES_MAX ? content : null;
  }
  return null;
}

export type OcspStatus =
  | 'good'
  | 'unknown'
  | { readonly revokedAt: Date; readonly reason: RevocationReason };

export interface OcspAnswerSpec {
  readonly id: CertificateId;
  readonly status: OcspStatus;
  readonly thisUpdate: Date;
  readonly nextUpdate: Date | null;
  readonly extra?: readonly ExtensionSpec[];
}

export interface OcspResponseSpec {
  readonly privateKey: KeyObject;
  /** ResponderID: by name, or by SHA-1 of a key. */
  readonly responder: Name | Buffer;
  /** DER. */
  readonly certificates: readonly Buffer[];
  readonly producedAt: Date;
  readonly answers: readonly OcspAnswerSpec[];
  readonly nonce: Buffer | null;
  readonly extra?: readonly ExtensionSpec[];
}

/** DER of an OCSPResponse with an answer. */
export function writeOcspResponse(spec: OcspResponseSpec): Buffer {
  const { responder, certificates, nonce, extra = [] } = spec;
  const said: ExtensionSpec[] = [...extra];
  if (nonce !== null)
    said.unshift({ oid: NONCE, critical: false, value: encode(TAG.octetString, nonce) });
  const tbs = sequence(
    Buffer.isBuffer(responder)
      ? explicit(2, encode(TAG.octetString, responder))
      : explicit(1, name(responder as Name)),
    generalizedTime(spec.producedAt),
    sequence(...spec.answers.map(writeAnswer)),
    ...(said.length === 0 ? [] : [explicit(1, extensions(said))]),
  );
  const signature = sign('sha256', tbs, spec.privateKey);
  const basic = sequence(
    tbs,
    signatureAlgorithm(spec.privateKey),
    encode(TAG.bitString, Uint8Array.of(0), signature),
    ...(certificates.length === 0 ? [] : [explicit(0, sequence(...certificates))]),
  );
  return sequence(
    encode(TAG.enumerated, Uint8Array.of(0)),
    explicit(0, sequence(oid(BASIC_RESPONSE), encode(TAG.octetString, basic))),
  );
}

/** DER of an OCSPResponse that is none: signed by nobody. */
export function writeOcspError(error: keyof typeof OCSP_ERRORS): Buffer {
  return sequence(encode(TAG.enumerated, Uint8Array.of(OCSP_ERRORS[error])));
}

function writeAnswer({ id, status, thisUpdate, nextUpdate, extra = [] }: OcspAnswerSpec): Buffer {
  return sequence(
    sequence(
      sequence(oid(id.hash), encode(0x05)),
      encode(TAG.octetString, id.issuerNameHash),
      encode(TAG.octetString, id.issuerKeyHash),
      integer(id.serial),
    ),
    writeStatus(status),
    generalizedTime(thisUpdate),
    ...(nextUpdate === null ? [] : [explicit(0, generalizedTime(nextUpdate))]),
    ...(extra.length === 0 ? [] : [explicit(1, extensions(extra))]),
  );
}

function writeStatus(status: OcspStatus): Buffer {
  if (status === 'good') return encode(0x80);
  if (status === 'unknown') return encode(0x82);
  const number = REVOCATION_REASONS.indexOf(status.reason);
  const reason = explicit(0, encode(TAG.enumerated, Uint8Array.of(number)));
  return encode(0xa1, generalizedTime(status.revokedAt), ...(number === 0 ? [] : [reason]));
}

/** To the second, as RFC 6960 4.2.2.1 asks. */
function generalizedTime(at: Date): Buffer {
  const digits = `${at.toISOString().replaceAll(/\D/g, '').slice(0, 14)}Z`;
  return encode(TAG.generalizedTime, Buffer.from(digits));
}
