/**
 * A private key in a file that its owner alone reads. `SigningKey` is the port: a key store of another kind signs behind
 * it without ever handing a key out.
 */

import { createPrivateKey, createPublicKey, type KeyObject, sign } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
import { publish, writeDurably } from '../store/disk.ts';

const MODULUS_BITS = 2048;
/** Rights of group and others. */
const OTHERS = 0o077;

export interface SigningKey {
  readonly publicKey: KeyObject;
  /** RSASSA-PKCS1-v1_5 with SHA-256 over `data`, 256 bytes; null when the key can't be used now. */
  sign(data: Uint8Array): Promise<Uint8Array | null>;
}

/** A key that is not to be used, and why; never with a byte of it. */
export class KeyFileError extends Error {
  override readonly name = 'KeyFileError';
}

/** Null where there is no file. Throws `KeyFileError` for one that others can read, or that is no RSA-2048 key. */
export function openKeyFile(path: string): SigningKey | null {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined) return null;
  if ((found.mode & OTHERS) !== 0) throw new KeyFileError('others than its owner can read the key');
  return parseSigningKey(readFileSync(path));
}

/** Writes the key durably, in place of the one before. Throws what the file system throws. */
export function keepKeyFile(path: string, der: Buffer): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  writeDurably(`${path}.part`, der);
  publish(`${path}.part`, path);
}

export function forgetKeyFile(path: string): void {
  rmSync(path, { force: true });
}

/** `der`: PKCS#8. Throws `KeyFileError` for anything but an RSA-2048 key. */
export function parseSigningKey(der: Buffer): SigningKey {
  const key = privateKeyOf(der);
  if (
    key?.asymmetricKeyType !== 'rsa' ||
    key.asymmetricKeyDetails?.modulusLength !== MODULUS_BITS
  ) {
    throw new KeyFileError('not an RSA-2048 key in PKCS#8');
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
