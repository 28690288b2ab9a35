/** Files that a person names on the command line. */

import { readFileSync, statSync } from 'node:fs';

/** The bytes, or what is the matter with the file: the end of a sentence that begins with its name. */
export function readInputFile(file: string, bytesMax: number): Buffer | string {
  try {
    if (statSync(file).size > bytesMax) return `is larger than ${bytesMax} bytes`;
    return readFileSync(file);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return code === 'ENOENT' ? 'does not exist' : `cannot be read (${code})`;
  }
}
