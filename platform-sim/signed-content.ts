/**
 * What one key signed, read back: CMS SignedData (RFC 5652) in exactly the form that terminals and cards make, from the first
 * byte to the last: one certificate, one signer, four signed attributes, nothing unsigned. Whose certificate it is, and what
 * it is worth, is for whoever asks. Everything here throws DerError.
 */

import { createHash, type KeyObject, verify } from 'node:crypto';
import { DerError, Elements, oid, structured, TAG, time } from './der.ts';

const DATA = '1.2.840.113549.1.7.1';
const SIGNED_DATA = '1.2.840.113549.1.7.2';
const CONTENT_TYPE = '1.2.840.113549.1.9.3';
const MESSAGE_DIGEST = '1.2.840.113549.1.9.4';
const SIGNING_TIME = '1.2.840.113549.1.9.5';
const SIGNING_CERTIFICATE_V2 = '1.2.840.113549.1.9.16.2.47';
const TAG_SET = 0x31;
const VERSION_1 = '01';
/** AlgorithmIdentifiers, DER: sha256 without parameters (RFC 5754 2), sha256WithRSAEncryption with NULL (3.2). */
const SHA256 = '300b0609608648016503040201';
const SHA256_WITH_RSA = '300d06092a864886f70d01010b0500';

/** Nothing of it has been verified yet. */
export interface SignedContent {
  readonly content: Buffer;
  /** DER */
  readonly certificate: Buffer;
  /** IssuerAndSerialNumber: DER of the name, content octets of the number. */
  readonly issuer: Buffer;
  readonly serial: Buffer;
  /** The signed attributes, as they are carried. */
  readonly attributes: Buffer;
  /** What they say. */
  readonly digest: Buffer;
  readonly certificateDigest: Buffer;
  readonly signedAt: number;
  readonly signature: Buffer;
}

/** Whose signature it is to be. */
export interface ContentSigner {
  /** As in `SignedContent`. */
  readonly issuer: Buffer;
  readonly serial: Buffer;
  readonly key: KeyObject;
}

/** `cms`: DER of the ContentInfo. */
export function readSignedContent(cms: Buffer, bytesMax: number): SignedContent {
  if (cms.length > bytesMax) throw new DerError('an object that is too long');
  const file = new Elements(cms);
  const envelope = file.inside(TAG.sequence);
  file.end();
  mustBe(oid(envelope.next(TAG.oid)) === SIGNED_DATA, 'not SignedData');
  const signedData = onlyInside(envelope, structured(0)).inside(TAG.sequence);
  envelope.end();
  mustBeVersion1(signedData);
  mustBe(onlyWhole(signedData, TAG_SET) === SHA256, 'another digest algorithm');
  const encapsulated = signedData.inside(TAG.sequence);
  mustBe(oid(encapsulated.next(TAG.oid)) === DATA, 'another type of content');
  const content = onlyInside(encapsulated, structured(0)).next(TAG.octetString).content;
  encapsulated.end();
  const certificate = Buffer.from(onlyWhole(signedData, structured(0)), 'hex');
  const signers = signedData.inside(TAG_SET);
  signedData.end();
  const signer = signers.inside(TAG.sequence);
  signers.end();
  return { content, certificate, ...readSigner(signer) };
}

function readSigner(signer: Elements): Omit<SignedContent, 'content' | 'certificate'> {
  mustBeVersion1(signer);
  const named = signer.inside(TAG.sequence);
  const issuer = named.next(TAG.sequence).whole;
  const serial = named.next(TAG.integer).content;
  named.end();
  mustBe(signer.next(TAG.sequence).whole.toString('hex') === SHA256, 'another digest algorithm');
  const attributes = signer.next(structured(0));
  const algorithm = signer.next(TAG.sequence).whole.toString('hex');
  mustBe(algorithm === SHA256_WITH_RSA, 'another signature algorithm');
  const signature = signer.next(TAG.octetString).content;
  signer.end();
  const said = readAttributes(new Elements(attributes.content));
  return { issuer, serial, attributes: attributes.whole, ...said, signature };
}

function readAttributes(
  list: Elements,
): Pick<SignedContent, 'digest' | 'certificateDigest' | 'signedAt'> {
  const values = new Map<string, Elements>();
  while (!list.atEnd) {
    const attribute = list.inside(TAG.sequence);
    const type = oid(attribute.next(TAG.oid));
    mustBe(!values.has(type), 'a signed attribute that comes twice');
    values.set(type, attribute.inside(TAG_SET));
    attribute.end();
  }
  const types = [CONTENT_TYPE, MESSAGE_DIGEST, SIGNING_TIME, SIGNING_CERTIFICATE_V2];
  const [type, digest, at, certificate] = types.map((each) => values.get(each));
  if (!type || !digest || !at || !certificate || values.size !== types.length) {
    throw new DerError('other signed attributes');
  }
  mustBe(oid(type.next(TAG.oid)) === DATA, 'another content type was signed');
  // RFC 5035 3: SEQUENCE OF ESSCertIDv2, whose digest is by SHA-256 unless it says otherwise.
  const id = onlyInside(onlyInside(certificate, TAG.sequence), TAG.sequence).inside(TAG.sequence);
  const read = {
    digest: digest.next(TAG.octetString).content,
    certificateDigest: id.next(TAG.octetString).content,
    signedAt: time(at),
  };
  for (const each of [type, digest, at, certificate, id]) each.end();
  return read;
}

/** Throws where `signer`, whose certificate is the one in it, did not sign it. */
export function checkSignedContent(signed: SignedContent, signer: ContentSigner): void {
  const isNamed =
    signed.issuer.equals(signer.issuer) &&
    signed.serial.equals(signer.serial) &&
    signed.certificateDigest.equals(sha256(signed.certificate));
  mustBe(isNamed, 'another certificate was signed for');
  mustBe(signed.digest.equals(sha256(signed.content)), 'another content was signed');
  // RFC 5652 5.4: signed as a SET OF.
  const message = Buffer.from(signed.attributes);
  message[0] = TAG_SET;
  mustBe(verify('sha256', message, signer.key, signed.signature), 'the signature is wrong');
}

/** Of the next element with that tag, the inside; there is nothing else in `elements`. */
function onlyInside(elements: Elements, tag: number): Elements {
  const inside = elements.inside(tag);
  elements.end();
  return inside;
}

/** The one SEQUENCE inside the next element, hex. */
function onlyWhole(elements: Elements, tag: number): string {
  const inside = elements.inside(tag);
  const { whole } = inside.next(TAG.sequence);
  inside.end();
  return whole.toString('hex');
}

function mustBeVersion1(elements: Elements): void {
  mustBe(elements.next(TAG.integer).content.toString('hex') === VERSION_1, 'another version');
}

function mustBe(right: boolean, otherwise: string): void {
  if (!right) throw new DerError(otherwise);
}

function sha256(bytes: Uint8Array): Buffer {
  return createHash('sha256').update(bytes).digest();
}
