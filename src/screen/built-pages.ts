/**
 * The built page of the screen, held in memory: an upgrade, or a disk that dies, takes no file from under a terminal that
 * is serving.
 */

import { readdir, readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';

/** What Vite makes of kiosk-ui/; anything else in the folder is not served. */
const TYPES: Readonly<Record<string, string>> = {
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};
const ASSETS_MAX = 100;

export interface BuiltAsset {
  /** Media type. */
  readonly type: string;
  readonly bytes: Buffer;
}

export interface BuiltPages {
  /** HTML, with a place for the token. */
  readonly page: string;
  /** By path below the origin, such as `/assets/index-1a2b.js`; the names change with the content. */
  readonly assets: ReadonlyMap<string, BuiltAsset>;
}

/** `folder`: build/kiosk-ui. Rejects when the page was not built. */
export async function readBuiltPages(folder: string): Promise<BuiltPages> {
  try {
    const page = await readFile(join(folder, 'terminal', 'index.html'), 'utf8');
    const names = (await readdir(join(folder, 'assets'))).slice(0, ASSETS_MAX);
    const assets = new Map<string, BuiltAsset>();
    for (const name of names) {
      const type = TYPES[extname(name)];
      if (type === undefined) continue;
      assets.set(`/assets/${name}`, { type, bytes: await readFile(join(folder, 'assets', name)) });
    }
    return { page, assets };
  } catch (error) {
    const why = (error as Error).message;
    throw new Error(`the screen's page is not built (npm run build:ui builds it): ${why}`);
  }
}
