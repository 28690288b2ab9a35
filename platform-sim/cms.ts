/** CMS SignedData (RFC 5652) as the platform writes it: attached content, one signature or more. */

import { type KeyObject, webcrypto } from 'node:crypto';
import * as asn1js from 'asn1js';
import * as pkijs from 'pkijs';

const CONTENT_TYPE = '1.2.840.113549.1.9.3';
const MESSAGE_DIGEST = '1.2.840.113549.1.9.4';
const SIGNED_DATA = '1.2.840.113549.1.7.2';

export interface CmsSigner {
  /** P-256. */
  readonly key: KeyObject;
  /** By its certificate, which goes into the object, or by a key identifier alone. */
  readonly is: pkijs.Certificate | Buffer;
}

/** DER of a SignedData that holds `content`, of the type `type` (an OID). */
export async function signCms(
  type: string,
  content: Uint8Array,
  signers: readonly CmsSigner[],
): Promise<Buffer> {
  const digest = await webcrypto.subtle.digest('SHA-256', Uint8Array.from(content));
  const certificates = signers.flatMap(({ is }) => (is instanceof pkijs.Certificate ? [is] : []));
  const signedData = new pkijs.SignedData({
    // RFC 5652 5.1: 3, because the content is not id-data.
    version: 3,
    encapContentInfo: attached(type, content),
    ...(certificates.length > 0 && { certificates }),
    signerInfos: signers.map(({ is }) => signerInfo(type, digest, is)),
  });
  for (const [at, { key }] of signers.entries()) {
    await signedData.sign(await webKey(key), at, 'SHA-256');
  }
  const envelope = new pkijs.ContentInfo({
    contentType: SIGNED_DATA,
    content: signedData.toSchema(true),
  });
  return Buffer.from(envelope.toSchema().toBER());
}

/** What an object that `signCms` made holds. */
export function contentOf(cms: Uint8Array): Buffer {
  const { content } = pkijs.ContentInfo.fromBER(cms);
  const { eContent } = new pkijs.SignedData({ schema: content }).encapContentInfo;
  if (eContent === undefined) throw new Error('no content in the object');
  return Buffer.from(eContent.valueBlock.valueHexView);
}

/** SubjectPublicKeyInfo (DER) of the certificate in an object that `signCms` made. */
export function signerOf(cms: Uint8Array): Buffer {
  const { content } = pkijs.ContentInfo.fromBER(cms);
  const [certificate] = new pkijs.SignedData({ schema: content }).certificates ?? [];
  if (!(certificate instanceof pkijs.Certificate)) throw new Error('no certificate in the object');
  return Buffer.from(certificate.subjectPublicKeyInfo.toSchema().toBER());
}

/**
 * The constructor of pkijs would cut the content into pieces, which is BER; DER has one OCTET
 * STRING (X.690 10.2).
 */
function attached(eContentType: string, content: Uint8Array): pkijs.EncapsulatedContentInfo {
  const info = new pkijs.EncapsulatedContentInfo({ eContentType });
  info.eContent = new asn1js.OctetString({ valueHex: content });
  return info;
}

function signerInfo(
  type: string,
  digest: ArrayBuffer,
  is: pkijs.Certificate | Buffer,
): pkijs.SignerInfo {
  const signedAttrs = new pkijs.SignedAndUnsignedAttributes({
    type: 0,
    attributes: [
      attribute(CONTENT_TYPE, new asn1js.ObjectIdentifier({ value: type })),
      attribute(MESSAGE_DIGEST, new asn1js.OctetString({ valueHex: digest })),
    ],
  });
  // RFC 5652 5.3: version 1 with issuer and serial number, 3 with [0] subjectKeyIdentifier.
  if (is instanceof pkijs.Certificate) {
    const { issuer, serialNumber } = is;
    const sid = new pkijs.IssuerAndSerialNumber({ issuer, serialNumber });
    return new pkijs.SignerInfo({ version: 1, sid, signedAttrs });
  }
  const idBlock = { tagClass: 3, tagNumber: 0 };
  const sid = new asn1js.Primitive({ idBlock, valueHex: is });
  return new pkijs.SignerInfo({ version: 3, sid, signedAttrs });
}

function attribute(type: string, value: asn1js.BaseBlock): pkijs.Attribute {
  return new pkijs.Attribute({ type, values: [value] });
}

function webKey(key: KeyObject): Promise<webcrypto.CryptoKey> {
  const pkcs8 = Uint8Array.from(key.export({ format: 'der', type: 'pkcs8' }));
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256' };
  return webcrypto.subtle.importKey('pkcs8', pkcs8, algorithm, false, ['sign']);
}
