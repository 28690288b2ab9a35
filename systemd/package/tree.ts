/** A folder of files that becomes a package: the same bytes, modes and times whoever makes it and whenever. */

import { chmod, lstat, lutimes, mkdir, readdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** The files below a folder, as sorted paths from it. Symbolic links are not followed and not told. */
export async function fromFolder(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort();
}

export async function put(
  tree: string,
  path: string,
  content: string | Uint8Array,
  mode = 0o644,
): Promise<void> {
  const target = join(tree, path);
  await mkdir(dirname(target), { recursive: true });
  await writeFile(target, content);
  await chmod(target, mode);
}

/** Gives everything below one time, and folders one mode. */
export async function settle(tree: string, epoch: number): Promise<void> {
  const names = await readdir(tree, { recursive: true });
  // Deepest first: writing into a folder changes its time.
  for (const name of [...names].sort().reverse().concat('')) {
    const path = join(tree, name);
    if ((await lstat(path)).isDirectory()) await chmod(path, 0o755);
    await lutimes(path, epoch, epoch);
  }
}

/** Bytes of all files below. */
export async function sizeOf(tree: string): Promise<number> {
  const files = await fromFolder(tree);
  const sizes = await Promise.all(files.map(async (path) => (await lstat(join(tree, path))).size));
  return sizes.reduce((sum, size) => sum + size, 0);
}
