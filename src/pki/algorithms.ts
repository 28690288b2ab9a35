/**
 * Which signatures and keys are good enough: one table, so that the next generation of cards is one
 * line.
 */

import { createPublicKey, type KeyObject, verify } from 'node:crypto';
import { X509Error } from './der.ts';

export interface SignatureAlgorithm {
  readonly name: string;
  readonly hash: 'sha256' | 'sha384' | 'sha512';
  readonly key: 'rsa' | 'ec';
}

/**
 * By the whole AlgorithmIdentifier in DER: RSA with NULL parameters (RFC 4055 5), ECDSA with none
 * (RFC 5758 3.2).
 */
const SIGNATURE_ALGORITHMS: ReadonlyMap<string, SignatureAlgorithm> = new Map([
  ['300d06092a864886f70d01010b0500', { name: 'sha256WithRSA', hash: 'sha256', key: 'rsa' }],
  ['300d06092a864886f70d01010c0500', { name: 'sha384WithRSA', hash: 'sha384', key: 'rsa' }],
  ['300d06092a864886f70d01010d0500', { name: 'sha512WithRSA', hash: 'sha512', key: 'rsa' }],
  ['300a06082a8648ce3d040302', { name: 'ecdsa-with-SHA256', hash: 'sha256', key: 'ec' }],
  ['300a06082a8648ce3d040303', { name: 'ecdsa-with-SHA384', hash: 'sha384', key: 'ec' }],
  ['300a06082a8648ce3d040304', { name: 'ecdsa-with-SHA512', hash: 'sha512', key: 'ec' }],
]);

const CURVES: ReadonlySet<string> = new Set(['prime256v1', 'secp384r1']);
const RSA_BITS = { least: 2048, most: 4096 } as const;
/** FIPS 186-5 A.1.1: odd, above 2^16, below 2^256. */
const RSA_EXPONENT = { above: 65_536n, below: 2n ** 256n } as const;

/**
 * `identifier`: DER of an AlgorithmIdentifier. Throws X509Error for SHA-1, MD5, RSA-PSS and
 * everything unlisted.
 */
export function signatureAlgorithm(identifier: Buffer): SignatureAlgorithm {
  const algorithm = SIGNATURE_ALGORITHMS.get(identifier.toString('hex'));
  if (algorithm === undefined) throw new X509Error('signature algorithm is not accepted');
  return algorithm;
}

/**
 * `spki`: DER of a SubjectPublicKeyInfo. Throws X509Error on a key that is no key, too weak or too
 * large.
 */
export function acceptableKey(spki: Buffer): KeyObject {
  let key: KeyObject;
  try {
    key = createPublicKey({ key: spki, format: 'der', type: 'spki' });
  } catch (error) {
    throw new X509Error('public key can not be read', { cause: error });
  }
  const {
    modulusLength = 0,
    publicExponent = 0n,
    namedCurve = '',
  } = key.asymmetricKeyDetails ?? {};
  const rsa =
    key.asymmetricKeyType === 'rsa' &&
    modulusLength >= RSA_BITS.least &&
    modulusLength <= RSA_BITS.most &&
    publicExponent > RSA_EXPONENT.above &&
    publicExponent < RSA_EXPONENT.below &&
    publicExponent % 2n === 1n;
  const ec = key.asymmetricKeyType === 'ec' && CURVES.has(namedCurve);
  if (!rsa && !ec) throw new X509Error('public key is of a kind or size that is not accepted');
  return key;
}

export interface Signed {
  readonly algorithm: SignatureAlgorithm;
  /** The bytes that were signed, as they came. */
  readonly tbs: Uint8Array;
  readonly signature: Uint8Array;
}

export function isSignedBy(signed: Signed, key: KeyObject): boolean {
  const { algorithm, tbs, signature } = signed;
  return key.asymmetricKeyType === algorithm.key && verify(algorithm.hash, tbs, key, signature);
}
