/** A built page, held in memory: a build meanwhile neither mixes two builds nor pulls a file from under a request. */

import { readdir, readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';

const TYPES: Readonly<Record<string, string>> = {
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
};
const FILES_MAX = 500;

export interface BuiltFile {
  readonly type: string;
  readonly bytes: Buffer;
}

export interface BuiltPages {
  /** The page itself: of the street, with a place for the token. */
  readonly page: string;
  /** By path, such as `/assets/index-1a2b.js`. */
  readonly files: ReadonlyMap<string, BuiltFile>;
}

/** `folder`: of all built pages. Null when this one was not built. */
export async function readBuiltPages(
  folder: string,
  page: 'street' | 'town',
): Promise<BuiltPages | null> {
  try {
    const html = await readFile(join(folder, page, 'index.html'), 'utf8');
    const files = new Map<string, BuiltFile>();
    for (const name of (await readdir(join(folder, 'assets'))).slice(0, FILES_MAX)) {
      const type = TYPES[extname(name)] ?? 'application/octet-stream';
      files.set(`/assets/${name}`, { type, bytes: await readFile(join(folder, 'assets', name)) });
    }
    return { page: html, files };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}
