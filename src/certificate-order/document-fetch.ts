/** The document on its way into memory, and never onto the disk: an object of the platform, sealed for this order alone. */

import { createDecipheriv } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { DOCUMENT_BYTES_MAX } from '../link/certificate-protocol.ts';
import { type FetchObject, ObjectError } from '../link/object-source.ts';

export const SEAL = { algorithm: 'aes-256-gcm', nonceBytes: 12, tagBytes: 16 } as const;
/** A link that is cut in the middle comes back. */
const AGAIN_AFTER_MS = 500;
const SEALED_BYTES_MAX = DOCUMENT_BYTES_MAX + SEAL.nonceBytes + SEAL.tagBytes;

/** It came and does not open with its key. */
export class SealError extends Error {
  override readonly name = 'SealError';
}

/**
 * `object`: SHA-256 of what is fetched, hex. `key`: 32 bytes, base64. Tries until the signal where the platform is not
 * reached; rejects with ObjectError, SealError or the signal's reason.
 */
export async function fetchDocument(
  fetchObject: FetchObject,
  { object, key: text }: { readonly object: string; readonly key: string },
  signal: AbortSignal,
): Promise<Buffer> {
  const sealed = await fetchPatiently(fetchObject, object, signal);
  const key = Buffer.from(text, 'base64');
  try {
    return open(sealed, key);
  } catch (error) {
    throw new SealError('the document does not open with its key', { cause: error });
  } finally {
    key.fill(0);
  }
}

async function fetchPatiently(
  fetchObject: FetchObject,
  object: string,
  signal: AbortSignal,
): Promise<Buffer> {
  for (;;) {
    try {
      return await fetchObject(object, SEALED_BYTES_MAX, signal);
    } catch (error) {
      const isAway = error instanceof ObjectError && error.fault === 'unreachable';
      if (!isAway) throw error;
      await delay(AGAIN_AFTER_MS, null, { signal });
    }
  }
}

/** nonce || ciphertext || tag. */
function open(sealed: Buffer, key: Buffer): Buffer {
  const { algorithm, nonceBytes, tagBytes } = SEAL;
  if (sealed.length < nonceBytes + tagBytes) throw new RangeError('too short for a seal');
  const nonce = sealed.subarray(0, nonceBytes);
  const decipher = createDecipheriv(algorithm, key, nonce, { authTagLength: tagBytes });
  decipher.setAuthTag(sealed.subarray(-tagBytes));
  const body = sealed.subarray(nonceBytes, -tagBytes);
  return Buffer.concat([decipher.update(body), decipher.final()]);
}
