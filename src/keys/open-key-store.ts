/** Which key store a terminal has, and where. */

import { join } from 'node:path';
import { FileKeyStore, removeFormerKeys } from './file-key-store.ts';
import { Pkcs11KeyStore } from './pkcs11-key-store.ts';
import { readSeal } from './seal.ts';
import { readTokenPin } from './token-pin.ts';

/** Where key files are, in the state folder. */
export function keyFolder(state: string): string {
  return join(state, 'keys');
}

export interface OpenedKeyStore {
  readonly store: FileKeyStore | Pkcs11KeyStore;
  /** Whether whoever copies the disk can't use what is kept. */
  readonly sealed: boolean;
  /** How many files of an earlier version were found, with keys in clear, and removed. */
  readonly removed: number;
}

/** What a terminal's configuration says of it. */
export interface KeyStorePlace {
  /** The state folder. */
  readonly state: string;
  /** Default: files in the state folder. */
  readonly keys?: KeySettings | undefined;
}

export type KeySettings =
  | { readonly store: 'file' }
  | {
      readonly store: 'pkcs11';
      /** Path of the PKCS#11 module. */
      readonly module: string;
      /** Label of the token. */
      readonly token: string;
      /** A file with the PIN; default: the credential `pkcs11-pin`. */
      readonly 'pin-file'?: string | undefined;
    };

/**
 * For the process that owns the state folder. A token is not asked before a key is, or `open` is called.
 * `credentials`: `$CREDENTIALS_DIRECTORY`. Rejects with `KeyStoreError` for a
 * credential that can't be used, and as the file system does.
 */
export async function openKeyStore(
  { state, keys = { store: 'file' } }: KeyStorePlace,
  credentials: string | undefined,
): Promise<OpenedKeyStore> {
  const removed = removeFormerKeys(state, keyFolder(state));
  if (keys.store === 'pkcs11') {
    const { module, token, 'pin-file': file } = keys;
    const pin = () => readTokenPin(credentials, file);
    return { store: new Pkcs11KeyStore({ module, token, pin }), sealed: true, removed };
  }
  const seal = readSeal(credentials);
  const store = new FileKeyStore(keyFolder(state), { seal });
  store.tidy();
  return { store, sealed: seal !== null, removed };
}
