/** What a stick brings to one terminal: an order, and the head of a list. */

import { lstat } from 'node:fs/promises';
import { join } from 'node:path';
import { readStickFile, type StickFileFault } from './stick-file.ts';

/** As much as a command may have. */
const ORDER_BYTES_MAX = 65_536;
/** A signed head and two wrapped keys, base64. */
const HEAD_BYTES_MAX = 65_536;

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
export function readStickOrder(mount: string, terminal: string): Promise<Buffer | StickFileFault> {
  return readStickFile(mount, orderPath(terminal), ORDER_BYTES_MAX);
}

/** `HeadFrame` as JSON, if it is one at all. */
export function readStickHead(mount: string, terminal: string): Promise<Buffer | StickFileFault> {
  return readStickFile(mount, headPath(terminal), HEAD_BYTES_MAX);
}
