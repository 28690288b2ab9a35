/**
 * Certificates (RFC 5280 4.1) as bytes say them, and what makes one a user-authentication
 * certificate (JPKI).
 */

import { type Signed, signatureAlgorithm } from './algorithms.ts';
import { context, DerReader, TAG, X509Error } from './der.ts';
import {
  type Extensions,
  extension,
  KEY_USAGE,
  OID,
  readAuthorityKeyIdentifier,
  readBasicConstraints,
  readCertificatePolicies,
  readExtendedKeyUsage,
  readExtensions,
  readKeyUsage,
  readSubjectKeyIdentifier,
} from './extensions.ts';

/** Cards hold 900 to 1,500 bytes; the limit leaves room for the next generation. */
export const MAX_CERTIFICATE_BYTES = 4096;

/** The policy of JPKI's user-authentication certificates; signing certificates carry another. */
const USER_AUTHENTICATION_POLICY = '1.2.392.200149.8.5.1.3.30';
const CLIENT_AUTHENTICATION = '1.3.6.1.5.5.7.3.2';
const ANY_EXTENDED_KEY_USAGE = '2.5.29.37.0';

/**
 * The critical extensions that are processed here; whoever marks another one critical is refused
 * (RFC 5280 4.2).
 */
const MAY_BE_CRITICAL: ReadonlySet<string> = new Set([
  OID.keyUsage,
  OID.basicConstraints,
  OID.certificatePolicies,
  OID.extendedKeyUsage,
]);

export interface Certificate extends Signed {
  /** As `serialKey` gives it. */
  readonly serial: string;
  /** DER of the names; compared byte by byte, as RFC 5280 4.1.2.6 makes CAs write them. */
  readonly issuer: Buffer;
  readonly subject: Buffer;
  /** Milliseconds since the epoch, both inclusive. */
  readonly notBefore: number;
  readonly notAfter: number;
  /** DER of the SubjectPublicKeyInfo. */
  readonly publicKey: Buffer;
  /** Hex; null when absent. */
  readonly authorityKeyId: string | null;
  readonly subjectKeyId: string | null;
  readonly ca: boolean;
  /** RFC 5280 4.2.1.9: how many CAs may stand below this one; null: any number. */
  readonly pathLength: number | null;
  /** Bit numbers of KEY_USAGE. */
  readonly keyUsage: ReadonlySet<number> | null;
  readonly extendedKeyUsage: readonly string[] | null;
  readonly policies: readonly string[];
  /** All of them, for whoever processes more than the above. */
  readonly extensions: Extensions;
}

/** What differs between the certificates of this scheme and those of RFC 5280 in general. */
export interface CertificateRules {
  readonly serial: (reader: DerReader) => string;
  /** OIDs of the critical extensions that the caller processes. */
  readonly mayBeCritical: ReadonlySet<string>;
}

/** Content octets of a serial number as a compact map key: one character an octet. */
export function serialKey(reader: DerReader): string {
  // RFC 5280 4.1.2.2: positive, 20 octets at most.
  const serial = reader.natural(20);
  if (serial.length === 1 && serial[0] === 0) throw new X509Error('serial number is zero');
  return serial.toString('latin1');
}

/**
 * RFC 5280 4.1.2.2: users should be prepared for numbers that are zero or negative, so a path in
 * general may have them; cards may not.
 */
export function anySerialKey(reader: DerReader): string {
  return reader.integer(20).toString('latin1');
}

const CARD_RULES: CertificateRules = { serial: serialKey, mayBeCritical: MAY_BE_CRITICAL };

/** `der`: one certificate and nothing behind it. Throws X509Error, never anything else. */
export function parseCertificate(der: Uint8Array, rules = CARD_RULES): Certificate {
  if (der.length > MAX_CERTIFICATE_BYTES) throw new X509Error(`${der.length} bytes of certificate`);
  const file = new DerReader(der);
  const outer = file.enter(TAG.sequence);
  file.end();
  const tbs = outer.whole(TAG.sequence);
  const algorithm = outer.whole(TAG.sequence);
  const signature = outer.octetAlignedBits();
  outer.end();

  const body = new DerReader(tbs).enter(TAG.sequence);
  // RFC 5280 4.1.2.1: extensions are used, so the version is 3.
  if (body.content(context.constructed(0)).toString('hex') !== '020102')
    throw new X509Error('not a version 3 certificate');
  const serial = rules.serial(body);
  // RFC 5280 4.1.1.2: what is signed names the same algorithm as what is not.
  if (!body.whole(TAG.sequence).equals(algorithm))
    throw new X509Error('two signature algorithms named');
  const issuer = body.whole(TAG.sequence);
  const validity = body.enter(TAG.sequence);
  const [notBefore, notAfter] = [validity.time(), validity.time()];
  validity.end();
  const subject = body.whole(TAG.sequence);
  const publicKey = body.whole(TAG.sequence);
  // RFC 5280 4.1.2.8: unique identifiers are read over; they decide nothing.
  for (const uniqueId of [context.primitive(1), context.primitive(2)])
    if (body.nextIs(uniqueId)) body.content(uniqueId);
  const wrapper = body.enter(context.constructed(3));
  body.end();
  const extensions = readExtensions(wrapper, rules.mayBeCritical);
  wrapper.end();
  return {
    tbs,
    algorithm: signatureAlgorithm(algorithm),
    signature,
    serial,
    issuer,
    subject,
    notBefore,
    notAfter,
    publicKey,
    ...readProfile(extensions),
  };
}

function readProfile(extensions: Extensions) {
  const constraints = extension(extensions, OID.basicConstraints, readBasicConstraints);
  return {
    extensions,
    authorityKeyId: extension(extensions, OID.authorityKeyIdentifier, readAuthorityKeyIdentifier),
    subjectKeyId: extension(extensions, OID.subjectKeyIdentifier, readSubjectKeyIdentifier),
    ca: constraints?.ca ?? false,
    pathLength: constraints?.pathLength ?? null,
    keyUsage: extension(extensions, OID.keyUsage, readKeyUsage),
    extendedKeyUsage: extension(extensions, OID.extendedKeyUsage, readExtendedKeyUsage),
    policies: extension(extensions, OID.certificatePolicies, readCertificatePolicies) ?? [],
  };
}

/** Why a genuine certificate does not authenticate its holder; null when it does. */
export function authenticationFault(certificate: Certificate): string | null {
  const { ca, keyUsage, extendedKeyUsage, policies } = certificate;
  // RFC 5280 4.2.1.9, 4.2.1.3: a CA is nobody's card.
  if (ca || keyUsage?.has(KEY_USAGE.keyCertSign)) return 'a CA certificate';
  // RFC 5280 4.2.1.3. nonRepudiation marks the signing certificate of the same card.
  if (!keyUsage?.has(KEY_USAGE.digitalSignature)) return 'key usage lacks digitalSignature';
  if (keyUsage.has(KEY_USAGE.nonRepudiation)) return 'key usage has nonRepudiation';
  // RFC 5280 4.2.1.12: absent means any purpose.
  const purposes = extendedKeyUsage ?? [ANY_EXTENDED_KEY_USAGE];
  if (!purposes.includes(CLIENT_AUTHENTICATION) && !purposes.includes(ANY_EXTENDED_KEY_USAGE))
    return 'extended key usage lacks clientAuth';
  // RFC 5280 4.2.1.4. anyPolicy is not the policy of this scheme.
  if (!policies.includes(USER_AUTHENTICATION_POLICY)) return 'policy is not user authentication';
  return null;
}
