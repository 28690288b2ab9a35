/**
 * The key of this shelter alone by which it knows somebody again who is on no list. What it makes of a certificate says
 * nothing to anybody else, and two shelters' can't be joined.
 */

import { createHmac, createSecretKey, type KeyObject, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { KeyStoreError } from '../keys/key-store.ts';
import { isSealed, readSeal, type Seal } from '../keys/seal.ts';
import { certificateHash } from '../pki/converted-value.ts';
import { codeOf, isStorageFailure, publish, writeDurably } from '../store/disk.ts';

const FILE = 'shelter-mark.key';
const LABEL = 'shelter-mark';
const KEY_BYTES = 32;
/** Hex digits, as of the reference of a row. */
const MARK_DIGITS = 32;

export class MarkKey {
  readonly #key: KeyObject;

  private constructor(key: Buffer) {
    this.#key = createSecretKey(key);
    key.fill(0);
  }

  /**
   * The key in the state folder, made at the first start; sealed where the service manager hands over a seal. Throws
   * `KeyStoreError` for one that can't be used. On a disk that takes nothing the key is of this run alone: somebody may
   * then be counted twice, and is taken in.
   */
  static open(directory: string, credentials: string | undefined): MarkKey {
    const seal = readSeal(credentials);
    return new MarkKey(read(join(directory, FILE), seal) ?? make(join(directory, FILE), seal));
  }

  /** Of a certificate, DER. */
  markOf(certificate: Uint8Array): string {
    const mac = createHmac('sha256', this.#key).update(certificateHash(certificate));
    return mac.digest('hex').slice(0, MARK_DIGITS);
  }
}

function read(path: string, seal: Seal | null): Buffer | null {
  let bytes: Buffer;
  try {
    bytes = readFileSync(path);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null;
    throw new KeyStoreError(`${path} can't be read: ${codeOf(error)}`);
  }
  if (isSealed(bytes) && seal === null) throw new KeyStoreError(`${path} is sealed`);
  const key = isSealed(bytes) && seal !== null ? seal.open(LABEL, bytes) : bytes;
  if (key.length !== KEY_BYTES)
    throw new KeyStoreError(`${path} holds no key of ${KEY_BYTES} bytes`);
  return key;
}

function make(path: string, seal: Seal | null): Buffer {
  const key = randomBytes(KEY_BYTES);
  try {
    writeDurably(`${path}.part`, seal?.close(LABEL, key) ?? key);
    publish(`${path}.part`, path);
  } catch (error) {
    if (!isStorageFailure(error)) throw error;
  }
  return key;
}
