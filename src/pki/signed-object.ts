/**
 * What the platform signs (CMS SignedData, RFC 5652), opened and checked. pkijs takes the structure
 * apart; every decision is made here, as it accepts more than it should (several signers, any
 * eContentType, any signer).
 */

import { createHash, type KeyObject } from 'node:crypto';
import * as asn1js from 'asn1js';
import * as pkijs from 'pkijs';
import { LIMITS, SIGNED_KIND, type SignedKind } from '../link/protocol.ts';
import { acceptableKey, isSignedBy, type SignatureAlgorithm } from './algorithms.ts';
import { type Certificate, parseCertificate } from './certificate.ts';
import { X509Error } from './der.ts';
import { KEY_USAGE } from './extensions.ts';

export type SignedObjectFault =
  | 'bad-signature'
  | 'wrong-kind'
  | 'unknown-signer'
  | 'malformed'
  | 'signer-expired';

/** A signed object that is not taken, and why. */
export class SignedObjectError extends Error {
  readonly reason: SignedObjectFault;
  constructor(reason: SignedObjectFault, detail: string, options?: ErrorOptions) {
    super(detail, options);
    this.name = 'SignedObjectError';
    this.reason = reason;
  }
}

/** What a signature and its certificate may add to the content. */
const ENVELOPE_BYTES = 16_384;
const MAX_CONTENT_BYTES: Readonly<Record<SignedKind, number>> = {
  head: 65_536,
  'entry-list': LIMITS.manifestBytes,
  trust: 1_048_576,
  institution: 1_048_576,
};
/** How far a terminal's clock may differ from the platform's. */
const SKEW_MS = 5 * 60_000;

const SIGNED_DATA = '1.2.840.113549.1.7.2';
const CONTENT_TYPE = '1.2.840.113549.1.9.3';
const MESSAGE_DIGEST = '1.2.840.113549.1.9.4';
const HASHES: ReadonlyMap<string, SignatureAlgorithm['hash']> = new Map([
  ['2.16.840.1.101.3.4.2.1', 'sha256'],
  ['2.16.840.1.101.3.4.2.2', 'sha384'],
  ['2.16.840.1.101.3.4.2.3', 'sha512'],
]);
/**
 * CMS names the key alone (rsaEncryption) or key and hash together; the hash is that of the digest
 * algorithm.
 */
const SIGNATURES: ReadonlyMap<string, Pick<SignatureAlgorithm, 'key'> & { hash?: string }> =
  new Map([
    ['1.2.840.113549.1.1.1', { key: 'rsa' }],
    ['1.2.840.113549.1.1.11', { key: 'rsa', hash: 'sha256' }],
    ['1.2.840.113549.1.1.12', { key: 'rsa', hash: 'sha384' }],
    ['1.2.840.113549.1.1.13', { key: 'rsa', hash: 'sha512' }],
    ['1.2.840.10045.4.3.2', { key: 'ec', hash: 'sha256' }],
    ['1.2.840.10045.4.3.3', { key: 'ec', hash: 'sha384' }],
    ['1.2.840.10045.4.3.4', { key: 'ec', hash: 'sha512' }],
  ]);

interface SignedObject {
  readonly type: string;
  readonly content: Buffer;
  readonly signer: pkijs.SignerInfo;
  readonly certificate: pkijs.Certificate;
}

/**
 * `cms`: DER of a ContentInfo. `pinned`: DER of the platform's CA certificate; its key must have
 * issued the signer's certificate, whose only extended key usage is the kind's OID. `now`: ms since
 * the epoch. Throws SignedObjectError; what it gives back has been checked from the first byte to
 * the last.
 */
export async function openSignedObject(
  cms: Uint8Array,
  kind: SignedKind,
  pinned: Uint8Array,
  now: number,
): Promise<{ readonly content: Buffer }> {
  if (cms.length > MAX_CONTENT_BYTES[kind] + ENVELOPE_BYTES)
    throw new SignedObjectError('malformed', `${cms.length} bytes of ${kind}`);
  const object = takeApart(cms);
  const type = SIGNED_KIND[kind];
  if (object.type !== type)
    throw new SignedObjectError('wrong-kind', `eContentType is not that of ${kind}`);
  const key = signerKey(object, type, pinned, now);
  checkSignature(object, key);
  return { content: object.content };
}

/**
 * Exactly one signer, one certificate, attached content (RFC 5652 5.1): nothing here needs more.
 */
function takeApart(cms: Uint8Array): SignedObject {
  const signedData = parseSignedData(cms);
  const { eContentType: type, eContent } = signedData.encapContentInfo;
  const [signer, ...furtherSigners] = signedData.signerInfos;
  const [certificate, ...furtherCertificates] = signedData.certificates ?? [];
  if (signer === undefined || furtherSigners.length > 0)
    throw new SignedObjectError('malformed', `${signedData.signerInfos.length} signers, not one`);
  if (!(certificate instanceof pkijs.Certificate) || furtherCertificates.length > 0)
    throw new SignedObjectError('malformed', 'not exactly one certificate');
  if (eContent === undefined || eContent.idBlock.isConstructed)
    throw new SignedObjectError('malformed', 'content is detached or in pieces');
  return { type, content: Buffer.from(eContent.valueBlock.valueHexView), signer, certificate };
}

function parseSignedData(cms: Uint8Array): pkijs.SignedData {
  try {
    const parsed = asn1js.fromBER(cms);
    if (parsed.offset !== cms.length) throw new X509Error('bytes behind the object');
    const envelope = new pkijs.ContentInfo({ schema: parsed.result });
    if (envelope.contentType !== SIGNED_DATA) throw new X509Error('not a SignedData');
    return new pkijs.SignedData({ schema: envelope.content });
  } catch (error) {
    // asn1js and pkijs have no error class of their own: whatever they throw here is about the
    // bytes.
    throw new SignedObjectError('malformed', 'not a CMS SignedData', { cause: error });
  }
}

/**
 * The signer's key, once its certificate has been found to be the pinned CA's, of this kind and in
 * time.
 */
function signerKey(object: SignedObject, type: string, pinned: Uint8Array, now: number): KeyObject {
  const { certificate: ca, key: caKey } = parseKnownKey(pinned);
  // pkijs keeps the signed part as it came; whatever else it wrote anew has to be DER and fit the
  // signature.
  const { certificate, key } = parseKnownKey(new Uint8Array(object.certificate.toSchema().toBER()));
  if (
    !ca.ca ||
    ca.subjectKeyId === null ||
    certificate.authorityKeyId !== ca.subjectKeyId ||
    !certificate.issuer.equals(ca.subject) ||
    !isSignedBy(certificate, caKey)
  )
    throw new SignedObjectError('unknown-signer', 'the pinned CA did not issue the signer');
  if (!namesSigner(object.signer, object.certificate))
    throw new SignedObjectError('unknown-signer', 'the signature names another certificate');
  const { ca: isCa, keyUsage, extendedKeyUsage } = certificate;
  const purpose = extendedKeyUsage?.length === 1 ? extendedKeyUsage[0] : undefined;
  if (isCa || !keyUsage?.has(KEY_USAGE.digitalSignature) || purpose !== type)
    throw new SignedObjectError('wrong-kind', 'the signer is not meant for this kind');
  for (const { notBefore, notAfter } of [ca, certificate]) {
    if (now < notBefore - SKEW_MS || now > notAfter + SKEW_MS)
      throw new SignedObjectError('signer-expired', 'outside the validity of the signer');
  }
  return key;
}

function parseKnownKey(der: Uint8Array): { certificate: Certificate; key: KeyObject } {
  try {
    const certificate = parseCertificate(der);
    return { certificate, key: acceptableKey(certificate.publicKey) };
  } catch (error) {
    if (error instanceof X509Error)
      throw new SignedObjectError('unknown-signer', error.message, { cause: error });
    throw error;
  }
}

/** RFC 5652 5.3: sid. */
function namesSigner(signer: pkijs.SignerInfo, certificate: pkijs.Certificate): boolean {
  return (
    signer.sid instanceof pkijs.IssuerAndSerialNumber &&
    signer.sid.issuer.isEqual(certificate.issuer) &&
    signer.sid.serialNumber.isEqual(certificate.serialNumber)
  );
}

/**
 * RFC 5652 5.4, 5.6, 11.1, 11.2. Signed attributes must be there, as the content is not id-data.
 */
function checkSignature({ type, content, signer }: SignedObject, key: KeyObject): void {
  const hash = HASHES.get(signer.digestAlgorithm.algorithmId);
  const named = SIGNATURES.get(signer.signatureAlgorithm.algorithmId);
  if (hash === undefined || named === undefined || (named.hash ?? hash) !== hash)
    throw new SignedObjectError('bad-signature', 'digest or signature algorithm is not accepted');
  const attributes = signer.signedAttrs;
  if (attributes === undefined)
    throw new SignedObjectError('malformed', 'there are no signed attributes');
  const contentType = onlyValue(attributes, CONTENT_TYPE);
  const digest = onlyValue(attributes, MESSAGE_DIGEST);
  if (!(contentType instanceof asn1js.ObjectIdentifier) || contentType.getValue() !== type)
    throw new SignedObjectError('bad-signature', 'another content type was signed');
  if (
    !(digest instanceof asn1js.OctetString) ||
    !createHash(hash).update(content).digest().equals(digest.valueBlock.valueHexView)
  )
    throw new SignedObjectError('bad-signature', 'another content was signed');
  const genuine = isSignedBy(
    {
      algorithm: { name: signer.signatureAlgorithm.algorithmId, hash, key: named.key },
      tbs: new Uint8Array(attributes.encodedValue),
      signature: signer.signature.valueBlock.valueHexView,
    },
    key,
  );
  if (!genuine) throw new SignedObjectError('bad-signature', 'the signature does not verify');
}

/** RFC 5652 5.3, 11: an attribute that counts comes once and has one value. */
function onlyValue(attributes: pkijs.SignedAndUnsignedAttributes, type: string): unknown {
  const [attribute, ...further] = attributes.attributes.filter((each) => each.type === type);
  const [value, ...furtherValues] = attribute?.values ?? [];
  if (further.length > 0 || furtherValues.length > 0)
    throw new SignedObjectError('malformed', `attribute ${type} comes twice`);
  return value;
}
