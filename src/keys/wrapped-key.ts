/** A key that was wrapped for an RSA key that this process holds itself. */

import { constants, createDecipheriv, type KeyObject, privateDecrypt } from 'node:crypto';
import { KeyStoreError, type WrappedKey } from './key-store.ts';

const KEK_BYTES = 32;

/** Cipher and initial value: RFC 3394 2.2.3.1 for keys of whole blocks, RFC 5649 3 for keys of any length. */
const WRAPS: Readonly<Record<WrappedKey['kind'], { cipher: string; initial: Buffer }>> = {
  secret: { cipher: 'id-aes256-wrap', initial: Buffer.alloc(8, 0xa6) },
  rsa: { cipher: 'id-aes256-wrap-pad', initial: Buffer.from('a65959a6', 'hex') },
};

/** The key in clear. Throws `KeyStoreError`, which does not tell how far it came. */
export function openWrapped({ kind, transported, wrapped }: WrappedKey, key: KeyObject): Buffer {
  const { cipher, initial } = WRAPS[kind];
  try {
    const padding = constants.RSA_PKCS1_OAEP_PADDING;
    const kek = privateDecrypt({ key, padding, oaepHash: 'sha1' }, transported);
    if (kek.length !== KEK_BYTES) throw new RangeError('not an AES-256 key');
    const decipher = createDecipheriv(cipher, kek, initial);
    return Buffer.concat([decipher.update(wrapped), decipher.final()]);
  } catch {
    throw new KeyStoreError('not a key that was wrapped for this terminal');
  }
}
