/** What a stick brings to a terminal: an order, and the head of a list; small files, each read whole before anything is made of it. */

import { constants } from 'node:fs';
import { lstat, open } from 'node:fs/promises';
import { join } from 'node:path';
import { codeOf } from '../store/disk.ts';

/** As much as a command may have. */
const ORDER_BYTES_MAX = 65_536;
/** A signed head and two wrapped keys, base64. */
const HEAD_BYTES_MAX = 65_536;

/**
 * Why there is nothing to be judged: nothing for this terminal; something in its place that is no plain file or folder; more
 * bytes than any order has; the stick was pulled, or is broken.
 */
export type StickOrderFault = 'none' | 'not-a-file' | 'too-large' | 'unreadable';

/** Below the folder where the stick is mounted. */
export function orderPath(terminal: string): readonly string[] {
  return ['kazasu', 'down', terminal, 'order.p7m'];
}

/** Whether there may be anything for this terminal on what is mounted here. */
export async function bringsSomething(mount: string, terminal: string): Promise<boolean> {
  const [, ...above] = orderPath(terminal).toReversed();
  const found = await lstat(join(mount, ...above.toReversed())).catch(() => null);
  return found?.isDirectory() ?? false;
}

/** Below the folder where the stick is mounted: the newest version of a list, as a frame of the link. */
export function headPath(terminal: string): readonly string[] {
  return ['kazasu', 'down', terminal, 'list.json'];
}

/** CMS SignedData, if it is an order at all. */
export function readStickOrder(mount: string, terminal: string): Promise<Buffer | StickOrderFault> {
  return readStickFile(mount, orderPath(terminal), ORDER_BYTES_MAX);
}

/** `HeadFrame` as JSON, if it is one at all. */
export function readStickHead(mount: string, terminal: string): Promise<Buffer | StickOrderFault> {
  return readStickFile(mount, headPath(terminal), HEAD_BYTES_MAX);
}

/** Looks at one path and lists no folder, however much else is on the stick. */
export async function readStickFile(
  mount: string,
  path: readonly string[],
  bytesMax: number,
): Promise<Buffer | StickOrderFault> {
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

async function readWhole(path: string, bytesMax: number): Promise<Buffer | StickOrderFault> {
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
