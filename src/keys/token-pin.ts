/** The PIN of the token: the systemd credential `pkcs11-pin`, or a file that its owner alone reads. Never the configuration. */

import { readCredential } from './credential.ts';
import { readOwnFile } from './key-file.ts';
import { KeyStoreError } from './key-store.ts';

const CREDENTIAL = 'pkcs11-pin';
/** Tokens ask for 4 to 255. */
const PIN_BYTES = { least: 4, most: 255 } as const;

/** `directory`: `$CREDENTIALS_DIRECTORY`. UTF-8, without the end of the line. Throws `KeyStoreError`; never with a digit of it. */
export function readTokenPin(directory: string | undefined, file: string | undefined): Buffer {
  const where = file ?? `the credential ${CREDENTIAL}`;
  const bytes =
    file === undefined
      ? readCredential(directory, CREDENTIAL)
      : readOwnFile(file, process.geteuid?.() ?? 0);
  if (bytes === null) {
    throw new KeyStoreError(`there is no PIN for the token: ${where} is not there`);
  }
  let end = bytes.length;
  while (bytes[end - 1] === 0x0a || bytes[end - 1] === 0x0d) end -= 1;
  if (end < PIN_BYTES.least || end > PIN_BYTES.most) {
    throw new KeyStoreError(`${where} is no PIN of ${PIN_BYTES.least} to ${PIN_BYTES.most} bytes`);
  }
  return bytes.subarray(0, end);
}
