/**
 * Keys in files, sealed with what only the running service has: the systemd credential `key-seal`, which the service
 * manager decrypts with the machine's TPM or its host key. A copied disk alone opens nothing.
 *
 * A sealed file: mark || nonce (12) || ciphertext || tag (16), AES-256-GCM, with mark || label as associated data, so that
 * a key can't be put in another one's place.
 */

import {
  createCipheriv,
  createDecipheriv,
  createSecretKey,
  hkdfSync,
  type KeyObject,
  randomBytes,
} from 'node:crypto';
import { readCredential } from './credential.ts';
import { KeyStoreError } from './key-store.ts';

const SEAL_CREDENTIAL = 'key-seal';
/** As `head -c 32 /dev/urandom` makes it; longer ones (text, for instance) are as good. */
const CREDENTIAL_BYTES = { least: 32, most: 4_096 } as const;

const MARK = Buffer.from('kazasu-sealed-1\0', 'latin1');
const CIPHER = 'aes-256-gcm';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** Whether these bytes are of a sealed file; no key in clear begins so. */
export function isSealed(bytes: Buffer): boolean {
  return bytes.subarray(0, MARK.length).equals(MARK);
}

export class Seal {
  readonly #key: KeyObject;

  /** Throws `KeyStoreError` for what is too short to be a secret. */
  constructor(credential: Buffer) {
    const { least, most } = CREDENTIAL_BYTES;
    if (credential.length < least || credential.length > most) {
      throw new KeyStoreError(
        `the credential ${SEAL_CREDENTIAL} has ${credential.length} bytes; ${least} to ${most} are needed`,
      );
    }
    // RFC 5869. Not a password: it need not be stretched.
    const key = hkdfSync('sha256', credential, Buffer.alloc(0), 'kazasu-key-seal-1', 32);
    this.#key = createSecretKey(Buffer.from(key));
  }

  close(label: string, key: Buffer): Buffer {
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv(CIPHER, this.#key, nonce).setAAD(associated(label));
    const sealed = [MARK, nonce, cipher.update(key), cipher.final()];
    return Buffer.concat([...sealed, cipher.getAuthTag()]);
  }

  /** Throws `KeyStoreError` for anything but what `close` made of this label under this credential. */
  open(label: string, sealed: Buffer): Buffer {
    const nonceEnd = MARK.length + NONCE_BYTES;
    const end = sealed.length - TAG_BYTES;
    if (!isSealed(sealed) || end < nonceEnd) throw new KeyStoreError('not a sealed key');
    const options = { authTagLength: TAG_BYTES };
    const nonce = sealed.subarray(MARK.length, nonceEnd);
    const decipher = createDecipheriv(CIPHER, this.#key, nonce, options)
      .setAAD(associated(label))
      .setAuthTag(sealed.subarray(end));
    const key = decipher.update(sealed.subarray(nonceEnd, end));
    try {
      decipher.final();
    } catch {
      throw new KeyStoreError('sealed with another credential, for another label, or damaged');
    }
    return key;
  }
}

/**
 * `directory`: `$CREDENTIALS_DIRECTORY` (systemd.exec(5), LoadCredentialEncrypted=), where there is one. Null without that
 * credential. Throws `KeyStoreError` for one that can't be used.
 */
export function readSeal(directory: string | undefined): Seal | null {
  const credential = readCredential(directory, SEAL_CREDENTIAL);
  return credential && new Seal(credential);
}

function associated(label: string): Buffer {
  return Buffer.concat([MARK, Buffer.from(label, 'utf8')]);
}
