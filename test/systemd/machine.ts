/**
 * A machine of its own: Debian with a real systemd as process 1, in a container that shares nothing with this machine
 * but the kernel. It is not registered with a service manager of this machine, which may have none.
 *
 * Everything is found by the network namespace: whoever lives in it belongs to the machine, and is ended with it.
 */

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, statSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { type CommandOptions, type Ended, run, succeed } from './command.ts';

/** An address that the machine can reach, and that is not called localhost (RFC 5737: for documentation). */
export const ELSEWHERE = '192.0.2.1';

const BOOT_MS_MAX = 120_000;
const LOOK_AGAIN_MS = 100;
const END_MS_MAX = 10_000;
/** Settings of this machine mean nothing in the other one. */
const OWN_ENVIRONMENT = [
  'env',
  '--ignore-environment',
  'PATH=/usr/sbin:/usr/bin:/sbin:/bin',
  'LC_ALL=C.UTF-8',
  'DEBIAN_FRONTEND=noninteractive',
];

export interface MachineOptions {
  /** The root file system, which is only read. */
  readonly root: string;
  /** A small disk of its own, mounted at this path from the root. */
  readonly disk?: { readonly at: string; readonly mebibytes: number };
}

export class Machine {
  /** The root file system of the machine, as seen from here. */
  readonly root: string;
  readonly #directory: string;
  readonly #name: string;
  #container: ChildProcess | null = null;
  #cgroups: string[] = [];
  #mounts: string[] = [];

  private constructor(directory: string) {
    this.#directory = directory;
    this.#name = basename(directory);
    this.root = join(directory, 'root');
  }

  /** Lays a machine over the root and boots it. */
  static async boot(options: MachineOptions): Promise<Machine> {
    const machine = new Machine(await mkdtemp(join(tmpdir(), 'kazasu-machine-')));
    try {
      await machine.#prepare(options);
      machine.#container = machine.#start();
      await machine.#booted();
    } catch (error) {
      await machine.close();
      throw error;
    }
    return machine;
  }

  /** Runs a command inside, as root. */
  async run(command: readonly string[], options: CommandOptions = {}): Promise<Ended> {
    return run([...(await this.inside()), ...OWN_ENVIRONMENT, ...command], options);
  }

  async succeed(command: readonly string[], options: CommandOptions = {}): Promise<string> {
    return succeed([...(await this.inside()), ...OWN_ENVIRONMENT, ...command], options);
  }

  /** What to put before a command so that it runs inside; `only`: in these namespaces, as nsenter(1) names them. */
  async inside(only = '--all'): Promise<string[]> {
    const leader = await this.#leader();
    if (leader === null) throw new Error('the machine is off');
    return ['nsenter', '--target', String(leader), ...only.split(' '), '--'];
  }

  /** Pids here of what runs inside, with their command lines. */
  async processes(): Promise<Map<number, string>> {
    const found = new Map<number, string>();
    for (const pid of await this.#pids()) {
      const line = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
      if (line !== '') found.set(pid, line.split('\0').join(' ').trim());
    }
    return found;
  }

  /** Power is lost at once, and comes back. Resolves when it has booted again. */
  async reset(): Promise<void> {
    const leader = await this.#leader();
    if (leader === null) throw new Error('the machine is off');
    process.kill(leader, 'SIGKILL');
    await this.#ended();
    this.#container = this.#start();
    await this.#booted();
  }

  /** Ends it and what it left, and takes its disks away. */
  async close(): Promise<void> {
    this.#container?.kill('SIGKILL');
    await this.#ended();
    await until('everything inside ends', END_MS_MAX, async () => {
      const left = await this.#pids();
      for (const pid of left) killQuietly(pid);
      return left.length === 0;
    });
    for (const folder of this.#cgroups) await removeCgroup(folder);
    await run(['ip', 'netns', 'delete', this.#name]);
    for (const at of this.#mounts.reverse()) await succeed(['umount', at]);
    await rm(this.#directory, { recursive: true, force: true });
  }

  async #prepare({ root, disk }: MachineOptions): Promise<void> {
    const [upper, work] = [join(this.#directory, 'upper'), join(this.#directory, 'work')];
    for (const folder of [this.root, upper, work]) await mkdir(folder);
    const layers = `lowerdir=${root},upperdir=${upper},workdir=${work}`;
    await this.#mount(['-t', 'overlay', '-o', layers, 'overlay'], this.root);
    if (disk !== undefined) {
      const image = join(this.#directory, 'disk.img');
      const at = join(this.root, disk.at);
      await succeed(['truncate', `--size=${disk.mebibytes}M`, image]);
      await succeed(['mkfs.ext4', '-q', '-m', '0', image]);
      await mkdir(at, { recursive: true });
      await this.#mount(['-o', 'loop', image], at);
    }
    this.#cgroups = (await cgroupRoots()).map((folder) => join(folder, this.#name));
    for (const folder of this.#cgroups) await mkdir(folder);
    await succeed(['ip', 'netns', 'add', this.#name]);
    await succeed(['ip', '-n', this.#name, 'link', 'set', 'lo', 'up']);
    await succeed(['ip', '-n', this.#name, 'address', 'add', ELSEWHERE, 'dev', 'lo']);
  }

  async #mount(what: readonly string[], at: string): Promise<void> {
    await succeed(['mount', ...what, at]);
    this.#mounts.push(at);
  }

  #start(): ChildProcess {
    const enter = this.#cgroups.map((folder) => `echo $$ > ${folder}/cgroup.procs`).join(' && ');
    const options = ['--boot', '--register=no', '--keep-unit', '--console=pipe', '--quiet'];
    // By BPF, systemd holds units to their devices and addresses.
    const filters = ['--capability=CAP_BPF,CAP_NET_ADMIN', '--system-call-filter=bpf'];
    const network = `--network-namespace-path=/run/netns/${this.#name}`;
    const nspawn = ['systemd-nspawn', ...options, ...filters, network, `--directory=${this.root}`];
    // setpriv (util-linux) has the kernel end it together with the tests, however they end.
    const command = ['--pdeathsig', 'KILL', '--', 'sh', '-c', `${enter} && exec "$@"`, 'sh'];
    return spawn('setpriv', [...command, ...nspawn], {
      stdio: 'ignore',
      // A device policy and an IP filter hold in the unified hierarchy only.
      env: { ...process.env, SYSTEMD_NSPAWN_UNIFIED_HIERARCHY: '1' },
    });
  }

  /** Resolves when the container has ended; it does so when the machine's process 1 ends, too. */
  async #ended(): Promise<void> {
    const container = this.#container;
    if (container === null || container.exitCode !== null || container.signalCode !== null) return;
    await once(container, 'exit');
  }

  async #booted(): Promise<void> {
    await until('the machine boots', BOOT_MS_MAX, async () => {
      if ((await this.#leader()) === null) return false;
      const { stdout } = await this.run(['systemctl', 'is-system-running', '--wait']);
      return ['running', 'degraded'].includes(stdout.trim());
    });
  }

  async #pids(): Promise<number[]> {
    const { stdout } = await run(['ip', 'netns', 'pids', this.#name]);
    return stdout.split('\n').filter(Boolean).map(Number);
  }

  /** The pid here of its process 1. */
  async #leader(): Promise<number | null> {
    for (const pid of await this.#pids()) {
      const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
      if (/^NSpid:\t\d+\t1$/m.test(status)) return pid;
    }
    return null;
  }
}

/** Looks again and again, for what can't be waited for otherwise. */
export async function until(
  what: string,
  limitMs: number,
  isSo: () => Promise<boolean>,
): Promise<void> {
  for (const end = Date.now() + limitMs; !(await isSo()); await pause(LOOK_AGAIN_MS)) {
    if (Date.now() > end) throw new Error(`${what}: not within ${limitMs / 1_000} s`);
  }
}

/** Where systemd keeps its groups, in the unified and in the hybrid layout. */
/** Each hierarchy once: where a chroot has /sys, too, it is mounted at several places. */
async function cgroupRoots(): Promise<string[]> {
  const mounts = await readFile('/proc/self/mounts', 'utf8');
  const places = mounts
    .split('\n')
    .map((line) => line.split(' '))
    .filter(
      ([, , type, options = '']) =>
        type === 'cgroup2' || (type === 'cgroup' && options.includes('name=systemd')),
    )
    .map(([, at = '']) => at);
  const hierarchies = new Map(places.map((at) => [statSync(at).dev, at] as const).reverse());
  return [...hierarchies.values()];
}

/** A group can be removed once those below it are, and the kernel has seen the last process go. */
async function removeCgroup(folder: string): Promise<void> {
  await until(`${folder} is empty`, END_MS_MAX, async () => {
    await run(['find', folder, '-depth', '-type', 'd', '-exec', 'rmdir', '{}', ';']);
    return !existsSync(folder);
  });
}

function killQuietly(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It ended meanwhile.
  }
}
