/**
 * CMS SignedData (RFC 5652): taken apart by pkijs, every decision made here, as it accepts more than
 * it should.
 */

import { createHash, type KeyObject } from 'node:crypto';
import * as asn1js from 'asn1js';
import * as pkijs from 'pkijs';
import { isSignedBy, type SignatureAlgorithm } from './algorithms.ts';
import { X509Error } from './der.ts';

export type SignedObjectFault =
  | 'bad-signature'
  | 'wrong-kind'
  | 'unknown-signer'
  | 'not-named'
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

/** Nothing of it has been verified yet. */
export interface SignedData {
  /** eContentType. */
  readonly type: string;
  readonly content: Buffer;
  readonly signers: readonly pkijs.SignerInfo[];
  readonly certificates: readonly unknown[];
}

/**
 * `cms`: DER of a ContentInfo with attached content of the type `type`, `limit` bytes of it at most.
 * Throws SignedObjectError.
 */
export function takeApart(cms: Uint8Array, type: string, limit: number): SignedData {
  if (cms.length > limit + ENVELOPE_BYTES)
    throw new SignedObjectError('malformed', `${cms.length} bytes, more than its kind may have`);
  const { encapContentInfo, signerInfos, certificates = [] } = parseSignedData(cms);
  const { eContentType, eContent } = encapContentInfo;
  // pkijs calls whatever stands there an OCTET STRING.
  if (!(eContent instanceof asn1js.OctetString) || eContent.idBlock.isConstructed)
    throw new SignedObjectError('malformed', 'content is detached, in pieces or no OCTET STRING');
  if (eContentType !== type)
    throw new SignedObjectError('wrong-kind', 'eContentType is that of another kind');
  const content = Buffer.from(eContent.valueBlock.valueHexView);
  return { type, content, signers: signerInfos, certificates };
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
 * RFC 5652 5.4, 5.6, 11.1, 11.2. Signed attributes must be there, as the content is not id-data.
 * Throws SignedObjectError.
 */
export function checkSignature(
  { type, content }: SignedData,
  signer: pkijs.SignerInfo,
  key: KeyObject,
): void {
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
