/** What the built pages are made of, and of what they were built last: a hash, beside them in build/. */

import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from './bin/pinned-node.mjs';

/** The pages import types from everywhere and code from these. */
const SOURCES = [
  'kiosk-ui',
  'src/domain',
  'src/text',
  'platform-sim/street/messages.ts',
  'platform-sim/street/requests.ts',
  'platform-sim/town/messages.ts',
  'platform-sim/town/requests.ts',
  'package-lock.json',
];
const FOLDER = join(packageRoot, 'build', 'kiosk-ui');
const STAMP = join(packageRoot, 'build', 'kiosk-ui.sha256');

/** Arguments of Node for the build. */
export const BUILD_PAGES = [
  join(packageRoot, 'node_modules', 'vite', 'bin', 'vite.js'),
  'build',
  '--config',
  join(packageRoot, 'kiosk-ui', 'vite.config.ts'),
  '--logLevel',
  'warn',
];

/** @returns {string} SHA-256 over names and contents */
function hashOfPageSources() {
  const hash = createHash('sha256');
  for (const file of SOURCES.flatMap(filesBelow)) {
    hash
      .update(`${file}\0`)
      .update(readFileSync(join(packageRoot, file)))
      .update('\0');
  }
  return hash.digest('hex');
}

/** @returns {string} empty when they were not built */
function hashOfBuiltPages() {
  const isThere = existsSync(STAMP) && existsSync(FOLDER);
  return isThere ? readFileSync(STAMP, 'utf8').trim() : '';
}

/** @param {string} hash */
function markPagesBuilt(hash) {
  mkdirSync(join(packageRoot, 'build'), { recursive: true });
  writeFileSync(STAMP, `${hash}\n`);
}

/** @param {string} path @returns {string[]} in an order that does not depend on the file system */
function filesBelow(path) {
  const whole = join(packageRoot, path);
  if (!existsSync(whole)) return [];
  if (statSync(whole).isFile()) return [path];
  return readdirSync(whole)
    .sort()
    .flatMap((name) => filesBelow(`${path}/${name}`));
}

export const PAGES = {
  sources: hashOfPageSources,
  builtFrom: hashOfBuiltPages,
  markBuilt: markPagesBuilt,
};
