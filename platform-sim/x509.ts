/**
 * Writes certificates and CRLs (RFC 5280) from plain descriptions. Judges nothing: the simulated
 * world must be able to issue what a terminal has to refuse.
 */

import { createHash, type KeyObject, randomBytes, sign } from 'node:crypto';
import { isIPv4 } from 'node:net';
import * as asn1js from 'asn1js';
import * as pkijs from 'pkijs';

const ATTRIBUTE = { C: '2.5.4.6', O: '2.5.4.10', OU: '2.5.4.11', CN: '2.5.4.3' } as const;

/** In the order in which they are written: country first. */
export type Name = readonly (readonly [keyof typeof ATTRIBUTE, string])[];

export interface ExtensionSpec {
  readonly oid: string;
  readonly critical: boolean;
  /** DER of what the extension says. */
  readonly value: Uint8Array;
}

/** RFC 5280 4.2.1.3, in the order of their bits. */
const KEY_USAGES = [
  'digitalSignature',
  'nonRepudiation',
  'keyEncipherment',
  'dataEncipherment',
  'keyAgreement',
  'keyCertSign',
  'cRLSign',
] as const;
export type KeyUsage = (typeof KEY_USAGES)[number];

/** RFC 5280 5.3.1, by number; null where a number is not used. */
export const REVOCATION_REASONS = [
  'unspecified',
  'keyCompromise',
  'cACompromise',
  'affiliationChanged',
  'superseded',
  'cessationOfOperation',
  'certificateHold',
  null,
  'removeFromCRL',
  'privilegeWithdrawn',
  'aACompromise',
] as const;
export type RevocationReason = NonNullable<(typeof REVOCATION_REASONS)[number]>;

export interface Issuer {
  readonly name: Name;
  readonly privateKey: KeyObject;
}

export interface CertificateSpec {
  readonly issuer: Issuer;
  readonly subject: Name;
  readonly publicKey: KeyObject;
  /** Big-endian, as it should be written. */
  readonly serial: Uint8Array;
  readonly notBefore: Date;
  readonly notAfter: Date;
  readonly extensions: readonly ExtensionSpec[];
}

export interface Revocation {
  readonly serial: Uint8Array;
  readonly at: Date;
  readonly reason: RevocationReason;
  /** Extensions of this entry behind its reason. */
  readonly extra?: readonly ExtensionSpec[];
}

export interface CrlSpec {
  readonly issuer: Issuer;
  readonly thisUpdate: Date;
  readonly nextUpdate: Date;
  readonly revoked: readonly Revocation[];
  readonly extensions: readonly ExtensionSpec[];
}

/** DER of the certificate. */
export function writeCertificate(spec: CertificateSpec): Buffer {
  const tbs = sequence(
    explicit(0, integer(Uint8Array.of(2))),
    integer(spec.serial),
    signatureAlgorithm(spec.issuer.privateKey),
    name(spec.issuer.name),
    sequence(time(spec.notBefore), time(spec.notAfter)),
    name(spec.subject),
    spec.publicKey.export({ format: 'der', type: 'spki' }),
    explicit(3, extensions(spec.extensions)),
  );
  return signed(tbs, spec.issuer.privateKey);
}

/** DER of a version 2 CRL. */
export function writeCrl(spec: CrlSpec): Buffer {
  const tbs = sequence(
    integer(Uint8Array.of(1)),
    signatureAlgorithm(spec.issuer.privateKey),
    name(spec.issuer.name),
    time(spec.thisUpdate),
    time(spec.nextUpdate),
    // RFC 5280 5.1.2.6: absent when nothing is revoked.
    ...(spec.revoked.length > 0 ? [sequence(Buffer.concat(spec.revoked.map(crlEntry)))] : []),
    explicit(0, extensions(spec.extensions)),
  );
  return signed(tbs, spec.issuer.privateKey);
}

/** 64 random bits, positive: nobody guesses the next one, and nobody gets the same twice. */
export function randomSerial(): Buffer {
  const serial = randomBytes(8);
  serial[0] = ((serial[0] ?? 0) & 0x3f) | 0x40;
  return serial;
}

/** RFC 5280 4.2.1.2, method 1: SHA-1 over the bits of the public key. */
export function keyIdentifier(publicKey: KeyObject): Buffer {
  return createHash('sha1').update(publicKeyBits(publicKey)).digest();
}

/** What subjectPublicKey holds, without its tag, length and unused bits. */
export function publicKeyBits(publicKey: KeyObject): Uint8Array {
  const spki = pkijs.PublicKeyInfo.fromBER(publicKey.export({ format: 'der', type: 'spki' }));
  return spki.subjectPublicKey.valueBlock.valueHexView;
}

/** Values of the extensions that JPKI's profile knows. */
export const extension = {
  subjectKeyIdentifier: (keyId: Uint8Array): ExtensionSpec => ({
    oid: '2.5.29.14',
    critical: false,
    value: encode(0x04, keyId),
  }),

  authorityKeyIdentifier: (keyId: Uint8Array): ExtensionSpec => ({
    oid: '2.5.29.35',
    critical: false,
    value: sequence(encode(0x80, keyId)),
  }),

  keyUsage(usages: readonly KeyUsage[]): ExtensionSpec {
    const numbers = usages.map((usage) => KEY_USAGES.indexOf(usage));
    const bits = numbers.reduce((sum, number) => sum | (0x80 >> number), 0);
    // X.690 11.2.2: named bits are written without trailing zeros.
    const unused = 7 - Math.max(...numbers);
    return { oid: '2.5.29.15', critical: true, value: encode(0x03, Uint8Array.of(unused, bits)) };
  },

  /** `pathLength`: how many CAs may stand below; null: any number. */
  basicConstraints: (ca: boolean, pathLength: number | null = null): ExtensionSpec => ({
    oid: '2.5.29.19',
    critical: true,
    value: sequence(
      ...(ca ? [TRUE] : []),
      ...(pathLength === null ? [] : [integer(Uint8Array.of(pathLength))]),
    ),
  }),

  /** DNS names and IPv4 addresses (RFC 5280 4.2.1.6). */
  subjectAltName: (hosts: readonly string[]): ExtensionSpec => ({
    oid: '2.5.29.17',
    critical: false,
    value: sequence(
      ...hosts.map((host) =>
        isIPv4(host)
          ? encode(0x87, Uint8Array.from(host.split('.'), Number))
          : encode(0x82, Buffer.from(host, 'latin1')),
      ),
    ),
  }),

  /** A critical policy with the address of its practice statement, as JPKI writes it. */
  certificatePolicies(policy: string, statement: string): ExtensionSpec {
    const qualifier = sequence(oid('1.3.6.1.5.5.7.2.1'), encode(0x16, Buffer.from(statement)));
    const value = sequence(sequence(oid(policy), sequence(qualifier)));
    return { oid: '2.5.29.32', critical: true, value };
  },

  extendedKeyUsage: (purposes: readonly string[], critical = false): ExtensionSpec => ({
    oid: '2.5.29.37',
    critical,
    value: sequence(...purposes.map(oid)),
  }),

  issuerAltName: (directory: Name): ExtensionSpec => ({
    oid: '2.5.29.18',
    critical: false,
    value: sequence(explicit(4, name(directory))),
  }),

  /** RFC 5280 4.2.1.6: otherNames, each a UTF8String under an OID of its own. */
  subjectOtherNames: (
    values: readonly (readonly [oid: string, text: string])[],
  ): ExtensionSpec => ({
    oid: '2.5.29.17',
    critical: false,
    value: sequence(
      ...values.map(([type, text]) =>
        explicit(0, Buffer.concat([oid(type), explicit(0, encode(0x0c, Buffer.from(text)))])),
      ),
    ),
  }),

  /** RFC 6960 4.2.2.2.1: nobody need ask whether this responder's certificate was revoked. */
  ocspNoCheck: (): ExtensionSpec => ({
    oid: '1.3.6.1.5.5.7.48.1.5',
    critical: false,
    value: encode(0x05),
  }),

  /**
   * A directory name without an address to fetch anything from: JPKI's CRLs are not for the public.
   */
  crlDistributionPoint: (directory: Name): ExtensionSpec => ({
    oid: '2.5.29.31',
    critical: false,
    value: sequence(sequence(explicit(0, explicit(0, explicit(4, name(directory)))))),
  }),

  crlNumber: (number: bigint): ExtensionSpec => ({
    oid: '2.5.29.20',
    critical: false,
    value: integer(bytesOf(number)),
  }),
} as const;

/** A DER value: tag, minimal length (X.690 10.1), content. */
export function encode(tag: number, ...content: readonly Uint8Array[]): Buffer {
  const length = content.reduce((sum, part) => sum + part.length, 0);
  if (length < 0x80) return Buffer.concat([Uint8Array.of(tag, length), ...content]);
  const octets = bytesOf(BigInt(length));
  // The length is unsigned: the zero that keeps an INTEGER positive has no place in it.
  const minimal = octets[0] === 0 ? octets.subarray(1) : octets;
  return Buffer.concat([Uint8Array.of(tag, 0x80 | minimal.length), minimal, ...content]);
}

const TRUE = encode(0x01, Uint8Array.of(0xff));

function crlEntry({ serial, at, reason, extra = [] }: Revocation): Buffer {
  const said = REASON_CODES[REVOCATION_REASONS.indexOf(reason)] ?? [];
  if (extra.length === 0) return sequence(integer(serial), time(at), ...said);
  const inside = [...said.map((list) => list.subarray(2)), ...extra.map(extensionOf)];
  return sequence(integer(serial), time(at), sequence(...inside));
}

function signed(tbs: Buffer, key: KeyObject): Buffer {
  const signature = encode(0x03, Uint8Array.of(0), sign('sha256', tbs, key));
  return sequence(tbs, signatureAlgorithm(key), signature);
}

/** With SHA-256: RSA with NULL parameters (RFC 4055 5), ECDSA without any (RFC 5758 3.2). */
export function signatureAlgorithm(key: KeyObject): Buffer {
  return key.asymmetricKeyType === 'ec'
    ? sequence(oid('1.2.840.10045.4.3.2'))
    : sequence(oid('1.2.840.113549.1.1.11'), encode(0x05));
}

export function name(parts: Name): Buffer {
  const attributes = parts.map(([type, text]) => {
    // RFC 5280 appendix A: a country is a PrintableString; everything else is UTF-8.
    const value = encode(type === 'C' ? 0x13 : 0x0c, Buffer.from(text, 'utf8'));
    return encode(0x31, sequence(oid(ATTRIBUTE[type]), value));
  });
  return sequence(...attributes);
}

/** RFC 5280 4.1.2.5: UTCTime up to 2049, GeneralizedTime from then on; whole seconds. */
function time(at: Date): Buffer {
  const digits = `${at.toISOString().replaceAll(/\D/g, '').slice(0, 14)}Z`;
  return at.getUTCFullYear() < 2050
    ? encode(0x17, Buffer.from(digits.slice(2)))
    : encode(0x18, Buffer.from(digits));
}

export function extensions(specs: readonly ExtensionSpec[]): Buffer {
  return sequence(...specs.map(extensionOf));
}

function extensionOf({ oid: name, critical, value }: ExtensionSpec): Buffer {
  return sequence(oid(name), ...(critical ? [TRUE] : []), encode(0x04, value));
}

/**
 * By the number of a reason, the extensions of an entry that says nothing else: made once, for a CRL
 * may have a million entries. RFC 5280 5.3.1: "unspecified" is said by saying nothing.
 */
const REASON_CODES: readonly (readonly Buffer[])[] = REVOCATION_REASONS.map((_, number) => {
  const value = encode(0x0a, Uint8Array.of(number));
  return number === 0 ? [] : [extensions([{ oid: '2.5.29.21', critical: false, value }])];
});

export function sequence(...parts: readonly Uint8Array[]): Buffer {
  return encode(0x30, ...parts);
}

/** An EXPLICIT context-specific tag. */
export function explicit(number: number, content: Uint8Array): Buffer {
  return encode(0xa0 | number, content);
}

export function integer(content: Uint8Array): Buffer {
  return encode(0x02, content);
}

export function oid(value: string): Buffer {
  return Buffer.from(new asn1js.ObjectIdentifier({ value }).toBER());
}

/** Minimal big-endian octets with a clear sign bit. */
function bytesOf(number: bigint): Buffer {
  const hex = number.toString(16);
  const bytes = Buffer.from(hex.padStart(hex.length + (hex.length % 2), '0'), 'hex');
  return (bytes[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.alloc(1), bytes]) : bytes;
}
