/** How the program becomes a package: types out, paths right, and of others' work only what runs here. */

import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, posix } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { packageRoot } from '../../src/bin/pinned-node.mjs';
import { sbom } from '../../systemd/package/bill.ts';
import {
  isNativeHere,
  licenceTexts,
  runtimeFiles,
  withDependencies,
} from '../../systemd/package/node-modules.ts';
import { importedPackages, readProgram, toJavaScript } from '../../systemd/package/program.ts';

/** A project folder with these files. */
async function folderOf(files: Readonly<Record<string, string | Buffer>>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'kazasu-package-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), content);
  }
  return folder;
}

const manifest = (name: string, more: object = {}) =>
  JSON.stringify({ name, version: '1.0.0', license: 'MIT', ...more });

/** The beginning of a shared object for a machine, after which its libraries are named. */
function sharedObject(machine: number, needs = 'libc.so.6'): Buffer {
  const header = Buffer.alloc(20);
  header.write('\x7fELF', 'latin1');
  header.writeUInt16LE(machine, 18);
  return Buffer.concat([header, Buffer.from(needs)]);
}

describe('JavaScript of TypeScript', () => {
  const packaged = new Set(['src/a.ts', 'src/store/b.ts', 'src/store/work.ts', 'src/main.ts']);
  const convert = (text: string) => toJavaScript('src/store/b.ts', text, packaged);

  test('keeps every line and column', () => {
    const text = 'const a: number = 1;\nthrow new Error(String(a satisfies number));';
    const lines = convert(text).split('\n');
    expect(lines[0]).toBe('const a         = 1;');
    expect(lines[1]?.indexOf('Error')).toBe(text.split('\n')[1]?.indexOf('Error'));
  });

  test.each([
    ["import { a } from '../a.ts';", "import { a } from '../a.js';"],
    ["await import('./work.ts');", "await import('./work.js');"],
    [
      "new Worker(new URL('./work.ts', import.meta.url));",
      "new Worker(new URL('./work.js', import.meta.url));",
    ],
    ["start({ entry: 'src/main.ts' });", "start({ entry: 'src/main.js' });"],
    ["say('notes.ts', './c.ts', 'a.ts');", "say('notes.ts', './c.ts', 'a.ts');"],
  ])('finds the paths of packaged files: %s', (text, expected) => {
    expect(convert(text)).toBe(expected);
  });

  test('is refused where types make code', () => {
    expect(() => convert('enum A { b }')).toThrow();
  });

  test('says whom it imports, and is not misled by words', () => {
    const text = `import { z } from 'zod';
import type { X } from 'types-only';
import {
  a,
} from '@scope/name/deep';
export { b } from "re-exported";
// a key derived from 'salt-1'
const later = await import('later');
import 'node:fs';
import './own.js';`;
    const files = new Map([['a.js', Buffer.from(convert(text))]]);
    expect([...importedPackages(files)].sort()).toEqual([
      '@scope/name',
      'later',
      're-exported',
      'zod',
    ]);
  });
});

describe('the program', () => {
  test('points at no TypeScript any more, and the daemon has no simulator in it', async () => {
    const { daemon, simulator } = await readProgram(packageRoot);
    for (const [path, bytes] of [...daemon, ...simulator]) {
      expect(path).not.toMatch(/\.ts$/);
      if (path.endsWith('.js')) expect(`${bytes}`).not.toMatch(/(from|import\() ?'\.[^']*\.ts'/);
    }
    expect([...daemon.keys()]).toContain('src/main.js');
    expect([...daemon.keys()]).toContain('devices/card/pcsc-process.js');
    expect([...daemon.keys()].filter((path) => /\/sim-|vpcd|setup\.mjs|bin\//.test(path))).toEqual(
      [],
    );
    expect([...simulator.keys()]).toContain('platform-sim/main.js');
    expect([...simulator.keys()]).toContain('devices/card/sim-reader.js');
  });
});

test('the daemon needs no file of the simulator to start', async () => {
  const { daemon } = await readProgram(packageRoot);
  const missing: string[] = [];
  for (const [path, bytes] of daemon) {
    for (const [, specifier = ''] of `${bytes}`.matchAll(/\bfrom '(\.[^']+\.js)'/g)) {
      const target = posix.join(posix.dirname(path), specifier);
      if (!daemon.has(target)) missing.push(`${path} → ${target}`);
    }
  }
  expect(missing).toEqual([]);
});

test('a daemon without its simulators says what is missing, as a configuration that is wrong', async () => {
  const { daemon } = await readProgram(packageRoot);
  const folder = await folderOf({
    ...Object.fromEntries(daemon),
    'package.json': manifest('kazasu', { type: 'module' }),
  });
  await symlink(join(packageRoot, 'node_modules'), join(folder, 'node_modules'));
  const config = join(folder, 'gate.toml');
  await writeFile(
    config,
    `profile = "gate"
name = "gate-1"
state = ${JSON.stringify(join(folder, 'state'))}
[platform]
url = "ws://127.0.0.1:9/terminals"
[card]
driver = "simulated"
[receipt]
driver = "simulated"
[services.event-entry]
list = "festival"
`,
  );
  const main = join(folder, 'src/main.js');
  const ran = spawnSync(process.execPath, [main, 'run', '--config', config], { encoding: 'utf8' });
  expect(ran.stderr).toContain('[card] "driver": "simulated" is not installed here');
  expect(ran.status).toBe(2);
});

describe('npm packages', () => {
  test('come with what they need at run time, found as Node finds it', async () => {
    const root = await folderOf({
      'node_modules/a/package.json': manifest('a', {
        dependencies: { b: '1', nan: '1' },
        optionalDependencies: { elsewhere: '1' },
        devDependencies: { vitest: '1' },
      }),
      'node_modules/a/node_modules/b/package.json': manifest('b', { dependencies: { c: '1' } }),
      'node_modules/b/package.json': manifest('b'),
      'node_modules/c/package.json': manifest('c', { dependencies: { a: '1' } }),
      'node_modules/nan/package.json': manifest('nan'),
    });
    const found = await withDependencies(root, new Set(['a']));
    expect(found.map(({ folder }) => folder)).toEqual([
      'node_modules/a',
      'node_modules/a/node_modules/b',
      'node_modules/c',
    ]);
  });

  test('that are missing are named, with who needs them', async () => {
    const root = await folderOf({
      'node_modules/a/package.json': manifest('a', { dependencies: { b: '1' } }),
    });
    await expect(withDependencies(root, new Set(['a']))).rejects.toThrow(
      'npm package b is not installed; node_modules/a needs it',
    );
  });

  test('leave sources, types, documents and other machines behind, and keep their licences', async () => {
    const here = process.arch === 'x64' ? 62 : 183;
    const root = await folderOf({
      'node_modules/a/package.json': manifest('a'),
      'node_modules/a/binding.gyp': '',
      'node_modules/a/LICENSE.md': 'MIT License',
      'node_modules/a/README.md': '',
      'node_modules/a/lib/index.js': '',
      'node_modules/a/lib/index.d.ts': '',
      'node_modules/a/lib/index.js.map': '',
      'node_modules/a/test/all.js': '',
      'node_modules/a/src/addon.cc': '',
      'node_modules/a/deps/sqlite3/shell.js': '',
      'node_modules/a/build/Makefile': '',
      'node_modules/a/build/Release/a.node': sharedObject(here),
      'node_modules/a/build/Release/obj.target/a.node': sharedObject(here),
      'node_modules/a/prebuilds/musl.node': sharedObject(here, 'libc.musl-x86_64.so.1'),
      'node_modules/a/prebuilds/arm.node': sharedObject(40),
      'node_modules/a/node_modules/b/index.js': '',
    });
    const [a] = await withDependencies(root, new Set(['a']));
    if (a === undefined) throw new Error('a was not found');
    expect(await runtimeFiles(root, a)).toEqual([
      'LICENSE.md',
      'build/Release/a.node',
      'lib/index.js',
      'package.json',
    ]);
    expect(await licenceTexts(root, a)).toEqual(['MIT License']);
  });

  test.each([
    ['x64', sharedObject(62), true],
    ['arm64', sharedObject(62), false],
    ['x64', sharedObject(62, 'libc.musl-x86_64.so.1'), false],
    ['x64', Buffer.from('MZ: for Windows, or so it says'), false],
    ['x64', Buffer.from('\x7fELF', 'latin1'), false],
  ])('on %s a shared object is looked at before it is taken', (arch, bytes, expected) => {
    expect(isNativeHere(bytes, arch)).toBe(expected);
  });
});

test('the SBOM names what is inside, Node too, and is the same each time', async () => {
  const packages = await withDependencies(packageRoot, new Set(['ws', 'zod']));
  const [node] = await withDependencies(packageRoot, new Set([`node-linux-${process.arch}`]));
  const bill = {
    name: 'kazasu',
    version: '9.9.9',
    epoch: 1_700_000_000,
    packages,
    node: node ?? null,
  };
  const text = await sbom(packageRoot, bill);
  expect(await sbom(packageRoot, bill)).toBe(text);
  const { bomFormat, components, metadata } = JSON.parse(text);
  expect(bomFormat).toBe('CycloneDX');
  expect(metadata.component).toMatchObject({ name: 'kazasu', version: '9.9.9' });
  expect(components.map(({ name }: { name: string }) => name).sort()).toEqual([
    'node',
    'ws',
    'zod',
  ]);
});
