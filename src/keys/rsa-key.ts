/** A private key that this process holds itself. */

import { createPrivateKey, createPublicKey, type KeyObject, sign } from 'node:crypto';
import { promisify } from 'node:util';
import { KeyStoreError, type SigningKey } from './key-store.ts';

export const MODULUS_BITS = 2048;

/** `der`: PKCS#8. Throws `KeyStoreError` for anything but an RSA-2048 key. */
export function parseSigningKey(der: Buffer): SigningKey {
  const key = privateKeyOf(der);
  if (
    key?.asymmetricKeyType !== 'rsa' ||
    key.asymmetricKeyDetails?.modulusLength !== MODULUS_BITS
  ) {
    throw new KeyStoreError('not an RSA-2048 key in PKCS#8');
  }
  return {
    publicKey: createPublicKey(key),
    sign: (data) => promisify(sign)('sha256', data, key),
  };
}

function privateKeyOf(der: Buffer): KeyObject | null {
  try {
    return createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  } catch {
    return null;
  }
}
