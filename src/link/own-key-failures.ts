/** What goes wrong with the terminal's own key when a link is opened. */

import { KeyStoreError } from '../keys/key-store.ts';
import { SigningError } from '../pki/issuing.ts';
import { DiskFullError, isStorageFailure } from '../store/disk.ts';
import { LinkError } from './connection.ts';
import { IdentityError } from './identity.ts';

/** What goes wrong when a certificate is forgotten is tried again with the next link: both are good until then. */
export function isMended(error: unknown): void {
  const isExpected = error instanceof KeyStoreError || error instanceof DiskFullError;
  if (!(isExpected || isStorageFailure(error))) throw error;
}

/** The key store is away, or lost the key; a defect is given back as it is. */
export function ownKeyError(error: unknown): unknown {
  const isKnown = [IdentityError, KeyStoreError, SigningError].some(
    (kind) => error instanceof kind,
  );
  return isKnown ? new LinkError('own-key-unusable', null, (error as Error).message) : error;
}
