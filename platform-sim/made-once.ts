/** Folders that several processes may want to be the first to make. */

import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';

/**
 * Has `fill` make what belongs into the folder, if it is not there yet. It is made aside and renamed, so that of two
 * processes that begin at once one wins wholly, and one that is killed leaves no half of it behind.
 */
export async function madeOnce(
  directory: string,
  fill: (aside: string) => Promise<unknown>,
): Promise<void> {
  if (existsSync(directory)) return;
  await mkdir(dirname(directory), { recursive: true, mode: 0o700 });
  const aside = await mkdtemp(`${directory}-`);
  await fill(aside);
  await rename(aside, directory).catch(async (error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error;
    await rm(aside, { recursive: true });
  });
}
