/** Set-up on machines that lack something, played by a machine that only writes down what it is told to run. */

import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmod, cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { packageRoot, pinnedNode } from '../src/bin/pinned-node.mjs';
import { installedMatchesLock, type Machine, setUp } from '../src/setup.mjs';
import { PARTS } from '../src/setup-parts.mjs';

interface PlayedMachine extends Machine {
  readonly commands: string[];
  readonly said: string[];
  readonly present: Set<string>;
}

/** A Debian machine that has everything but what is named, and to which apt-get and npm bring what they are asked for. */
function machineWithout(missing: readonly string[], changes: Partial<Machine> = {}): PlayedMachine {
  const present = new Set(PARTS.filter(({ name }) => !missing.includes(name)).map((p) => p.file));
  for (const program of ['apt-get', 'npm', 'sudo']) {
    if (!missing.includes(program)) present.add(program);
  }
  const commands: string[] = [];
  const said: string[] = [];
  let stamp: string | null = null;
  let built = missing.includes('pages') ? '' : 'pages';
  let installed = !missing.includes('node_modules');
  let pcscliteWasBuilt = installed;
  const canBuild = () => PARTS.every(({ need, file }) => need !== 'build' || present.has(file));
  return {
    commands,
    said,
    present,
    nodeVersion: '20.0.0',
    platform: 'linux',
    arch: 'x64',
    isRoot: true,
    exists: (file) => present.has(file),
    run: (command, args) => {
      const line = [command, ...args].join(' ');
      const isLoad = line.startsWith(pinnedNode) && args[0] === '-e';
      commands.push(isLoad ? 'load native modules' : line);
      if (line.includes('apt-get install')) {
        for (const { name, file } of PARTS) if (args.includes(name)) present.add(file);
      }
      if (command === 'npm') {
        installed = true;
        pcscliteWasBuilt = canBuild();
      }
      const isAbsent = line.includes("require('pcsclite')") && !pcscliteWasBuilt;
      return isAbsent
        ? { ok: false, output: "stack\nError: Cannot find module 'pcsclite'\nmore" }
        : { ok: true, output: '' };
    },
    readStamp: () => {
      if (stamp === null) throw new Error('no stamp');
      return stamp;
    },
    writeStamp: (text) => {
      stamp = text;
    },
    lockHash: () => 'lock',
    installedMatchesLock: () => installed,
    linkPrograms: () => {},
    pages: {
      sources: () => 'pages',
      builtFrom: () => built,
      markBuilt: (hash) => {
        built = hash;
      },
    },
    say: (line) => said.push(line),
    ...changes,
  };
}

const NO_CARD_STACK = ['g++', 'libpcsclite-dev', 'pcscd', 'node_modules'];
const refused = { ok: false, output: 'E: no\nE: unable to fetch' };

test.each([
  [{ nodeVersion: '18.20.0' }, 'needs Node 20 or newer to set up; this is 18.20.0'],
  [{ platform: 'darwin' }, 'runs on Linux only; this is darwin'],
  [{ arch: 'riscv64' }, 'runs on x64 and arm64 only; this is riscv64'],
])('a machine that cannot be used is told so in one line: %o', (changes, line) => {
  const machine = machineWithout([], changes);
  expect(setUp('start', machine)).toBe(1);
  expect(machine.said).toEqual([line]);
  expect(machine.commands).toEqual([]);
});

test('root gets what is missing, and only that; nothing else is updated', () => {
  const machine = machineWithout(NO_CARD_STACK);
  expect(setUp('start', machine)).toBe(0);
  expect(machine.commands.slice(0, 2)).toEqual([
    'apt-get install -y --no-install-recommends -qq g++ libpcsclite-dev pcscd',
    'npm install --no-save --no-audit --no-fund',
  ]);
  expect(machine.said).toEqual([
    'installing Debian packages: g++ libpcsclite-dev pcscd',
    'installing npm packages',
  ]);
});

test('the pages are built once, and again only when what they are made of has changed', () => {
  const machine = machineWithout(['pages']);
  const builds = () => machine.commands.filter((line) => line.includes('vite')).length;
  expect(setUp('start', machine)).toBe(0);
  expect([builds(), machine.said]).toEqual([1, ['building the pages']]);
  expect(setUp('start', machine)).toBe(0);
  expect(builds()).toBe(1);
  const pages = { ...machine.pages, sources: () => 'changed' };
  expect(setUp('start', { ...machine, pages })).toBe(0);
  expect(builds()).toBe(2);
});

test('pages that do not build end the set-up with the line that names the error', () => {
  const machine = machineWithout(['pages']);
  const run: Machine['run'] = (command, args, env) =>
    args.some((each) => each.includes('vite'))
      ? { ok: false, output: 'building\nSyntaxError: here\n    at there' }
      : machine.run(command, args, env);
  expect(setUp('start', { ...machine, run })).toBe(1);
  expect(machine.said.at(-1)).toBe('the pages do not build: SyntaxError: here');
});

test('what only the tests use is not installed for a start', () => {
  const machine = machineWithout(['opensc', 'openssl']);
  expect(setUp('start', machine)).toBe(0);
  expect(machine.commands.filter((line) => line.includes('apt-get'))).toEqual([]);
  expect(setUp('test', machine)).toBe(0);
  expect(machine.commands.filter((line) => line.includes('apt-get'))).toEqual([
    'apt-get install -y --no-install-recommends -qq opensc openssl',
  ]);
});

test('what boots a machine of its own is installed for those tests alone', () => {
  const machine = machineWithout(['debootstrap', 'systemd-container', 'opensc']);
  const installed = () => machine.commands.filter((line) => line.includes('apt-get'));
  expect(setUp('test', machine)).toBe(0);
  expect(installed()).toEqual(['apt-get install -y --no-install-recommends -qq opensc']);
  expect(setUp('systemd', machine)).toBe(0);
  expect(installed().slice(1)).toEqual([
    'apt-get install -y --no-install-recommends -qq systemd-container debootstrap',
  ]);
});

test('what emulates a machine is installed for the tests of a kernel alone', () => {
  const machine = machineWithout(['qemu-system-x86', 'debootstrap']);
  expect(setUp('kernel', machine)).toBe(0);
  expect(machine.commands.filter((line) => line.includes('apt-get'))).toEqual([
    'apt-get install -y --no-install-recommends -qq debootstrap qemu-system-x86',
  ]);
  const other = machineWithout(['qemu-system-x86']);
  expect(setUp('systemd', other)).toBe(0);
  expect(other.commands.filter((line) => line.includes('apt-get'))).toEqual([]);
});

test('those tests are not begun without root or without a part', () => {
  expect(setUp('systemd', machineWithout([], { isRoot: false }))).toBe(1);
  const machine = machineWithout(['debootstrap', 'sudo'], { isRoot: false });
  expect(setUp('systemd', machine)).toBe(1);
  expect(machine.said[0]).toContain('missing: debootstrap;');
});

test('the second run runs nothing and says nothing', () => {
  const machine = machineWithout(NO_CARD_STACK);
  setUp('start', machine);
  machine.commands.length = 0;
  machine.said.length = 0;
  expect(setUp('start', machine)).toBe(0);
  expect(machine.commands).toEqual([]);
  expect(machine.said).toEqual([]);
});

test('package lists are fetched when apt-get does not find a package, and then it is asked once more', () => {
  const machine = machineWithout(['socat']);
  const { run } = machine;
  let failures = 1;
  const forgetful = {
    ...machine,
    run: (command: string, args: readonly string[]) =>
      args[0] === 'install' && failures-- > 0 ? refused : run(command, args),
  };
  expect(setUp('test', forgetful)).toBe(0);
  expect(machine.commands.slice(0, 2)).toEqual([
    'apt-get update -qq',
    'apt-get install -y --no-install-recommends -qq socat',
  ]);
});

test('without root a start goes on with simulated devices, and one line says what is missing and how to get it', () => {
  const machine = machineWithout([...NO_CARD_STACK, 'sudo'], { isRoot: false });
  expect(setUp('start', machine)).toBe(0);
  const missing = 'g++ libpcsclite-dev pcscd';
  expect(machine.said).toEqual([
    'installing npm packages',
    `missing: ${missing}; what needs them is simulated; to get them, as root: apt-get install -y --no-install-recommends ${missing}`,
  ]);
});

test('pcsclite is compiled as soon as it can be', () => {
  const machine = machineWithout([...NO_CARD_STACK, 'sudo'], { isRoot: false });
  setUp('start', machine);
  setUp('start', machine);
  expect(machine.commands.filter((line) => line.startsWith('npm'))).toHaveLength(1);
  for (const { file } of PARTS) machine.present.add(file);
  machine.said.length = 0;
  setUp('start', machine);
  expect(machine.commands.filter((line) => line.startsWith('npm'))).toHaveLength(2);
  expect(machine.said).toEqual(['installing npm packages']);
});

test('a password-free sudo is as good as root for installing', () => {
  const machine = machineWithout(['pcscd'], { isRoot: false });
  expect(setUp('start', machine)).toBe(0);
  expect(machine.commands).toContain(
    'sudo -n DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends -qq pcscd',
  );
});

test('without root the tests end with one line that names what is missing', () => {
  const machine = machineWithout(['pcscd', 'opensc', 'sudo'], { isRoot: false });
  expect(setUp('test', machine)).toBe(1);
  expect(machine.said).toHaveLength(1);
  expect(machine.said[0]).toContain('missing: pcscd opensc;');
  expect(machine.said[0]).toContain('npm run test:unit');
});

test('the unit tests ask for npm packages only', () => {
  const machine = machineWithout([...NO_CARD_STACK, 'opensc', 'sudo'], { isRoot: false });
  expect(setUp('unit', machine)).toBe(0);
  expect(machine.said).toEqual(['installing npm packages']);
});

test('tests of the real devices are not begun without root, even when every package is there', () => {
  const machine = machineWithout([], { isRoot: false });
  expect(setUp('test', machine)).toBe(1);
  expect(machine.said).toEqual([expect.stringContaining('need root')]);
});

test('a start survives an apt-get that fails, and says why it did', () => {
  const machine = machineWithout(['pcscd']);
  const run = (command: string, args: readonly string[]) =>
    command === 'apt-get' ? refused : machine.run(command, args);
  expect(setUp('start', { ...machine, run })).toBe(0);
  expect(machine.said.slice(0, 2)).toEqual([
    'installing Debian packages: pcscd',
    'apt-get failed: E: unable to fetch',
  ]);
});

test('an npm that fails ends the set-up with what npm said, and leaves no mark of success', () => {
  const machine = machineWithout(['node_modules']);
  const output = 'npm warn old\nnpm error code ENOSPC\nnpm error no space left on device';
  const run = () => ({ ok: false, output });
  expect(setUp('start', { ...machine, run })).toBe(1);
  expect(machine.said.at(-1)).toBe(
    'npm install failed\nnpm error code ENOSPC\nnpm error no space left on device',
  );
  expect(() => machine.readStamp()).toThrow('no stamp');
});

test('a native module that was built for another Node ends the set-up, each time until it is mended', () => {
  const machine = machineWithout([]);
  const run = () => ({
    ok: false,
    output: 'x.js:1\nError: Module did not self-register: x.node\n',
  });
  for (let time = 0; time < 2; time += 1) expect(setUp('start', { ...machine, run })).toBe(1);
  expect(machine.said).toEqual(
    Array(2).fill('native modules do not load: Error: Module did not self-register: x.node'),
  );
  expect(setUp('start', machine)).toBe(0);
});

test('node_modules counts as installed when every package of the lock is there, optional ones aside', async () => {
  const root = await tempFolder();
  const lock = (packages: object) => JSON.stringify({ packages });
  const write = async (installed: object) => {
    await mkdir(join(root, 'node_modules'), { recursive: true });
    await writeFile(join(root, 'node_modules/.package-lock.json'), lock(installed));
  };
  expect(installedMatchesLock(root)).toBe(false);
  const wanted = { '': {}, a: { version: '1.0.0' }, b: { version: '2.0.0', optional: true } };
  await writeFile(join(root, 'package-lock.json'), lock(wanted));
  expect(installedMatchesLock(root)).toBe(false);
  await write({ a: { version: '1.0.0' } });
  expect(installedMatchesLock(root)).toBe(true);
  await write({ a: { version: '1.0.1' } });
  expect(installedMatchesLock(root)).toBe(false);
  await write({ a: { version: '1.0.0' }, b: { version: '1.0.0' } });
  expect(installedMatchesLock(root)).toBe(false);
  await write({ b: { version: '2.0.0' } });
  expect(installedMatchesLock(root)).toBe(false);
});

async function tempFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'kazasu-setup-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  return folder;
}

/** The launchers beside a program of the test's own, and a Node under the name of the pinned one. */
async function launcher(program: string, node: string | null): Promise<string> {
  const root = await tempFolder();
  await cp(join(packageRoot, 'src/bin'), join(root, 'src/bin'), { recursive: true });
  await writeFile(join(root, 'program.mjs'), program);
  if (node !== null) {
    const folder = join(root, `node_modules/node-linux-${process.arch}/bin`);
    await mkdir(folder, { recursive: true });
    await symlink(node, join(folder, 'node'));
  }
  return join(root, 'src/bin/pinned.mjs');
}

/** `withoutExecve` makes this Node behave like Node 20, which cannot replace its own process. */
const withoutExecve = ['--import', 'data:text/javascript,delete process.execve'];

test.each([
  ['as the same process', []],
  ['as a child, on a Node that cannot replace itself', withoutExecve],
])(
  'a launcher runs the program %s: arguments, streams and exit code are its own',
  async (_, flags) => {
    const program = `
    process.stdin.on('data', (data) => {
      process.stdout.write(JSON.stringify(process.argv.slice(2)) + data);
      process.exitCode = 7;
    });`;
    const pinned = await launcher(program, process.execPath);
    const args = [...flags, pinned, 'program.mjs', 'run', '--config', 'a b.toml'];
    const { status, stdout, stderr } = spawnSync(process.execPath, args, {
      input: 'in',
      encoding: 'utf8',
    });
    expect({ status, stdout, stderr }).toEqual({
      status: 7,
      stdout: '["run","--config","a b.toml"]in',
      stderr: '',
    });
  },
);

test.each([
  ['as the same process', []],
  ['as a child, on a Node that cannot replace itself', withoutExecve],
])('a launcher hands SIGTERM to the program it runs %s', async (_, flags) => {
  const program = `
    process.on('SIGTERM', () => process.exit(9));
    setInterval(() => {}, 1000);
    process.stdout.write('up');`;
  const pinned = await launcher(program, process.execPath);
  const child = spawn(process.execPath, [...flags, pinned, 'program.mjs']);
  onTestFinished(() => void child.kill('SIGKILL'));
  await once(child.stdout, 'data');
  child.kill('SIGTERM');
  expect(await once(child, 'exit')).toEqual([9, null]);
});

test.each([
  ['kazasu.mjs', 'kazasu'],
  ['kazasu-platform.mjs', 'kazasu-platform'],
  ['pinned.mjs', 'kazasu'],
])(
  '%s in a clone that was never set up names itself and the command that does it',
  async (file, name) => {
    const called = join(dirname(await launcher('', null)), file);
    const { status, stderr } = spawnSync(process.execPath, [called, 'program.mjs'], {
      encoding: 'utf8',
    });
    expect(status).toBe(1);
    expect(stderr.replace(/run: node \/.*\/src\/setup\.mjs/, '')).toBe(
      `${name}: not set up yet; \n`,
    );
  },
);

test('a launcher whose pinned Node cannot be run says so', async () => {
  const folder = await tempFolder();
  await writeFile(join(folder, 'node'), 'no program');
  await chmod(join(folder, 'node'), 0o644);
  const bin = dirname(await launcher('', join(folder, 'node')));
  for (const [file, name] of [
    ['kazasu.mjs', 'kazasu'],
    ['kazasu-platform.mjs', 'kazasu-platform'],
  ] as const) {
    const args = [...withoutExecve, join(bin, file)];
    const { status, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
    expect(status).toBe(1);
    expect(stderr).toMatch(new RegExp(`^${name}: .* does not start: .*EACCES`));
  }
});
