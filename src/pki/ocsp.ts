/**
 * One question about one card to the OCSP responder of its issuer (RFC 6960), and what the answer
 * is worth. Only what is proved to come from the issuing *key*, about this certificate, now, and
 * for this question is believed.
 */

import { createHash, type KeyObject, randomBytes } from 'node:crypto';
import * as asn1js from 'asn1js';
import * as pkijs from 'pkijs';
import type { OnlineAnswer, OnlineFault } from '../domain/online-revocation.ts';
import { acceptableKey, isSignedBy } from './algorithms.ts';
import {
  anySerialKey,
  type Certificate,
  type CertificateRules,
  parseCertificate,
} from './certificate.ts';
import { DerReader, TAG, X509Error } from './der.ts';
import { KEY_USAGE, OID } from './extensions.ts';
import {
  type CertificateId,
  type OcspAnswer,
  type OcspResponse,
  parseOcspResponse,
} from './ocsp-response.ts';

/** How far our clock and the responder's may be apart. */
const SKEW_MS = 5 * 60_000;
/** However far off nextUpdate is, or where there is none: older than a daily CRL is no news. */
const GREATEST_AGE_MS = 24 * 3_600_000;
/** RFC 9654 2.1: what a client sends. */
const NONCE_BYTES = 32;

const OCSP_SIGNING = '1.3.6.1.5.5.7.3.9';
const NO_CHECK = '1.3.6.1.5.5.7.48.1.5';
const NONCE = '1.3.6.1.5.5.7.48.1.2';

/** By which hash a responder finds the issuer: every one knows SHA-1, of which nothing hangs here. */
export type CertificateIdHash = 'sha1' | 'sha256';
const HASHES: Readonly<Record<CertificateIdHash, string>> = {
  sha1: '1.3.14.3.2.26',
  sha256: '2.16.840.1.101.3.4.2.1',
};

/** A responder's certificate is no card's; what it may mark critical is looked at below. */
const RESPONDER_RULES: CertificateRules = {
  serial: anySerialKey,
  mayBeCritical: new Set([
    OID.keyUsage,
    OID.basicConstraints,
    OID.certificatePolicies,
    OID.extendedKeyUsage,
    NO_CHECK,
  ]),
};

/** A card's certificate under the pinned authority that issued it. */
export interface OcspSubject {
  readonly certificate: Certificate;
  readonly issuer: Certificate;
  readonly issuerKey: KeyObject;
  /** Whether the CRL of the issuer revokes this other certificate of the same issuer. */
  isRevoked(other: Certificate): boolean;
}

export interface OcspQuestion {
  readonly subject: OcspSubject;
  readonly id: CertificateId;
  readonly nonce: Buffer;
  /** DER of the OCSPRequest. */
  readonly request: Buffer;
}

/** `nonce`: random and never used before; given only by whoever must know it beforehand. */
export function askOcsp(
  subject: OcspSubject,
  hash: CertificateIdHash = 'sha1',
  nonce: Buffer = randomBytes(NONCE_BYTES),
): OcspQuestion {
  const digest = (bytes: Buffer) => createHash(hash).update(bytes).digest();
  const issuerName = digest(subject.issuer.subject);
  const issuerKey = digest(keyBits(subject.issuer));
  const { serial } = subject.certificate;
  const request = new pkijs.OCSPRequest({
    tbsRequest: new pkijs.TBSRequest({
      requestList: [
        new pkijs.Request({
          reqCert: new pkijs.CertID({
            hashAlgorithm: new pkijs.AlgorithmIdentifier({
              algorithmId: HASHES[hash],
              algorithmParams: new asn1js.Null(),
            }),
            issuerNameHash: new asn1js.OctetString({ valueHex: issuerName }),
            issuerKeyHash: new asn1js.OctetString({ valueHex: issuerKey }),
            serialNumber: new asn1js.Integer({ valueHex: Buffer.from(serial, 'latin1') }),
          }),
        }),
      ],
      requestExtensions: [
        // RFC 6960 4.4.1: an OCTET STRING of its own inside the one of the extension.
        new pkijs.Extension({
          extnID: NONCE,
          extnValue: new asn1js.OctetString({ valueHex: nonce }).toBER(),
        }),
      ],
    }),
  });
  return {
    subject,
    id: {
      hash: HASHES[hash],
      issuerName: issuerName.toString('hex'),
      issuerKey: issuerKey.toString('hex'),
      serial,
    },
    nonce,
    request: Buffer.from(request.toSchema(true).toBER()),
  };
}

/**
 * `der`: whatever came back; `now`: ms since the epoch. Never throws for anything in the bytes.
 * Signature and signer come first, so that nobody else's words decide anything.
 */
export function judgeOcsp(der: Uint8Array, question: OcspQuestion, now: number): OnlineAnswer {
  try {
    const response = parseOcspResponse(der);
    if ('refused' in response) return none('refused', response.refused);
    return signerFault(response, question.subject, now) ?? judgeAnswers(response, question, now);
  } catch (error) {
    if (error instanceof X509Error) return none('malformed', error.message);
    throw error;
  }
}

/** RFC 6960 3.2 (2) to (4), 4.2.2.2. Null when the issuer itself speaks, or whom it charged. */
function signerFault(
  response: OcspResponse,
  subject: OcspSubject,
  now: number,
): OnlineAnswer | null {
  if (isSignedBy(response, subject.issuerKey))
    return namesSigner(response, subject.issuer)
      ? null
      : none('responder-not-authorized', 'it names another responder than the one that signed');
  for (const each of response.certificates) {
    const delegate = signerAmong(each, response);
    if (delegate === null) continue;
    const fault = delegationFault(delegate, response, subject, now);
    return fault === null ? null : none('responder-not-authorized', fault);
  }
  return none('bad-signature', 'signed neither by the issuer nor by a certificate that came along');
}

/** The certificate, when its key signed the response: which says nothing of who that is. */
function signerAmong(der: Buffer, response: OcspResponse): Certificate | null {
  let certificate: Certificate;
  let key: KeyObject;
  try {
    certificate = parseCertificate(der, RESPONDER_RULES);
    key = acceptableKey(certificate.publicKey);
  } catch (error) {
    // A responder may send its whole path; what can't be read in it signed nothing.
    if (error instanceof X509Error) return null;
    throw error;
  }
  return isSignedBy(response, key) ? certificate : null;
}

/** RFC 6960 4.2.2.2: directly from the same issuer, for this purpose, in force. */
function delegationFault(
  delegate: Certificate,
  response: OcspResponse,
  { issuer, issuerKey, isRevoked }: OcspSubject,
  now: number,
): string | null {
  // Names are no proof: the elder generations of one CA have the same. The key is.
  if (!delegate.issuer.equals(issuer.subject) || !isSignedBy(delegate, issuerKey))
    return 'not charged by the key that issued the card';
  if (!delegate.extendedKeyUsage?.includes(OCSP_SIGNING))
    return 'extended key usage lacks OCSPSigning';
  // RFC 5280 4.2.1.12: key usage and extended key usage both have to allow it.
  const { keyUsage } = delegate;
  if (keyUsage !== null && !keyUsage.has(KEY_USAGE.digitalSignature))
    return 'key usage lacks digitalSignature';
  if (now < delegate.notBefore || now > delegate.notAfter)
    return 'its certificate is outside its validity';
  if (!namesSigner(response, delegate))
    return 'it names another responder than the one that signed';
  // RFC 6960 4.2.2.2.1: id-pkix-ocsp-nocheck says that nobody need look; we hold the list anyway.
  if (isRevoked(delegate)) return 'its certificate is revoked';
  return null;
}

/** RFC 6960 4.2.2.3: who says to have signed is who did. */
function namesSigner({ responder }: OcspResponse, signer: Certificate): boolean {
  return 'name' in responder
    ? responder.name.equals(signer.subject)
    : responder.keyHash.equals(createHash('sha1').update(keyBits(signer)).digest());
}

function judgeAnswers(response: OcspResponse, question: OcspQuestion, now: number): OnlineAnswer {
  // RFC 6960 3.2 (1): about the certificate that was asked about, and once.
  const fitting = response.answers.filter(({ id }) => isSame(id, question.id));
  const [answer] = fitting;
  if (answer === undefined)
    return none('not-the-certificate', 'no answer is about the certificate that was asked about');
  if (fitting.length > 1) return none('contradictory', 'several answers about one certificate');
  const late = timeFault(response, answer, now);
  if (late !== null) return late;
  // RFC 9654 2.1: a response without it, or with another one, may be an old one played again.
  if (response.nonce === null || !response.nonce.equals(question.nonce))
    return none(
      'bad-nonce',
      response.nonce === null ? 'no nonce' : 'the nonce of another question',
    );
  const { status } = answer;
  return typeof status === 'string'
    ? { status }
    : { status: 'revoked', revokedFor: status.revokedFor };
}

/** RFC 6960 3.2 (5), (6), 4.2.2.1. */
function timeFault(
  { producedAt }: OcspResponse,
  { thisUpdate, nextUpdate }: OcspAnswer,
  now: number,
): OnlineAnswer | null {
  if (producedAt > now + SKEW_MS || thisUpdate > now + SKEW_MS)
    return none('future', 'made later than our clock says it is');
  if (nextUpdate !== null && nextUpdate < now - SKEW_MS)
    return none('stale', 'past its nextUpdate');
  const oldest = now - GREATEST_AGE_MS - SKEW_MS;
  if (thisUpdate < oldest || producedAt < oldest)
    return none('stale', 'older than the greatest age');
  return null;
}

function isSame(a: CertificateId, b: CertificateId): boolean {
  return (
    a.hash === b.hash &&
    a.issuerName === b.issuerName &&
    a.issuerKey === b.issuerKey &&
    a.serial === b.serial
  );
}

/** RFC 6960 4.1.1: the value of the public key's BIT STRING, without tag, length and unused bits. */
function keyBits({ publicKey }: Certificate): Buffer {
  const spki = new DerReader(publicKey).enter(TAG.sequence);
  spki.whole(TAG.sequence);
  return spki.octetAlignedBits();
}

function none(fault: OnlineFault, detail: string): OnlineAnswer {
  return { status: 'none', fault, detail };
}
