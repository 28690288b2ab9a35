/** A disk of its own for the gate's state, so small that it can be filled: a tmpfs. Needs root. */

import { execFile } from 'node:child_process';
import { readFile, rm, statfs, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
/** Room for a list, its successor and a day of facts. */
const SIZE = '64m';
const BALLAST = 'ballast';
/** Less than a terminal wants free before it serves, more than what it needs to close what was begun. */
const LEFT_BYTES = 2 * 1_048_576;

export class SmallDisk {
  readonly #directory: string;

  private constructor(directory: string) {
    this.#directory = directory;
  }

  /** Null where a file system cannot be mounted. */
  static async mount(directory: string): Promise<SmallDisk | null> {
    if (process.getuid?.() !== 0) return null;
    try {
      await run('mount', [
        '-t',
        'tmpfs',
        '-o',
        `size=${SIZE},mode=0700`,
        'kazasu-street',
        directory,
      ]);
      return new SmallDisk(directory);
    } catch {
      return null;
    }
  }

  /** Also what a street that was killed has left. */
  static async unmount(directory: string): Promise<void> {
    // proc(5): the fifth field is the mount point.
    const mounts = (await readFile('/proc/self/mountinfo', 'utf8')).split('\n');
    const count = mounts.filter((line) => line.split(' ')[4] === directory).length;
    for (let left = count; left > 0; left -= 1) await run('umount', ['--lazy', directory]);
  }

  async fill(): Promise<void> {
    const { bavail, bsize } = await statfs(this.#directory);
    const bytes = Math.max(0, bavail * bsize - LEFT_BYTES);
    await writeFile(join(this.#directory, BALLAST), Buffer.alloc(bytes, 0x5a), { mode: 0o600 });
  }

  async empty(): Promise<void> {
    await rm(join(this.#directory, BALLAST), { force: true });
  }
}
