/** What is handed to a key store, looked at before it is taken. */

import { KeyStoreError, LABEL, SECRET_BYTES, type WrappedKey } from './key-store.ts';
import { parseSigningKey } from './rsa-key.ts';

/** Throws RangeError: labels are the daemon's own. */
export function checkedLabel(label: string): string {
  if (!LABEL.test(label)) throw new RangeError('not the label of a key');
  return label;
}

/** Throws `KeyStoreError`. */
export function checkedKey(kind: WrappedKey['kind'], key: Buffer): Buffer {
  if (kind === 'rsa') parseSigningKey(key);
  else if (key.length !== SECRET_BYTES) throw new KeyStoreError('not a key of 32 bytes');
  return key;
}
