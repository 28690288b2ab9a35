/** A document on its way to a terminal: AES-256-GCM under a key of its own, named by the SHA-256 of what is sent. */

import { createCipheriv, createHash, randomBytes } from 'node:crypto';

const NONCE_BYTES = 12;
const KEY_BYTES = 32;

export interface SealedDocument {
  /** Of `bytes`, hex. */
  readonly sha256: string;
  /** Nonce || ciphertext || tag. */
  readonly bytes: Buffer;
  readonly key: Buffer;
}

export function sealDocument(document: Uint8Array): SealedDocument {
  const key = randomBytes(KEY_BYTES);
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv('aes-256-gcm', key, nonce);
  const sealed = [nonce, cipher.update(document), cipher.final(), cipher.getAuthTag()];
  const bytes = Buffer.concat(sealed);
  return { sha256: createHash('sha256').update(bytes).digest('hex'), bytes, key };
}
