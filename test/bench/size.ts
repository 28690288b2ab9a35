/**
 * The bench group "size": what a terminal's installation takes on disk: this package and the npm packages that it runs
 * with, whole, without the pinned Node runtime, which every Node program needs.
 */

import { lstat, readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { withDependencies } from '../../systemd/package/node-modules.ts';
import { importedPackages, readProgram } from '../../systemd/package/program.ts';
import type { Bench } from './figures.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
/** The folders and files of this package that a terminal needs. */
const OWN = ['src', 'state-machines', 'devices', 'package.json', 'LICENSE'];
const BUDGET_MIB = 120;
const LARGEST_SHOWN = 5;
const MIB = 1_048_576;

export async function sizeBench({ report }: Bench): Promise<void> {
  const folders = (await productionPackages()).filter(
    (folder) => !basename(folder).startsWith('node-linux-'),
  );
  const packages: { readonly name: string; readonly bytes: number }[] = [];
  for (const folder of folders) {
    const name = folder.slice(folder.lastIndexOf('node_modules/') + 'node_modules/'.length);
    packages.push({ name, bytes: await bytesOn(folder) });
  }
  const own = await Promise.all(OWN.map((path) => bytesOn(join(ROOT, path))));
  const ownBytes = own.reduce((sum, bytes) => sum + bytes, 0);
  const total = packages.reduce((sum, { bytes }) => sum + bytes, ownBytes);
  const largest = packages.toSorted((a, b) => b.bytes - a.bytes).slice(0, LARGEST_SHOWN);
  report({
    figure: 'size',
    value: total / MIB,
    unit: 'MiB',
    budget: BUDGET_MIB,
    packages: packages.length,
    ownMiB: ownBytes / MIB,
    largest: Object.fromEntries(largest.map(({ name, bytes }) => [name, bytes / MIB])),
  });
}

/** Those that a terminal's files import and what these need: what the simulator alone needs is in no terminal. */
async function productionPackages(): Promise<string[]> {
  const { daemon } = await readProgram(ROOT);
  const packages = await withDependencies(ROOT, importedPackages(daemon));
  return packages.map(({ folder }) => join(ROOT, folder));
}

/** Blocks on disk of everything below a path, packages in a nested node_modules excepted: they are listed themselves. */
async function bytesOn(path: string): Promise<number> {
  const { blocks, isDirectory } = await lstat(path).then((stat) => {
    return { blocks: stat.blocks * 512, isDirectory: stat.isDirectory() };
  });
  if (!isDirectory) return blocks;
  const names = (await readdir(path)).filter((name) => name !== 'node_modules');
  const inside = await Promise.all(names.map((name) => bytesOn(join(path, name))));
  return inside.reduce((sum, bytes) => sum + bytes, blocks);
}
