/** A CA certificate, as a terminal wants it before it trusts the cards that the CA issued. */

import { createPublicKey, type KeyObject, X509Certificate } from 'node:crypto';
import {
  DerError,
  Elements,
  isTrue,
  namedBits,
  natural,
  oid,
  simple,
  structured,
  TAG,
  time,
} from './der.ts';
import {
  checkAlgorithm,
  type Extensions,
  isSignedBy,
  keyIdOf,
  OID,
  readAuthorityKeyId,
  readExtension,
  readExtensions,
  readSigned,
  UnfitError,
} from './x509-reader.ts';

const CERTIFICATE_BYTES_MAX = 4096;
const SERIAL_OCTETS_MAX = 20;
const MAY_BE_CRITICAL: ReadonlySet<string> = new Set([
  OID.keyUsage,
  OID.basicConstraints,
  OID.certificatePolicies,
  OID.extendedKeyUsage,
]);
/** RFC 5280 4.2.1.3. */
const KEY_CERT_SIGN = 5;
const CRL_SIGN = 6;
const CURVES: readonly string[] = ['prime256v1', 'secp384r1'];

export interface AnchorCertificate {
  /** DER of the name. */
  readonly subject: Buffer;
  readonly key: KeyObject;
  /** Subject key identifier, hex. */
  readonly keyId: string;
  readonly maySignCrls: boolean;
}

/** Throws UnfitError when a terminal would refuse this as an anchor. */
export function readAnchor(der: Buffer): AnchorCertificate {
  if (!isCertificate(der)) {
    throw new UnfitError('is no certificate; a CA certificate in PEM or DER is');
  }
  if (der.length > CERTIFICATE_BYTES_MAX) {
    throw new UnfitError(
      `has ${der.length} bytes; terminals take certificates of ${CERTIFICATE_BYTES_MAX} at most`,
    );
  }
  try {
    return parseAnchor(der);
  } catch (error) {
    if (!(error instanceof DerError)) throw error;
    throw new UnfitError(
      `is not written as strictly as DER and RFC 5280 ask for (${error.message}); make it again`,
    );
  }
}

function isCertificate(der: Buffer): boolean {
  try {
    return new X509Certificate(der).raw.length > 0;
  } catch {
    return false;
  }
}

function parseAnchor(der: Buffer): AnchorCertificate {
  const signed = readSigned(der);
  const body = new Elements(signed.tbs).inside(TAG.sequence);
  const version = body.optional(structured(0));
  if (version?.content.toString('hex') !== '020102') {
    throw new UnfitError(
      'is not a version 3 certificate, so it has no extensions that say it is a CA; "openssl req -x509" makes one',
    );
  }
  if (natural(body.next(TAG.integer), SERIAL_OCTETS_MAX) === 0n) {
    throw new UnfitError('has the serial number 0; a positive one is right');
  }
  const algorithm = body.next(TAG.sequence);
  const issuer = body.next(TAG.sequence).whole;
  const validity = body.inside(TAG.sequence);
  time(validity);
  time(validity);
  validity.end();
  const subject = body.next(TAG.sequence).whole;
  const spki = body.next(TAG.sequence).whole;
  body.optional(simple(1));
  body.optional(simple(2));
  const extensions = readAll(body);
  const profile = checkProfile(extensions);
  // The key first: no option makes another algorithm of it.
  const key = checkKey(spki);
  checkAlgorithm(signed, algorithm);
  if (!issuer.equals(subject) || !isSignedBy(signed, key)) {
    throw new UnfitError(
      'is not self-signed, another CA issued it; terminals trust a self-signed CA that issues the cards itself: give its certificate',
    );
  }
  return { subject, key, ...profile };
}

function readAll(body: Elements): Extensions {
  const wrapper = body.optional(structured(3));
  body.end();
  if (!wrapper) return new Map();
  const inside = new Elements(wrapper.content);
  const extensions = readExtensions(inside, MAY_BE_CRITICAL);
  inside.end();
  return extensions;
}

function checkProfile(extensions: Extensions): Pick<AnchorCertificate, 'keyId' | 'maySignCrls'> {
  // Not needed, but one that cannot be read makes a terminal refuse the certificate.
  readExtension(extensions, OID.authorityKeyIdentifier, readAuthorityKeyId);
  readExtension(extensions, OID.extendedKeyUsage, readPurposes);
  readExtension(extensions, OID.certificatePolicies, readPolicies);
  const isCa = readExtension(extensions, OID.basicConstraints, readBasicConstraints) ?? false;
  const usage = readExtension(extensions, OID.keyUsage, (value) =>
    namedBits(value.next(TAG.bitString)),
  );
  if (!isCa || !(usage?.has(KEY_CERT_SIGN) ?? true)) {
    throw new UnfitError(
      'is not a CA certificate (basicConstraints CA:TRUE, and keyCertSign where there is a keyUsage); give the certificate of the CA that issued it',
    );
  }
  const keyId = readExtension(extensions, OID.subjectKeyIdentifier, (value) =>
    keyIdOf(value.next(TAG.octetString)),
  );
  if (keyId === null) {
    throw new UnfitError(
      'has no subjectKeyIdentifier, by which cards name the key of their CA; openssl: subjectKeyIdentifier = hash',
    );
  }
  return { keyId, maySignCrls: usage?.has(CRL_SIGN) ?? true };
}

/** RFC 5280 4.2.1.9. */
function readBasicConstraints(value: Elements): boolean {
  const fields = value.inside(TAG.sequence);
  const isCa = isTrue(fields);
  const pathLength = fields.optional(TAG.integer);
  if (pathLength) natural(pathLength, 4);
  fields.end();
  return isCa;
}

/** RFC 5280 4.2.1.12: one or more. */
function readPurposes(value: Elements): void {
  const list = value.inside(TAG.sequence);
  do oid(list.next(TAG.oid));
  while (!list.atEnd);
}

/** RFC 5280 4.2.1.4: one or more, each with qualifiers or without. */
function readPolicies(value: Elements): void {
  const list = value.inside(TAG.sequence);
  do {
    const policy = list.inside(TAG.sequence);
    oid(policy.next(TAG.oid));
    policy.optional(TAG.sequence);
    policy.end();
  } while (!list.atEnd);
}

function checkKey(spki: Buffer): KeyObject {
  const key = readKey(spki);
  const {
    modulusLength = 0,
    publicExponent = 0n,
    namedCurve = '',
  } = key?.asymmetricKeyDetails ?? {};
  const isRsa =
    key?.asymmetricKeyType === 'rsa' &&
    modulusLength >= 2048 &&
    modulusLength <= 4096 &&
    publicExponent >= 65_537n &&
    publicExponent < 1n << 256n &&
    (publicExponent & 1n) === 1n;
  const isEc = key?.asymmetricKeyType === 'ec' && CURVES.includes(namedCurve);
  if (key && (isRsa || isEc)) return key;
  throw new UnfitError(
    'has a key that terminals do not take; RSA of 2048 to 4096 bits, or EC on P-256 or P-384',
  );
}

function readKey(spki: Buffer): KeyObject | null {
  try {
    return createPublicKey({ key: spki, format: 'der', type: 'spki' });
  } catch {
    return null;
  }
}
