/**
 * What one key signed: CMS SignedData (RFC 5652) with attached content and one signer, in one form. A card signs applications
 * so, a terminal what it sends by another way than the link. The signed attributes bind the signer's certificate
 * (signingCertificateV2, RFC 5035), which a card shows only together with its signature. So the object is written in two
 * steps: first all but the digest of that certificate, which comes last, then, with what the signer gave, the whole.
 */

import { createHash } from 'node:crypto';
import { parseCertificate } from './certificate.ts';
import { context, TAG } from './der.ts';
import { encode, explicit, NULL, oid, sequence, VERSION_1 } from './der-writer.ts';

const OID = {
  data: '1.2.840.113549.1.7.1',
  signedData: '1.2.840.113549.1.7.2',
  contentType: '1.2.840.113549.1.9.3',
  messageDigest: '1.2.840.113549.1.9.4',
  signingTime: '1.2.840.113549.1.9.5',
  signingCertificateV2: '1.2.840.113549.1.9.16.2.47',
  sha256: '2.16.840.1.101.3.4.2.1',
  sha256WithRsa: '1.2.840.113549.1.1.11',
} as const;
const SHA256_BYTES = 32;

export interface ContentToSign {
  readonly content: Uint8Array;
  /** DER of the signed attributes as they are signed (RFC 5652 5.4), but for SHA-256(signing certificate), which comes last. */
  readonly message: Buffer;
}

/** What the signer gave; `SigningOutcome` of a card that signed is one. */
export interface ContentSignature {
  /** DER */
  readonly signingCertificate: Uint8Array;
  /** RSASSA-PKCS1-v1_5 with SHA-256 over what was signed. */
  readonly signature: Uint8Array;
}

/** `at`: when it is signed; whole seconds of it count. */
export function contentToSign(content: Uint8Array, at: Date): ContentToSign {
  const attributes = signedAttributes(content, at, new Uint8Array(SHA256_BYTES));
  return { content, message: attributes.subarray(0, -SHA256_BYTES) };
}

/** DER of the ContentInfo. Throws X509Error when the certificate is none; whether it is worth anything is not asked. */
export function signedContent(
  { content, message }: ContentToSign,
  { signingCertificate, signature }: ContentSignature,
): Buffer {
  const { issuer, serial } = parseCertificate(signingCertificate);
  const attributes = Buffer.concat([message, sha256(signingCertificate)]);
  // RFC 5652 5.4: signed as a SET OF, carried as [0].
  attributes[0] = context.constructed(0);
  const digestAlgorithm = sequence(oid(OID.sha256));
  const signer = sequence(
    VERSION_1,
    sequence(issuer, encode(TAG.integer, Buffer.from(serial, 'latin1'))),
    digestAlgorithm,
    attributes,
    sequence(oid(OID.sha256WithRsa), NULL),
    encode(TAG.octetString, signature),
  );
  const signedData = sequence(
    VERSION_1,
    encode(TAG.set, digestAlgorithm),
    sequence(oid(OID.data), explicit(encode(TAG.octetString, content))),
    explicit(signingCertificate),
    encode(TAG.set, signer),
  );
  return sequence(oid(OID.signedData), explicit(signedData));
}

/**
 * In the order of DER (X.690 11.6), where the shorter ones come first: their second octets, the lengths, differ. Of
 * ESSCertIDv2 nothing but the digest is written: the algorithm is the default, and the issuer is in the certificate.
 */
function signedAttributes(content: Uint8Array, at: Date, digest: Uint8Array): Buffer {
  const certificateId = sequence(encode(TAG.octetString, digest));
  return encode(
    TAG.set,
    attribute(OID.contentType, oid(OID.data)),
    attribute(OID.signingTime, time(at)),
    attribute(OID.messageDigest, encode(TAG.octetString, sha256(content))),
    attribute(OID.signingCertificateV2, sequence(sequence(certificateId))),
  );
}

function attribute(type: string, value: Uint8Array): Buffer {
  return sequence(oid(type), encode(TAG.set, value));
}

/** RFC 5652 11.3: UTCTime up to 2049, GeneralizedTime from then on. */
function time(at: Date): Buffer {
  const digits = `${at.toISOString().replaceAll(/\D/g, '').slice(0, 14)}Z`;
  return at.getUTCFullYear() < 2050
    ? encode(TAG.utcTime, Buffer.from(digits.slice(2), 'latin1'))
    : encode(TAG.generalizedTime, Buffer.from(digits, 'latin1'));
}

function sha256(bytes: Uint8Array): Buffer {
  return createHash('sha256').update(bytes).digest();
}
