/**
 * What certificates and CRLs have in common (RFC 5280), read to know whether every terminal would take them.
 * A terminal takes anchors and CRLs all together or not at all, so what one of them refuses must not get out.
 */

import { type KeyObject, verify } from 'node:crypto';
import {
  DerError,
  type Element,
  Elements,
  isTrue,
  oid,
  simple,
  structured,
  TAG,
  wholeOctets,
} from './der.ts';

/** A CA certificate or CRL that terminals refuse. `message` goes on after the name of the file, and says what is right. */
export class UnfitError extends Error {
  override readonly name = 'UnfitError';
}

export const OID = {
  subjectKeyIdentifier: '2.5.29.14',
  keyUsage: '2.5.29.15',
  basicConstraints: '2.5.29.19',
  crlNumber: '2.5.29.20',
  reasonCode: '2.5.29.21',
  deltaCrlIndicator: '2.5.29.27',
  issuingDistributionPoint: '2.5.29.28',
  certificateIssuer: '2.5.29.29',
  certificatePolicies: '2.5.29.32',
  authorityKeyIdentifier: '2.5.29.35',
  extendedKeyUsage: '2.5.29.37',
} as const;

const EXTENSIONS_MAX = 64;

interface SignatureAlgorithm {
  readonly key: 'rsa' | 'ec';
  readonly hash: 'sha256' | 'sha384' | 'sha512';
}

/** RFC 4055 5, RFC 5758 3.2. */
const SIGNATURE_ALGORITHMS: ReadonlyMap<string, SignatureAlgorithm> = new Map([
  ['1.2.840.113549.1.1.11', { key: 'rsa', hash: 'sha256' }],
  ['1.2.840.113549.1.1.12', { key: 'rsa', hash: 'sha384' }],
  ['1.2.840.113549.1.1.13', { key: 'rsa', hash: 'sha512' }],
  ['1.2.840.10045.4.3.2', { key: 'ec', hash: 'sha256' }],
  ['1.2.840.10045.4.3.3', { key: 'ec', hash: 'sha384' }],
  ['1.2.840.10045.4.3.4', { key: 'ec', hash: 'sha512' }],
]);
/** The parameters: NULL for RSA, none for ECDSA. */
const PARAMETERS = { rsa: '0500', ec: '' } as const;

export interface Signed {
  /** What is signed, DER. */
  readonly tbs: Buffer;
  /** AlgorithmIdentifier, DER. */
  readonly algorithm: Buffer;
  readonly signature: Buffer;
}

/** Certificate and CertificateList have the same shell (RFC 5280 4.1, 5.1). Throws DerError. */
export function readSigned(der: Buffer): Signed {
  const file = new Elements(der);
  const parts = file.inside(TAG.sequence);
  file.end();
  const tbs = parts.next(TAG.sequence).whole;
  const algorithm = parts.next(TAG.sequence).whole;
  const signature = wholeOctets(parts.next(TAG.bitString));
  parts.end();
  return { tbs, algorithm, signature };
}

/** Throws UnfitError when terminals do not take the algorithm, or `inner`, the one that is signed too, differs. */
export function checkAlgorithm({ algorithm }: Signed, inner: Element): void {
  if (!inner.whole.equals(algorithm)) {
    throw new UnfitError('names two different signature algorithms; make it again');
  }
  if (algorithmOf(algorithm)) return;
  throw new UnfitError(
    'is signed with an algorithm that terminals do not take; SHA-256, SHA-384 or SHA-512 with RSA (PKCS #1 v1.5) or ECDSA (openssl: -sha256, or -md sha256 for openssl ca)',
  );
}

function algorithmOf(identifier: Buffer): SignatureAlgorithm | null {
  const parts = new Elements(identifier).inside(TAG.sequence);
  const name = parts.next(TAG.oid);
  const found = SIGNATURE_ALGORITHMS.get(oid(name));
  // Behind SEQUENCE and its length of one octet: an identifier that is known here is short.
  const parameters = identifier.subarray(2 + name.whole.length).toString('hex');
  return found && parameters === PARAMETERS[found.key] ? found : null;
}

export function isSignedBy(signed: Signed, key: KeyObject): boolean {
  const algorithm = algorithmOf(signed.algorithm);
  if (!algorithm || algorithm.key !== key.asymmetricKeyType) return false;
  return verify(algorithm.hash, signed.tbs, key, signed.signature);
}

/** Values of extensions (DER) by OID. */
export type Extensions = ReadonlyMap<string, Buffer>;

/**
 * SEQUENCE OF Extension, the next of `elements`. `processed`: which may be critical. Throws UnfitError on another
 * critical one and on one that stands twice (RFC 5280 4.2).
 */
export function readExtensions(elements: Elements, processed: ReadonlySet<string>): Extensions {
  const found = new Map<string, Buffer>();
  for (const list = elements.inside(TAG.sequence); !list.atEnd; ) {
    const extension = list.inside(TAG.sequence);
    const name = oid(extension.next(TAG.oid));
    const isCritical = isTrue(extension);
    const value = extension.next(TAG.octetString).content;
    extension.end();
    if (isCritical && !processed.has(name)) throw new UnfitError(criticalMessage(name));
    if (found.has(name)) throw new UnfitError(`has the extension ${name} twice; once is right`);
    if (found.size === EXTENSIONS_MAX) {
      throw new UnfitError(`has more than ${EXTENSIONS_MAX} extensions`);
    }
    found.set(name, value);
  }
  return found;
}

function criticalMessage(name: string): string {
  if (name === OID.certificateIssuer) return INDIRECT_MESSAGE;
  return `marks the extension ${name} critical, which terminals do not process; leave it out, or mark it not critical`;
}

/** RFC 5280 5.2.5, 5.3.3. */
export const INDIRECT_MESSAGE =
  'is an indirect CRL, which speaks for other CAs; a CRL that the CA of the cards signed itself is needed';

/** What `read` makes of an extension, all of it; null when it is absent. Throws DerError. */
export function readExtension<T>(
  extensions: Extensions,
  name: string,
  read: (value: Elements) => T,
): T | null {
  const value = extensions.get(name);
  if (!value) return null;
  const elements = new Elements(value);
  const found = read(elements);
  elements.end();
  return found;
}

/** RFC 5280 4.2.1.1: the key identifier in hex; issuer and serial number beside it are read over. */
export function readAuthorityKeyId(value: Elements): string {
  const fields = value.inside(TAG.sequence);
  if (!fields.isNext(simple(0))) {
    throw new UnfitError(
      'has an authorityKeyIdentifier without a key identifier; openssl: authorityKeyIdentifier = keyid:always',
    );
  }
  const keyId = fields.next(simple(0));
  fields.optional(structured(1));
  fields.optional(simple(2));
  fields.end();
  return keyIdOf(keyId);
}

/** In hex. */
export function keyIdOf({ content }: Element): string {
  if (content.length === 0) throw new DerError('a key identifier is empty');
  return content.toString('hex');
}
