/** What a card signed, and whether it did: RSASSA-PKCS1-v1_5 with SHA-256 (RFC 8017 8.2) and RSA-2048 throughout. */

import { createHash, verify, X509Certificate } from 'node:crypto';

export const SIGNATURE_BYTES = 256;
export const NONCE_BYTES = 32;
export const SHA256_BYTES = 32;
const MODULUS_BITS = 2048;

export function sha256(bytes: Uint8Array): Buffer {
  return createHash('sha256').update(bytes).digest();
}

/** The certificate was read and nothing more: it can be any bytes. */
export function isSignedBy(
  certificate: Uint8Array,
  message: Uint8Array,
  signature: Uint8Array,
): boolean {
  try {
    const key = new X509Certificate(certificate).publicKey;
    const bits = key.asymmetricKeyType === 'rsa' && key.asymmetricKeyDetails?.modulusLength;
    return bits === MODULUS_BITS && verify('sha256', message, key, signature);
  } catch {
    return false;
  }
}
