/**
 * An institution's card-verifiable certificate as `kazasu-model-1` has it: the objects 5F4E (issuer key id, subject key id,
 * PKCS#1 RSAPublicKey) and 5F37 (the issuer's signature), one after the other. Only cards know the issuer's key, so only
 * they can say whether it is genuine.
 */

import { createPublicKey, type KeyObject } from 'node:crypto';

const CERTIFICATE_HEADER = Buffer.from('5F4E82012E', 'hex');
const SIGNATURE_HEADER = Buffer.from('5F37820100', 'hex');
const KEY_ID_BYTES = 16;
const MODULUS_HEADER = Buffer.from('3082010A0282010100', 'hex');
const MODULUS_BYTES = 256;
const EXPONENT_HEADER = Buffer.from('0203', 'hex');
const EXPONENT_BYTES = 3;
const SIGNATURE_BYTES = 256;

export interface InstitutionCertificate {
  /** Subject key id, 16 bytes in hex: what the institution is called. */
  readonly id: string;
  readonly publicKey: KeyObject;
}

/** Null for anything that is not exactly the two objects with a key of 2048 bits. */
export function readInstitutionCertificate(bytes: Buffer): InstitutionCertificate | null {
  let at = 0;
  const take = (length: number): Buffer => {
    at += length;
    return bytes.subarray(at - length, at);
  };
  const takes = (expected: Buffer): boolean => take(expected.length).equals(expected);
  if (!takes(CERTIFICATE_HEADER)) return null;
  take(KEY_ID_BYTES);
  const id = take(KEY_ID_BYTES).toString('hex');
  if (!takes(MODULUS_HEADER)) return null;
  const n = take(MODULUS_BYTES).toString('base64url');
  if (!takes(EXPONENT_HEADER)) return null;
  const e = take(EXPONENT_BYTES).toString('base64url');
  if (!takes(SIGNATURE_HEADER)) return null;
  take(SIGNATURE_BYTES);
  if (at !== bytes.length) return null;
  return { id, publicKey: createPublicKey({ key: { kty: 'RSA', n, e }, format: 'jwk' }) };
}
