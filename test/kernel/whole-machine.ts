/**
 * A machine with Debian's kernel and Debian's systemd and udev in it, into which sticks are put and from which they are pulled
 * while it runs: QEMU, whose USB host is an xHCI. Nothing of it is kept.
 */

import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { createConnection, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { debianRoot } from '../systemd/debian-root.ts';
import { unpacked } from './machine.ts';

const run = promisify(execFile);
const MEMORY_MIB = 1_024;
const ROOT_MIB = 400;
/** Emulated, and so slow: what must come, comes within this. */
const PATIENCE_MS = 240_000;
const LOOK_AGAIN_MS = 500;
const SECTOR_BYTES = 512;
const STICK_BYTES = 35_651_584;
const PARTITION_SECTOR = 2_048;
/** Where the first entry of a master boot record stands, and the kind of partition that FAT32 is. */
const MBR_ENTRY = 446;
const FAT32_LBA = 0x0c;
/** Of the Debian that the package is tested on, what systemd and udev don't need. */
const LEFT_OUT = [
  'usr/share/fonts',
  'usr/share/doc',
  'usr/share/locale',
  'var/cache',
  'var/lib/apt',
];
/** In the order in which they need each other; a machine without them has no disk, no USB and no stick. */
const MODULES = [
  ...['virtio_ring', 'virtio', 'virtio_pci_modern_dev', 'virtio_pci_legacy_dev', 'virtio_pci'].map(
    (name) => `drivers/virtio/${name}`,
  ),
  ...['drivers/block/virtio_blk', 'lib/crc16', 'crypto/crc32c_generic', 'lib/libcrc32c'],
  ...['fs/mbcache', 'fs/jbd2/jbd2', 'fs/ext4/ext4'],
  ...['common/usb-common', 'core/usbcore', 'host/xhci-hcd', 'host/xhci-pci'].map(
    (name) => `drivers/usb/${name}`,
  ),
  ...['drivers/scsi/scsi_common', 'drivers/scsi/scsi_mod', 'drivers/usb/storage/usb-storage'],
  ...['crypto/crct10dif_common', 'crypto/crct10dif_generic', 'lib/crc-t10dif', 'lib/crc64'],
  ...['crypto/crc64_rocksoft_generic', 'lib/crc64-rocksoft', 'block/t10-pi'],
  ...['drivers/scsi/sd_mod', 'fs/fat/fat', 'fs/fat/vfat', 'fs/nls/nls_cp437', 'fs/nls/nls_ascii'],
];
const INIT = `#!/bin/busybox sh
/bin/busybox mkdir -p /proc /dev /new
/bin/busybox mount -t proc proc /proc
/bin/busybox mount -t devtmpfs devtmpfs /dev
for module in ${MODULES.map((path) => basename(path)).join(' ')}; do /bin/busybox insmod /modules/$module.ko; done
until [ -e /dev/vda ]; do /bin/busybox sleep 0.1; done
/bin/busybox mount -t ext4 /dev/vda /new
/bin/busybox umount /proc
exec /bin/busybox switch_root /new /lib/systemd/systemd
`;
/** Runs what comes over the second serial line, as root. */
const AGENT = `#!/bin/bash
stty -F /dev/ttyS1 raw -echo
exec 0<>/dev/ttyS1 1>&0
echo ready
while read -r line; do
  said=$(base64 -d <<< "$line" | bash 2>&1); code=$?
  echo "$code $(base64 -w0 <<< "$said")"
done
`;
const AGENT_UNIT = '[Service]\nExecStart=/bin/bash /usr/local/bin/agent\n';

export class WholeMachine {
  readonly #folder: string;
  readonly #qemu: ChildProcess;
  readonly #ended: Promise<unknown>;
  readonly #console: string[];
  readonly #agent: Lines;
  readonly #monitor: Lines;

  private constructor(folder: string, qemu: ChildProcess, lines: [string[], Lines, Lines]) {
    this.#folder = folder;
    this.#qemu = qemu;
    this.#ended = once(qemu, 'close');
    [this.#console, this.#agent, this.#monitor] = lines;
  }

  /** Resolves when it has booted. `files`: what it has besides, by their paths from its root. */
  static async boot(files: Readonly<Record<string, string>>): Promise<WholeMachine> {
    const folder = await mkdtemp(join(tmpdir(), 'kazasu-machine-'));
    let qemu: ChildProcess | null = null;
    try {
      const kernel = await buildDisks(folder, files);
      qemu = start(folder, kernel);
      const console = linesOf(qemu);
      const agent = await Lines.of(join(folder, 'agent.sock'));
      const monitor = await Lines.of(join(folder, 'monitor.sock'));
      const machine = new WholeMachine(folder, qemu, [console, agent, monitor]);
      await machine.#monitor.next();
      await machine.#tell('qmp_capabilities');
      await machine.#agent.next();
      await machine.succeed('systemctl is-system-running --wait');
      return machine;
    } catch (error) {
      qemu?.kill('SIGKILL');
      await rm(folder, { recursive: true, force: true });
      throw error;
    }
  }

  /** What a shell says in which every command succeeds; throws where one does not. */
  async succeed(script: string): Promise<string> {
    const { code, said } = await this.run(`set -e; ${script}`);
    if (code === 0) return said;
    throw new Error(`${script}: ${code}\n${said}\n${this.#console.slice(-20).join('\n')}`);
  }

  async run(script: string): Promise<{ readonly code: number; readonly said: string }> {
    this.#agent.write(Buffer.from(script).toString('base64'));
    const [code, said = ''] = (await this.#agent.next()).split(' ');
    return { code: Number(code), said: Buffer.from(said, 'base64').toString('utf8').trim() };
  }

  /** Resolves once the script succeeds. */
  async until(script: string): Promise<void> {
    const end = performance.now() + PATIENCE_MS;
    while ((await this.run(script)).code !== 0) {
      if (performance.now() > end) await this.succeed(`journalctl -b -n 40 --no-pager; ${script}`);
      await delay(LOOK_AGAIN_MS);
    }
  }

  /** Puts in a stick with these bytes on it. */
  async putIn(stick: string, image: Buffer): Promise<void> {
    const filename = join(this.#folder, `${stick}.img`);
    await writeFile(filename, image);
    const file = { driver: 'file', filename };
    await this.#tell('blockdev-add', { driver: 'raw', 'node-name': stick, file });
    const device = { driver: 'usb-storage', id: `${stick}-device`, bus: 'usb.0', drive: stick };
    await this.#tell('device_add', device);
  }

  /** At once, whatever is being written to it. */
  async pull(stick: string): Promise<void> {
    await this.#tell('device_del', { id: `${stick}-device` });
  }

  async close(): Promise<void> {
    this.#qemu.kill('SIGKILL');
    await this.#ended;
    this.#agent.close();
    this.#monitor.close();
    await rm(this.#folder, { recursive: true, force: true });
  }

  async #tell(execute: string, said: object = {}): Promise<void> {
    this.#monitor.write(JSON.stringify({ execute, arguments: said }));
    for (;;) {
      const answer = JSON.parse(await this.#monitor.next());
      if ('error' in answer) throw new Error(`${execute}: ${answer.error.desc}`);
      if ('return' in answer) return;
    }
  }
}

/** A socket of QEMU, line by line. */
class Lines {
  readonly #socket: Socket;
  readonly #lines: AsyncIterator<string>;

  private constructor(socket: Socket) {
    this.#socket = socket;
    this.#lines = createInterface({ input: socket })[Symbol.asyncIterator]();
  }

  static async of(path: string): Promise<Lines> {
    for (const end = performance.now() + PATIENCE_MS; !existsSync(path); ) {
      if (performance.now() > end) throw new Error('QEMU did not start');
      await delay(LOOK_AGAIN_MS);
    }
    const socket = createConnection(path);
    await once(socket, 'connect');
    return new Lines(socket);
  }

  write(line: string): void {
    this.#socket.write(`${line}\n`);
  }

  async next(): Promise<string> {
    const late = new AbortController();
    const limit = delay(PATIENCE_MS, null, { signal: late.signal, ref: false }).catch(() => null);
    const line = await Promise.race([this.#lines.next(), limit]);
    late.abort();
    if (line === null || line.done === true) throw new Error('the machine says nothing more');
    return line.value;
  }

  close(): void {
    this.#socket.destroy();
  }
}

/** A stick as they are sold: one partition, with an empty FAT in it. */
export async function newStick(label: string): Promise<Buffer> {
  const busybox = join(await unpacked('busybox-static'), 'bin', 'busybox');
  const folder = await mkdtemp(join(tmpdir(), 'kazasu-stick-'));
  try {
    const file = join(folder, 'partition');
    await writeFile(file, Buffer.alloc(STICK_BYTES));
    await run(busybox, ['mkdosfs', '-n', label, file]);
    return inPartition(await readFile(file));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** One of another kind: an ext4, by itself. */
export async function newForeignStick(label: string): Promise<Buffer> {
  const folder = await mkdtemp(join(tmpdir(), 'kazasu-stick-'));
  try {
    const file = join(folder, 'disk');
    await writeFile(file, Buffer.alloc(STICK_BYTES));
    await run('mkfs.ext4', ['-q', '-L', label, file]);
    return await readFile(file);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Behind a master boot record with this one entry, a mebibyte further on. */
function inPartition(bytes: Buffer): Buffer {
  const front = Buffer.alloc(PARTITION_SECTOR * SECTOR_BYTES);
  front.writeUInt8(FAT32_LBA, MBR_ENTRY + 4);
  front.writeUInt32LE(PARTITION_SECTOR, MBR_ENTRY + 8);
  front.writeUInt32LE(bytes.length / SECTOR_BYTES, MBR_ENTRY + 12);
  front.writeUInt16BE(0x55aa, SECTOR_BYTES - 2);
  return Buffer.concat([front, bytes]);
}

/** The kernel, an initial file system that finds the root, and the root with these files. */
async function buildDisks(
  folder: string,
  files: Readonly<Record<string, string>>,
): Promise<string> {
  const kernel = await unpacked('linux-image-amd64');
  const busybox = join(await unpacked('busybox-static'), 'bin', 'busybox');
  const [version] = await readdir(join(kernel, 'lib', 'modules'));
  const initial = join(folder, 'initial');
  await mkdir(join(initial, 'bin'), { recursive: true });
  await mkdir(join(initial, 'modules'));
  await cp(busybox, join(initial, 'bin', 'busybox'));
  for (const path of MODULES) {
    const file = join(kernel, 'lib', 'modules', version ?? '', 'kernel', `${path}.ko`);
    await cp(file, join(initial, 'modules', basename(file)));
  }
  await writeFile(join(initial, 'init'), INIT, { mode: 0o755 });
  const pack = `find . | '${busybox}' cpio -o -H newc > '${folder}/initrd'`;
  await run('sh', ['-c', pack], { cwd: initial });

  const root = join(folder, 'root');
  await mkdir(root);
  const without = LEFT_OUT.map((path) => `--exclude=./${path}`).join(' ');
  const copy = `tar -C '${await debianRoot()}' ${without} -cf - . | tar -C '${root}' -xf -`;
  await run('sh', ['-c', copy]);
  const own = { '/usr/local/bin/agent': AGENT, '/etc/systemd/system/agent.service': AGENT_UNIT };
  for (const [path, text] of Object.entries({ ...own, ...files })) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text);
  }
  const wanted = join(root, 'etc/systemd/system/multi-user.target.wants');
  await symlink('../agent.service', join(wanted, 'agent.service'));
  const disk = join(folder, 'root.img');
  await run('truncate', [`--size=${ROOT_MIB}M`, disk]);
  await run('mkfs.ext4', ['-q', '-d', root, disk]);
  await rm(root, { recursive: true });
  const images = await readdir(join(kernel, 'boot'));
  return join(kernel, 'boot', images.find((name) => name.startsWith('vmlinuz-')) ?? '');
}

function start(folder: string, kernel: string): ChildProcess {
  const socket = (name: string) => `unix:${join(folder, name)}.sock,server=on,wait=off`;
  const qemu = [
    ...['qemu-system-x86_64', '-accel', 'tcg', '-cpu', 'max', '-m', `${MEMORY_MIB}`],
    ...['-no-reboot', '-nographic', '-nodefaults', '-kernel', kernel],
    ...['-initrd', join(folder, 'initrd'), '-append', 'console=ttyS0 quiet panic=-1'],
    ...['-serial', 'stdio', '-serial', socket('agent'), '-qmp', socket('monitor')],
    ...['-device', 'qemu-xhci,id=usb'],
    ...['-drive', `file=${join(folder, 'root.img')},if=virtio,format=raw`],
  ];
  // setpriv (util-linux) has the kernel end it together with the tests, however they end.
  return spawn('setpriv', ['--pdeathsig', 'KILL', ...qemu], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}

/** What stands on its console, as it comes. */
function linesOf({ stdout }: ChildProcess): string[] {
  const lines: string[] = [];
  if (stdout !== null) createInterface({ input: stdout }).on('line', (line) => lines.push(line));
  return lines;
}
