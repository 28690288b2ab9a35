/** One key, one file, which its owner alone reaches. */

import { closeSync, constants, fstatSync, lstatSync, openSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { codeOf, publish, writeDurably } from '../store/disk.ts';
import { KeyStoreError } from './key-store.ts';

/** Rights of group and others. */
const OTHERS = 0o077;
/** PKCS#8 of RSA-2048, sealed, takes about 1,300. */
const KEY_FILE_BYTES_MAX = 8_192;

/** Null where there is no file. Throws `KeyStoreError` for one that others than `uid` reach, itself or by its folder. */
export function readKeyFile(path: string, uid: number): Buffer | null {
  return isOwnFolder(dirname(path), uid) ? readOwnFile(path, uid) : null;
}

/** As `readKeyFile`, wherever the file is. */
export function readOwnFile(path: string, uid: number): Buffer | null {
  const file = openOwn(path);
  if (file === null) return null;
  try {
    // Of what was opened: a name can be given to another file meanwhile.
    const found = fstatSync(file);
    if (!found.isFile()) throw new KeyStoreError('the key is no plain file');
    if (found.uid !== uid) throw new KeyStoreError("the key's file belongs to another user");
    if ((found.mode & OTHERS) !== 0) {
      throw new KeyStoreError('others than its owner can read the key');
    }
    if (found.size > KEY_FILE_BYTES_MAX) throw new KeyStoreError('the file is too large for a key');
    return readFileSync(file);
  } finally {
    closeSync(file);
  }
}

/** Durably, in place of the one before, in a folder that is there. Throws `KeyStoreError`, or what the file system throws. */
export function writeKeyFile(path: string, bytes: Buffer, uid: number): void {
  isOwnFolder(dirname(path), uid);
  // A name of this process's own: of two that write at once, each puts a whole key in place.
  const part = join(dirname(path), `${process.pid}.part`);
  writeDurably(part, bytes);
  publish(part, path);
}

/** Whether group or others have any right on it. Throws what the file system throws. */
export function othersReach(path: string): boolean {
  return (lstatSync(path).mode & OTHERS) !== 0;
}

/** False where there is no folder. */
function isOwnFolder(folder: string, uid: number): boolean {
  const found = lstatSync(folder, { throwIfNoEntry: false });
  if (found === undefined) return false;
  if (!found.isDirectory()) throw new KeyStoreError('the folder of the keys is none');
  if (found.uid !== uid) throw new KeyStoreError('the folder of the keys belongs to another user');
  if ((found.mode & OTHERS) !== 0) {
    throw new KeyStoreError('others than its owner can reach the folder of the keys');
  }
  return true;
}

function openOwn(path: string): number | null {
  try {
    return openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (error) {
    const code = codeOf(error);
    if (code === 'ENOENT') return null;
    // O_NOFOLLOW on a symbolic link.
    if (code === 'ELOOP') throw new KeyStoreError('the key is no plain file');
    throw new KeyStoreError(`the key's file can't be read: ${code}`);
  }
}
