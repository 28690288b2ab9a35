/** Which key store a terminal has, and where. */

import { join } from 'node:path';
import { FileKeyStore, removeFormerKeys } from './file-key-store.ts';
import type { KeyStore } from './key-store.ts';
import { readSeal } from './seal.ts';

/** Where key files are, in the state folder. */
export function keyFolder(state: string): string {
  return join(state, 'keys');
}

export interface OpenedKeyStore {
  readonly store: KeyStore;
  /** Whether whoever copies the disk can't use what is kept. */
  readonly sealed: boolean;
  /** How many files of an earlier version were found, with keys in clear, and removed. */
  readonly removed: number;
}

/** What a terminal's configuration says of it. */
export interface KeyStorePlace {
  /** The state folder. */
  readonly state: string;
}

/**
 * For the process that owns the state folder; `credentials`: `$CREDENTIALS_DIRECTORY`. Rejects with `KeyStoreError` for a
 * credential that can't be used, and as the file system does.
 */
export async function openKeyStore(
  { state }: KeyStorePlace,
  credentials: string | undefined,
): Promise<OpenedKeyStore> {
  const seal = readSeal(credentials);
  const removed = removeFormerKeys(state, keyFolder(state));
  const store = new FileKeyStore(keyFolder(state), { seal });
  store.tidy();
  return { store, sealed: seal !== null, removed };
}
