/**
 * What the service manager hands over (systemd.exec(5), CREDENTIALS). Who may read it is its affair: it gives the rights by
 * an access control list, which looks like a right of the group.
 */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { codeOf } from '../store/disk.ts';
import { KeyStoreError } from './key-store.ts';

/** `directory`: `$CREDENTIALS_DIRECTORY`, where there is one. Null without this credential. Throws `KeyStoreError`. */
export function readCredential(directory: string | undefined, name: string): Buffer | null {
  if (directory === undefined) return null;
  try {
    return readFileSync(join(directory, name));
  } catch (error) {
    const code = codeOf(error);
    if (code === 'ENOENT') return null;
    throw new KeyStoreError(`the credential ${name} can't be read: ${code}`);
  }
}
