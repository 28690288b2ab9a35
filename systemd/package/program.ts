/**
 * The program as it is packaged: which of the project's files go into which package, and TypeScript as the JavaScript
 * that is left when the types are taken out. Nothing is bundled or minified: line and column of a stack trace are those
 * of the source.
 */

import { readFile } from 'node:fs/promises';
import { stripTypeScriptTypes } from 'node:module';
import { join, posix } from 'node:path';
import { fromFolder } from './tree.ts';

/** The simulator: the rest of the world, and devices that are not there. A terminal in the field has none of it. */
const SIMULATOR = /^(platform-sim\/|devices\/(.+\/)?(sim-|native\/|vpcd\.ts$))/;
/** Set-up and launchers of a clone; the package has its own. */
const CLONE_ONLY = /^src\/(setup\.mjs|bin\/)|\.md$/;
const ROOMS = ['src', 'state-machines', 'devices', 'platform-sim'];

/** A statement at the beginning of a line, or a call anywhere. */
const IMPORT =
  /(?:^(?:import|export [*{])[^'"]*|\bimport\(\s*)(?<quote>['"])(?<specifier>[^'"]+)\k<quote>/gm;

/** Path below the installation's folder, and content. */
export type Files = Map<string, Buffer>;

/** What both packages run, as it is installed. */
export async function readProgram(root: string): Promise<{ daemon: Files; simulator: Files }> {
  const paths = (
    await Promise.all(
      ROOMS.map(async (room) =>
        (await fromFolder(join(root, room))).map((path) => `${room}/${path}`),
      ),
    )
  ).flat();
  const packaged = new Set(paths.filter((path) => !CLONE_ONLY.test(path)));
  const daemon: Files = new Map();
  const simulator: Files = new Map();
  for (const path of packaged) {
    const bytes = await readFile(join(root, path));
    const isTypeScript = path.endsWith('.ts');
    const content = isTypeScript
      ? Buffer.from(toJavaScript(path, bytes.toString('utf8'), packaged))
      : bytes;
    const target = isTypeScript ? path.replace(/\.ts$/, '.js') : path;
    (SIMULATOR.test(path) ? simulator : daemon).set(target, content);
  }
  return { daemon, simulator };
}

/**
 * The source without its types, and with every quoted path of a packaged `.ts` file, seen from the file (imports,
 * workers, child processes) or from the root, ending in `.js`. Throws where a type can't just be taken out.
 */
export function toJavaScript(path: string, text: string, packaged: ReadonlySet<string>): string {
  return stripTypeScriptTypes(text).replaceAll(
    /(['"`])([\w./-]+)\.ts\1/g,
    (quoted, quote: string, stem: string) => {
      const isRelative = stem.startsWith('./') || stem.startsWith('../');
      const target = isRelative ? posix.join(posix.dirname(path), stem) : stem;
      return packaged.has(`${target}.ts`) ? `${quote}${stem}.js${quote}` : quoted;
    },
  );
}

/** The npm packages that these files import, by name. */
export function importedPackages(files: Files): Set<string> {
  const names = new Set<string>();
  for (const [path, bytes] of files) {
    if (!path.endsWith('.js')) continue;
    const imports = bytes.toString('utf8').matchAll(IMPORT);
    for (const { groups } of imports) {
      const specifier = groups?.['specifier'] ?? '';
      if (/^(node:|\.)/.test(specifier)) continue;
      const name = /^(@[^/]+\/)?[^/]+/.exec(specifier)?.[0];
      if (name !== undefined) names.add(name);
    }
  }
  return names;
}
