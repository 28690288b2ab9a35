/**
 * A machine whose kernel is Debian's and whose only program is ours: QEMU, a kernel image that is unpacked and never
 * installed, and an initial file system with Node and the sources. For what no mock proves: what a kernel really does.
 */

import { execFile, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, cp, mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';

const run = promisify(execFile);
const PROJECT = join(import.meta.dirname, '..', '..');
/** Unpacked packages, kept for the next time. */
const CACHE = join(PROJECT, 'build', 'kernel');
/** Emulated, for not every machine has or lends its virtualization: slow, and everywhere the same. */
const MACHINE_MS_MAX = 600_000;
const MEMORY_MIB = 1_024;
const MODULES = [
  'drivers/hid/hid',
  'drivers/hid/hid-generic',
  'drivers/hid/uhid',
  'drivers/input/evdev',
];
/** What the program inside writes its lines to, after this word. */
const SAYS = 'SAYS ';
/** Its last word: a program that failed has not said everything. */
const END = 'end';

/** The first process. `udevd` is not there: what libudev wants to know of a device, the program writes itself. */
const INIT = `#!/bin/busybox sh
/bin/busybox mkdir -p /proc /sys /run/udev/data /tmp
/bin/busybox mount -t proc proc /proc
/bin/busybox mount -t sysfs sysfs /sys
/bin/busybox mount -t devtmpfs devtmpfs /dev
for module in ${MODULES.map((path) => basename(path)).join(' ')}; do /bin/busybox insmod /modules/$module.ko; done
PATH=/usr/bin:/bin /usr/bin/node --disable-warning=ExperimentalWarning "/kazasu/$(/bin/busybox cat /program)" > /dev/ttyS0 2>&1
/bin/busybox poweroff -f
`;

/** Runs a program of the project (its path from the root) as the only one of a machine; what it said, line by line. */
export async function runInMachine(program: string): Promise<readonly unknown[]> {
  const kernel = await unpacked('linux-image-amd64');
  const busybox = await unpacked('busybox-static');
  const folder = await mkdtemp(join(tmpdir(), 'kazasu-machine-'));
  try {
    const initrd = join(folder, 'initrd');
    await buildInitrd(join(folder, 'root'), initrd, { kernel, busybox, program });
    const [image] = await readdir(join(kernel, 'boot')).then((names) =>
      names.filter((name) => name.startsWith('vmlinuz-')),
    );
    return await boot(join(kernel, 'boot', image ?? ''), initrd);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** A line for the host, written by the program inside. */
export function say(line: object | typeof END): void {
  process.stdout.write(`${SAYS}${JSON.stringify(line)}\n`);
}

/** The folder with the files of a Debian package, or of the one that a metapackage stands for today. */
export async function unpacked(name: string): Promise<string> {
  const target = join(CACHE, name);
  if (existsSync(target)) return target;
  await mkdir(CACHE, { recursive: true });
  const { stdout } = await run('apt-cache', ['depends', name]);
  const real = name.startsWith('linux-') ? /Depends: (\S+)/u.exec(stdout)?.[1] : name;
  const folder = await mkdtemp(join(CACHE, 'download-'));
  try {
    await run('apt-get', ['download', real ?? name], { cwd: folder });
    const [deb] = await readdir(folder);
    await run('dpkg', ['-x', join(folder, deb ?? ''), `${folder}/files`]);
    // At once: a fetch that is cut off leaves nothing that looks whole.
    await rename(join(folder, 'files'), target);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  return target;
}

interface Parts {
  readonly kernel: string;
  readonly busybox: string;
  readonly program: string;
}

async function buildInitrd(root: string, initrd: string, parts: Parts): Promise<void> {
  const { kernel, busybox, program } = parts;
  const put = async (from: string, to: string): Promise<void> => {
    await mkdir(dirname(join(root, to)), { recursive: true });
    await cp(from, join(root, to), { recursive: true, dereference: true });
  };
  const [version] = await readdir(join(kernel, 'lib', 'modules'));
  for (const path of MODULES) {
    const file = join(kernel, 'lib', 'modules', version ?? '', 'kernel', `${path}.ko`);
    await put(file, `modules/${basename(path)}.ko`);
  }
  const own = join(busybox, 'bin', 'busybox');
  await put(own, 'bin/busybox');
  const programs = [
    [process.execPath, 'usr/bin/node'],
    ['/usr/bin/setpriv', 'usr/bin/setpriv'],
  ] as const;
  for (const [from, to] of programs) await put(from, to);
  const arch = `linux-${process.arch}`;
  const modules = ['node-hid', 'pkg-prebuilds', 'koffi', `@koromix/koffi-${arch}`];
  for (const name of modules)
    await put(join(PROJECT, 'node_modules', name), `kazasu/node_modules/${name}`);
  for (const path of ['package.json', 'devices', 'src/domain', 'test/kernel']) {
    await put(join(PROJECT, path), `kazasu/${path}`);
  }
  const hid = join(root, `kazasu/node_modules/node-hid/prebuilds/HID_hidraw-${arch}`);
  const [native] = (await readdir(hid)).map((name) => join(hid, name));
  for (const library of await librariesOf(process.execPath, '/usr/bin/setpriv', native ?? '')) {
    await put(library, library);
  }
  await writeFile(join(root, 'program'), program);
  await writeFile(join(root, 'init'), INIT);
  await chmod(join(root, 'init'), 0o755);
  await run('sh', ['-c', `find . | '${own}' cpio -o -H newc > '${initrd}'`], { cwd: root });
}

async function librariesOf(...files: readonly string[]): Promise<ReadonlySet<string>> {
  const texts = await Promise.all(files.map(async (file) => (await run('ldd', [file])).stdout));
  const found = texts.flatMap((text) => text.match(/\/\S+\.so\S*/gu) ?? []);
  return new Set(found);
}

/** Resolves when the machine has switched itself off. */
async function boot(image: string, initrd: string): Promise<readonly unknown[]> {
  const qemu = spawn(
    'qemu-system-x86_64',
    [
      ...['-accel', 'tcg', '-cpu', 'max', '-m', `${MEMORY_MIB}`, '-no-reboot'],
      ...['-kernel', image, '-initrd', initrd, '-append', 'console=ttyS0 quiet panic=-1'],
      ...['-nographic', '-nodefaults', '-serial', 'stdio', '-vga', 'std'],
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const lines: string[] = [];
  const limit = setTimeout(() => qemu.kill('SIGKILL'), MACHINE_MS_MAX);
  for await (const line of createInterface({ input: qemu.stdout })) lines.push(line);
  clearTimeout(limit);
  const said = lines.flatMap((line) => {
    const at = line.indexOf(SAYS);
    return at === -1 ? [] : [JSON.parse(line.slice(at + SAYS.length)) as unknown];
  });
  if (said.at(-1) !== END) throw new Error(`it did not come to its end:\n${lines.join('\n')}`);
  return said.slice(0, -1);
}
