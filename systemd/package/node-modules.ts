/** The npm packages that a terminal runs: those that its files import and what these need, without what is never loaded. */

import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename, dirname, extname, join } from 'node:path';
import { fromFolder } from './tree.ts';

export interface NpmPackage {
  readonly name: string;
  readonly version: string;
  /** SPDX, as the package says it. */
  readonly license: string;
  /** From the project's root: `node_modules/...`. */
  readonly folder: string;
}

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly license?: unknown;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

/** Headers for compiling, no code. */
const HEADERS_ONLY: ReadonlySet<string> = new Set(['nan', 'node-addon-api', 'node-gyp']);
/** Sources of native code, build files, types, maps and documents. Node never strips types below node_modules. */
const NEVER_LOADED: ReadonlySet<string> = new Set(
  '.a .c .cc .cpp .cxx .d .flow .gyp .gypi .h .hpp .map .markdown .md .mk .mts .cts .o .ts .yml'.split(
    ' ',
  ),
);
const OUTSIDERS = /(^|\/)\.|^(__tests__|benchmarks?|bench|docs?|examples?|tests?)\/|\.html$/;
/** What a compiler or a download of sources left in a package that has native code. */
const NATIVE_SOURCES = /^(deps|src|hidapi)\/|^build\/(?!Release\/[^/]+\.node$)/;
const LICENCE = /^(licen[cs]e|notice|copying)/i;
/** e_machine of the ELF header. */
const ELF_MACHINES: Readonly<Record<string, number>> = { x64: 62, arm64: 183 };

/** The named packages and everything that they need at run time, sorted by folder. Throws when one is not installed. */
export async function withDependencies(
  root: string,
  names: ReadonlySet<string>,
): Promise<NpmPackage[]> {
  const found = new Map<string, NpmPackage>();
  const visit = async (name: string, from: string, isOptional: boolean): Promise<void> => {
    if (HEADERS_ONLY.has(name)) return;
    const folder = find(root, name, from);
    if (folder === null) {
      if (isOptional) return;
      throw new Error(`npm package ${name} is not installed; ${from || 'the program'} needs it`);
    }
    if (found.has(folder)) return;
    const manifest: Manifest = JSON.parse(
      await readFile(join(root, folder, 'package.json'), 'utf8'),
    );
    const { version, license } = manifest;
    found.set(folder, { name, version, license: String(license ?? 'not told'), folder });
    const optional = manifest.optionalDependencies ?? {};
    for (const needed of Object.keys({ ...manifest.dependencies, ...optional })) {
      await visit(needed, folder, needed in optional);
    }
  };
  for (const name of names) await visit(name, '', false);
  return [...found.values()].sort((a, b) => (a.folder < b.folder ? -1 : 1));
}

/** As Node looks for it: in the node_modules of the one who asks, then further out. */
function find(root: string, name: string, from: string): string | null {
  for (let at = from; ; at = dirname(at)) {
    const folder = join(at === '.' ? '' : at, 'node_modules', name);
    if (basename(at) !== 'node_modules' && existsSync(join(root, folder, 'package.json'))) {
      return folder;
    }
    if (at === '.' || at === '') return null;
  }
}

/** The files of a package that are packaged, as paths from its folder. */
export async function runtimeFiles(root: string, { folder }: NpmPackage): Promise<string[]> {
  const from = join(root, folder);
  const all = (await fromFolder(from)).filter((path) => !/(^|\/)node_modules\//.test(path));
  const isNative = all.includes('binding.gyp');
  const kept: string[] = [];
  for (const path of all) {
    if (LICENCE.test(basename(path))) kept.push(path);
    else if (OUTSIDERS.test(path) || NEVER_LOADED.has(extname(path))) continue;
    else if (isNative && NATIVE_SOURCES.test(path)) continue;
    else if (extname(path) !== '.node') kept.push(path);
    else if (isNativeHere(await readFile(join(from, path)), process.arch)) kept.push(path);
  }
  return kept;
}

/** Whether a shared object is for Linux with glibc on this architecture. */
export function isNativeHere(bytes: Buffer, arch: string): boolean {
  const isElf = bytes.subarray(0, 4).equals(Buffer.from('\x7fELF', 'latin1'));
  if (!isElf || bytes.length < 20) return false;
  return bytes.readUInt16LE(18) === ELF_MACHINES[arch] && !bytes.includes('libc.musl-');
}

/** The licence texts that a package brings; none for those that only name theirs. */
export async function licenceTexts(root: string, { folder }: NpmPackage): Promise<string[]> {
  const files = (await fromFolder(join(root, folder))).filter(
    (path) => LICENCE.test(path) && !path.includes('/'),
  );
  return Promise.all(files.map((file) => readFile(join(root, folder, file), 'utf8')));
}
