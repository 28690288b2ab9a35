/**
 * What the terminal's own key signs: the request for its certificate (PKCS#10, RFC 2986), and the certificate of the key
 * that speaks TLS for it (RFC 5280). The key itself stays where it is.
 */

import { hash, type KeyObject, randomBytes } from 'node:crypto';
import * as asn1js from 'asn1js';
import * as pkijs from 'pkijs';
import { OID } from './extensions.ts';

/** An RSA key that signs behind its store. */
export interface Signer {
  readonly publicKey: KeyObject;
  /** RSASSA-PKCS1-v1_5 with SHA-256; null when the key can't be used now. */
  sign(data: Uint8Array): Promise<Uint8Array | null>;
}

/** The store did not sign. */
export class SigningError extends Error {
  override readonly name = 'SigningError';
}

const SHA256_WITH_RSA = '1.2.840.113549.1.1.11';
const COMMON_NAME = '2.5.4.3';
const SERVER_AUTHENTICATION = '1.3.6.1.5.5.7.3.1';
const CLIENT_AUTHENTICATION = '1.3.6.1.5.5.7.3.2';
/** Of two gates that speak to each other either may have called. */
export const NEIGHBOUR_PURPOSES = [SERVER_AUTHENTICATION, CLIENT_AUTHENTICATION] as const;

/** DER of a PKCS#10 for the subject CN=`name`. Rejects with SigningError. */
export async function makeRequest(name: string, key: Signer): Promise<Buffer> {
  const request = new pkijs.CertificationRequest({
    version: 0,
    subject: commonName(name),
    subjectPublicKeyInfo: publicKeyInfo(key.publicKey),
    attributes: [],
  });
  return signed(request, key);
}

/** DER of the name CN=`name`. */
export function subjectOf(name: string): Buffer {
  return Buffer.from(commonName(name).toSchema().toBER(false));
}

/** What stands in the certificate of the key by which a terminal speaks to its neighbours. */
export function neighbourName(terminal: string): string {
  return `${terminal} neighbour`;
}

export interface LinkCertificateSpec {
  /** The terminal's name. */
  readonly name: string;
  /** DER of the terminal's certificate, whose key `signer` is. */
  readonly issuer: Buffer;
  readonly signer: Signer;
  /** The key that speaks TLS. */
  readonly publicKey: KeyObject;
  /** Milliseconds since the epoch. */
  readonly notBefore: number;
  readonly notAfter: number;
  /** Whom it speaks to. */
  readonly to: 'platform' | 'neighbours';
}

/**
 * DER of a certificate that is good for being a TLS client of the platform, or for speaking to other gates, and for nothing
 * else. Rejects with SigningError.
 */
export async function issueLinkCertificate(spec: LinkCertificateSpec): Promise<Buffer> {
  const issuer = pkijs.Certificate.fromBER(spec.issuer);
  const isLink = spec.to === 'platform';
  const certificate = new pkijs.Certificate({
    version: 2,
    serialNumber: new asn1js.Integer({ valueHex: serial() }),
    signature: algorithm(),
    issuer: issuer.subject,
    notBefore: utcTime(spec.notBefore),
    notAfter: utcTime(spec.notAfter),
    // A name like its issuer's would make it look self-issued (RFC 5280 3.2).
    subject: commonName(isLink ? `${spec.name} link` : neighbourName(spec.name)),
    subjectPublicKeyInfo: publicKeyInfo(spec.publicKey),
    extensions: linkExtensions(spec, isLink ? [CLIENT_AUTHENTICATION] : NEIGHBOUR_PURPOSES),
  });
  return signed(certificate, spec.signer);
}

function linkExtensions(
  { signer, publicKey }: LinkCertificateSpec,
  purposes: readonly string[],
): pkijs.Extension[] {
  const digitalSignature = new asn1js.BitString({ valueHex: Uint8Array.of(0x80), unusedBits: 7 });
  const authority = new pkijs.AuthorityKeyIdentifier({
    keyIdentifier: new asn1js.OctetString({ valueHex: keyIdentifier(signer.publicKey) }),
  });
  const subject = new asn1js.OctetString({ valueHex: keyIdentifier(publicKey) });
  return [
    extension(OID.basicConstraints, true, new asn1js.Sequence({ value: [] })),
    extension(OID.keyUsage, true, digitalSignature),
    extension(
      OID.extendedKeyUsage,
      false,
      new pkijs.ExtKeyUsage({ keyPurposes: [...purposes] }).toSchema(),
    ),
    extension(OID.authorityKeyIdentifier, false, authority.toSchema()),
    extension(OID.subjectKeyIdentifier, false, subject),
  ];
}

function extension(extnID: string, critical: boolean, value: asn1js.BaseBlock): pkijs.Extension {
  return new pkijs.Extension({ extnID, critical, extnValue: value.toBER(false) });
}

async function signed(
  what: pkijs.CertificationRequest | pkijs.Certificate,
  key: Signer,
): Promise<Buffer> {
  what.signatureAlgorithm = algorithm();
  // RFC 2986 4.2, RFC 5280 4.1: what is signed comes first.
  const [tbs] = what.toSchema(true).valueBlock.value;
  if (tbs === undefined) throw new SigningError('there is nothing to sign');
  const signature = await key.sign(new Uint8Array(tbs.toBER(false)));
  if (signature === null) throw new SigningError('the key store did not sign');
  what.signatureValue = new asn1js.BitString({ valueHex: Uint8Array.from(signature) });
  return Buffer.from(what.toSchema(true).toBER(false));
}

/** RFC 4055 5: with NULL parameters. */
function algorithm(): pkijs.AlgorithmIdentifier {
  return new pkijs.AlgorithmIdentifier({
    algorithmId: SHA256_WITH_RSA,
    algorithmParams: new asn1js.Null(),
  });
}

function commonName(text: string): pkijs.RelativeDistinguishedNames {
  const value = new asn1js.Utf8String({ value: text });
  return new pkijs.RelativeDistinguishedNames({
    typesAndValues: [new pkijs.AttributeTypeAndValue({ type: COMMON_NAME, value })],
  });
}

function publicKeyInfo(key: KeyObject): pkijs.PublicKeyInfo {
  return pkijs.PublicKeyInfo.fromBER(key.export({ format: 'der', type: 'spki' }));
}

/** RFC 5280 4.2.1.2, method 1. */
function keyIdentifier(key: KeyObject): Buffer {
  const bits = publicKeyInfo(key).subjectPublicKey.valueBlock.valueHexView;
  return hash('sha1', bits, 'buffer');
}

/** RFC 5280 4.1.2.5.1: UTCTime through 2049. */
function utcTime(at: number): pkijs.Time {
  return new pkijs.Time({ type: 0, value: new Date(Math.floor(at / 1000) * 1000) });
}

/** 64 random bits, positive, and no octet more than DER wants. */
function serial(): Buffer {
  const bytes = randomBytes(8);
  bytes[0] = ((bytes[0] ?? 0) & 0x3f) | 0x40;
  return bytes;
}
