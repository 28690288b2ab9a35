/**
 * Keys in files under the state folder: sealed where the service manager hands over the credential `key-seal`, in clear
 * for their owner alone where it does not. One process writes (whoever owns the state folder); others may read.
 */

import {
  createHmac,
  createPrivateKey,
  createSecretKey,
  generateKeyPair,
  type KeyObject,
} from 'node:crypto';
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { makeFolder, syncPath } from '../store/disk.ts';
import { checkedKey, checkedLabel } from './checked.ts';
import { othersReach, readKeyFile, writeKeyFile } from './key-file.ts';
import {
  type KeyStore,
  KeyStoreError,
  LABEL,
  type MacKey,
  type SigningKey,
  type WrappedKey,
} from './key-store.ts';
import { MODULUS_BITS, parseSigningKey } from './rsa-key.ts';
import { isSealed, type Seal } from './seal.ts';
import { openWrapped } from './wrapped-key.ts';

const SUFFIX = '.bin';

export interface FileKeyStoreOptions {
  readonly seal: Seal | null;
  /** Whose the files have to be; default: this process's user. */
  readonly uid?: number;
}

export class FileKeyStore implements KeyStore {
  readonly kind = 'file';
  readonly #directory: string;
  readonly #seal: Seal | null;
  readonly #uid: number;

  /** Nothing is read or written before a key is asked for. */
  constructor(directory: string, options: FileKeyStoreOptions) {
    const { seal, uid = process.geteuid?.() ?? 0 } = options;
    this.#directory = directory;
    this.#seal = seal;
    this.#uid = uid;
  }

  async generate(label: string): Promise<SigningKey> {
    const { privateKey } = await promisify(generateKeyPair)('rsa', { modulusLength: MODULUS_BITS });
    const der = privateKey.export({ type: 'pkcs8', format: 'der' });
    this.#write(label, der);
    return parseSigningKey(der);
  }

  async signingKey(label: string): Promise<SigningKey | null> {
    const bytes = this.#read(label);
    return bytes && parseSigningKey(bytes);
  }

  async macKey(label: string): Promise<MacKey | null> {
    const bytes = this.#read(label);
    if (bytes === null) return null;
    const key = createSecretKey(checkedKey('secret', bytes));
    return { mac: async (data) => createHmac('sha256', key).update(data).digest() };
  }

  async keep(label: string, kind: WrappedKey['kind'], key: Buffer): Promise<void> {
    this.#write(label, checkedKey(kind, key));
  }

  async unwrap(label: string, wrapped: WrappedKey, recipient: string): Promise<void> {
    const key = openWrapped(wrapped, this.#privateKey(recipient));
    this.#write(label, checkedKey(wrapped.kind, key));
  }

  async forget(label: string): Promise<void> {
    rmSync(this.#path(label), { force: true });
  }

  async close(): Promise<void> {}

  /**
   * For the one process that writes, before it uses a key: removes what a power cut left half written, and seals what was
   * kept in clear before there was a seal. Throws what the file system throws.
   */
  tidy(): void {
    for (const name of namesIn(this.#directory)) {
      if (name.endsWith('.part')) rmSync(join(this.#directory, name), { force: true });
      const label = labelOf(name);
      if (label !== null && this.#seal !== null) this.#sealFile(label);
    }
  }

  #sealFile(label: string): void {
    try {
      const bytes = readKeyFile(this.#path(label), this.#uid);
      if (bytes !== null && !isSealed(bytes)) this.#write(label, bytes);
    } catch (error) {
      // It is refused, and said so, when it is asked for.
      if (!(error instanceof KeyStoreError)) throw error;
    }
  }

  #privateKey(label: string): KeyObject {
    const bytes = this.#read(label);
    if (bytes === null) throw new KeyStoreError('there is no key that it could be wrapped for');
    return createPrivateKey({ key: checkedKey('rsa', bytes), format: 'der', type: 'pkcs8' });
  }

  #read(label: string): Buffer | null {
    const bytes = readKeyFile(this.#path(label), this.#uid);
    if (bytes === null || !isSealed(bytes)) return bytes;
    if (this.#seal === null) throw new KeyStoreError('sealed, and there is no credential key-seal');
    return this.#seal.open(label, bytes);
  }

  #write(label: string, key: Buffer): void {
    const path = this.#path(label);
    makeFolder(this.#directory);
    writeKeyFile(path, this.#seal?.close(label, key) ?? key, this.#uid);
  }

  #path(label: string): string {
    return join(this.#directory, `${checkedLabel(label)}${SUFFIX}`);
  }
}

/** What can be said of the key files without opening one of them. */
export interface KeyFilesView {
  readonly labels: readonly string[];
  /** How many of them anybody who has the disk can use. */
  readonly inClear: number;
  /** How many are refused, because others than their owner can reach them. */
  readonly open: number;
}

/** For whoever only looks. Throws what the file system throws. */
export function lookAtKeyFiles(directory: string): KeyFilesView {
  const labels = namesIn(directory).flatMap((name) => labelOf(name) ?? []);
  const files = labels.map((label) => join(directory, `${label}${SUFFIX}`));
  const inClear = files.filter((file) => !isSealed(readFileSync(file)));
  const open = files.filter((file) => othersReach(directory) || othersReach(file));
  return { labels, inClear: inClear.length, open: open.length };
}

/** Keys that earlier versions kept elsewhere, in clear: removed, for whoever sent them sends them again. Returns how many. */
export function removeFormerKeys(state: string, directory: string): number {
  const institution = join(state, 'institution');
  const former = [
    ...namesIn(directory)
      .filter((name) => /\.key(\.(unusable|part))?$/u.test(name))
      .map((name) => join(directory, name)),
    ...namesIn(institution)
      .filter((name) => name.startsWith('key.p8'))
      .map((name) => join(institution, name)),
  ];
  for (const path of former) rmSync(path, { force: true });
  for (const folder of new Set(former.map(dirname))) syncPath(folder);
  return former.length;
}

function labelOf(name: string): string | null {
  const label = name.endsWith(SUFFIX) ? name.slice(0, -SUFFIX.length) : '';
  return LABEL.test(label) ? label : null;
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}
