/** A small file of a stick, whoever prepared that: read whole before anything is made of it. */

import { constants } from 'node:fs';
import { lstat, open } from 'node:fs/promises';
import { join } from 'node:path';
import { codeOf } from '../store/disk.ts';

/**
 * Why there is nothing to be judged: nothing there; something in its place that is no plain file or folder; more bytes than
 * any such file has; the stick was pulled, or is broken.
 */
export type StickFileFault = 'none' | 'not-a-file' | 'too-large' | 'unreadable';

/** `path`: below `mount`. Looks at it alone and lists no folder, however much else is on the stick. */
export async function readStickFile(
  mount: string,
  path: readonly string[],
  bytesMax: number,
): Promise<Buffer | StickFileFault> {
  try {
    const [file = '', ...above] = path.toReversed();
    let folder = mount;
    for (const name of above.toReversed()) {
      folder = join(folder, name);
      if (!(await lstat(folder)).isDirectory()) return 'not-a-file';
    }
    return await readWhole(join(folder, file), bytesMax);
  } catch (error) {
    switch (codeOf(error)) {
      case 'ENOENT':
      case 'ENOTDIR':
        return 'none';
      case 'ELOOP':
      case 'ENXIO':
        return 'not-a-file';
      case 'EIO':
      case 'ENODEV':
      case 'ESTALE':
      case 'EUCLEAN':
      case 'EACCES':
      case 'EPERM':
        return 'unreadable';
      default:
        throw error;
    }
  }
}

async function readWhole(path: string, bytesMax: number): Promise<Buffer | StickFileFault> {
  // A pipe in its place is not waited for, and where a link leads is nobody's order.
  const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
  const file = await open(path, flags);
  try {
    const found = await file.stat();
    if (!found.isFile()) return 'not-a-file';
    if (found.size > bytesMax) return 'too-large';
    // One byte more: it may have grown since.
    const bytes = Buffer.alloc(found.size + 1);
    let length = 0;
    for (let read = -1; read !== 0 && length < bytes.length; length += read) {
      read = (await file.read(bytes, length, bytes.length - length)).bytesRead;
    }
    return length > found.size ? 'too-large' : bytes.subarray(0, length);
  } finally {
    await file.close();
  }
}
