/** What an entry list says to the holder of a certificate. */

import type { EntryRow } from './domain/entry-list.ts';
import type { Reason } from './domain/reason.ts';
import { KeyStoreError } from './keys/key-store.ts';
import { certificateHash, type ListKeys, RowError } from './pki/converted-value.ts';
import { ListFileError } from './store/list-error.ts';
import type { LeasedFile } from './store/list-shelf.ts';

export type FoundRow =
  | { readonly row: EntryRow }
  | { readonly refusal: Reason; readonly detail?: string };

/** `certificate`: DER. */
export async function findRow(
  file: Pick<LeasedFile, 'find' | 'doubt'>,
  keys: Pick<ListKeys, 'convertedValue' | 'openRow'>,
  certificate: Uint8Array,
): Promise<FoundRow> {
  const hash = certificateHash(certificate);
  try {
    const key = await keys.convertedValue(hash);
    const found = file.find(key);
    if (found === null) return { refusal: 'not-on-list' };
    return { row: { ref: found.ref, ...(await keys.openRow(hash, key, found.sealed)) } };
  } catch (error) {
    if (error instanceof RowError) {
      file.doubt();
      return { refusal: 'list-damaged', detail: error.message };
    }
    if (error instanceof ListFileError) return { refusal: 'list-damaged', detail: error.message };
    // The same as before there was a key: nobody can be looked up.
    if (error instanceof KeyStoreError) return { refusal: 'list-missing', detail: error.message };
    throw error;
  }
}
