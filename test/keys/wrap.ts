/** Wraps a key for a terminal, as a platform does. */

import { constants, createCipheriv, type KeyObject, publicEncrypt, randomBytes } from 'node:crypto';
import type { WrappedKey } from '../../src/keys/key-store.ts';

export function wrap(kind: WrappedKey['kind'], key: Buffer, recipient: KeyObject): WrappedKey {
  const kek = randomBytes(32);
  const cipher =
    kind === 'secret'
      ? createCipheriv('id-aes256-wrap', kek, Buffer.alloc(8, 0xa6))
      : createCipheriv('id-aes256-wrap-pad', kek, Buffer.from('a65959a6', 'hex'));
  const wrapped = Buffer.concat([cipher.update(key), cipher.final()]);
  return { kind, transported: transport(kek, recipient), wrapped };
}

export function transport(kek: Buffer, recipient: KeyObject): Buffer {
  const padding = constants.RSA_PKCS1_OAEP_PADDING;
  return publicEncrypt({ key: recipient, padding, oaepHash: 'sha1' }, kek);
}
