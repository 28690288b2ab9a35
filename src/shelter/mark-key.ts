/**
 * The keys of this shelter alone by which it knows somebody again who is on no list. What they make of a certificate says
 * nothing to anybody else, and two shelters' can't be joined.
 *
 * Each reader makes one for itself, for it may stand alone for weeks. Readers that come to hear each other hand each other
 * theirs: every one is kept, so that whoever either took in is found, and for new people both take the same one, that whose
 * SHA-256 comes first.
 */

import { createHmac, createSecretKey, hash, type KeyObject, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { KeyStoreError } from '../keys/key-store.ts';
import { isSealed, readSeal, type Seal } from '../keys/seal.ts';
import type { SharedMarks } from '../neighbours/exchange.ts';
import { LIMITS } from '../neighbours/protocol.ts';
import { certificateHash } from '../pki/converted-value.ts';
import { codeOf, isStorageFailure, publish, writeDurably } from '../store/disk.ts';

const FILE = 'shelter-mark.key';
const LABEL = 'shelter-mark';
const KEY_BYTES = 32;
/** Hex digits, as of the reference of a row. */
const MARK_DIGITS = 32;

export class MarkKeys implements SharedMarks {
  readonly #path: string;
  readonly #seal: Seal | null;
  /** That of new marks first. */
  #keys: readonly KeyObject[];

  private constructor(path: string, seal: Seal | null, keys: readonly KeyObject[]) {
    this.#path = path;
    this.#seal = seal;
    this.#keys = inOrder(keys);
  }

  /**
   * The keys in the state folder, one made at the first start; sealed where the service manager hands over a seal. Throws
   * `KeyStoreError` for what can't be used. On a disk that takes nothing a key is of this run alone: somebody may then be
   * counted twice, and is taken in.
   */
  static open(directory: string, credentials: string | undefined): MarkKeys {
    const seal = readSeal(credentials);
    const path = join(directory, FILE);
    const kept = read(path, seal);
    const marks = new MarkKeys(path, seal, kept ?? [createSecretKey(randomBytes(KEY_BYTES))]);
    if (kept === null) marks.#keep();
    return marks;
  }

  /** By which somebody may be known here, that of new people first. `certificate`: DER. */
  marksOf(certificate: Uint8Array): [string, ...string[]] {
    const about = certificateHash(certificate);
    const [current = '', ...others] = this.#keys.map((key) => {
      return createHmac('sha256', key).update(about).digest('hex').slice(0, MARK_DIGITS);
    });
    return [current, ...others];
  }

  /** For the other readers of this shelter, and for nobody else. */
  shown(): string[] {
    return this.#keys.map((key) => key.export().toString('base64'));
  }

  /** Those beyond the limit are left: none that made marks here is ever lost. */
  take(keys: readonly string[]): boolean {
    const known = new Set(this.shown());
    const more = [...new Set(keys)]
      .filter((key) => !known.has(key))
      .slice(0, LIMITS.marks - known.size)
      .map((key) => Buffer.from(key, 'base64'))
      .filter(({ length }) => length === KEY_BYTES);
    if (more.length === 0) return false;
    this.#keys = inOrder([...this.#keys, ...more.map((key) => createSecretKey(key))]);
    this.#keep();
    return true;
  }

  #keep(): void {
    const keys = Buffer.concat(this.#keys.map((key) => key.export()));
    try {
      writeDurably(`${this.#path}.part`, this.#seal?.close(LABEL, keys) ?? keys);
      publish(`${this.#path}.part`, this.#path);
    } catch (error) {
      if (!isStorageFailure(error)) throw error;
    } finally {
      keys.fill(0);
    }
  }
}

/** The same at every reader that has the same keys. */
function inOrder(keys: readonly KeyObject[]): KeyObject[] {
  const named = keys.map((key) => ({ key, name: hash('sha256', key.export()) }));
  return named.sort((a, b) => (a.name < b.name ? -1 : 1)).map(({ key }) => key);
}

/** Null: there is no file. */
function read(path: string, seal: Seal | null): KeyObject[] | null {
  let bytes: Buffer;
  try {
    bytes = readFileSync(path);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null;
    throw new KeyStoreError(`${path} can't be read: ${codeOf(error)}`);
  }
  if (isSealed(bytes) && seal === null) throw new KeyStoreError(`${path} is sealed`);
  const keys = isSealed(bytes) && seal !== null ? seal.open(LABEL, bytes) : bytes;
  const count = keys.length / KEY_BYTES;
  if (!Number.isInteger(count) || count < 1 || count > LIMITS.marks) {
    throw new KeyStoreError(`${path} holds no keys of ${KEY_BYTES} bytes`);
  }
  return Array.from({ length: count }, (_, n) => {
    return createSecretKey(keys.subarray(n * KEY_BYTES, (n + 1) * KEY_BYTES));
  });
}
