/**
 * A real pcscd with vpcd, the virtual reader, as a child process: private instances for tests, or the system's own when
 * none runs. What stock vpcd does badly is cured by `devices/card/native/vpcd-shim.c`.
 */

import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { access, mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { VPCD_PORT } from '../devices/card/vpcd.ts';

const PCSCD = '/usr/sbin/pcscd';
const VPCD_DRIVER = '/usr/lib/pcsc/drivers/serial/libifdvpcd.so';
const SYSTEM_DIRECTORY = '/run/pcscd';
const SYSTEM_SOCKET = `${SYSTEM_DIRECTORY}/pcscd.comm`;
const SHIM_SOURCE = fileURLToPath(new URL('../devices/card/native/vpcd-shim.c', import.meta.url));
const SHIM = 'vpcd-shim.so';

/** The names that pcscd gives vpcd's slots. */
export const VPCD_READERS = ['Virtual PCD 00 00', 'Virtual PCD 00 01'] as const;
export const [VPCD_READER] = VPCD_READERS;

/** sun_path holds 108 bytes, the ending zero included. */
const SOCKET_PATH_BYTES_MAX = 107;
const START_MS_MAX = 20_000;
const SOCKET_POLL_MS = 2;
const STOP_MS_MAX = 5000;
const START_ATTEMPTS = 5;
const LOG_CHARACTERS_KEPT = 4096;

export interface PcscdOptions {
  /** For the socket (unless `system`), the configuration and the compiled shim. Made when missing. */
  readonly directory: string;
  /** Of the first slot; the second slot listens on the next one. Default: a free one, or vpcd's own when `system`. */
  readonly port?: number;
  /** Take the place of the system's pcscd: its standard socket. Needs root. */
  readonly system?: boolean;
  /** A service without any reader, as when its cable was pulled. */
  readonly withoutReader?: boolean;
}

export interface Pcscd {
  readonly pid: number;
  readonly socket: string;
  /** Of vpcd's first slot, on loopback. */
  readonly port: number;
  /** What PC/SC clients need in their environment to find this instance. */
  readonly env: Record<string, string>;
  /** Resolves when the process has ended, for whatever reason. */
  readonly exited: Promise<void>;
  kill(signal: NodeJS.Signals): void;
  /** Ends it; a second call waits for the same end. */
  stop(): Promise<void>;
}

/** Why no pcscd can be had here; the message is for people. */
export class PcscdError extends Error {}

class PortTaken extends PcscdError {}

/**
 * Starts pcscd and resolves when it serves clients and vpcd listens. A private instance has `directory` mounted over
 * /run/pcscd in a mount namespace of its own (as root, or where user namespaces are allowed), so it meets no other. It
 * ends with the thread that started it, however that ends. Rejects with `PcscdError`.
 */
export async function startPcscd(options: PcscdOptions): Promise<Pcscd> {
  const missing = await missingParts();
  if (missing.length > 0) throw new PcscdError(`missing: ${missing.join(', ')}`);
  const system = options.system === true;
  const socket = system ? SYSTEM_SOCKET : join(options.directory, 'pcscd.comm');
  if (Buffer.byteLength(socket) > SOCKET_PATH_BYTES_MAX) {
    throw new PcscdError(`the path of a socket is at most ${SOCKET_PATH_BYTES_MAX} bytes`);
  }
  if (system && process.getuid?.() !== 0) {
    throw new PcscdError("only root can take the place of the system's pcscd");
  }
  if (await pcscdIsRunning(socket)) throw new PcscdError(`a pcscd serves ${socket} already`);
  await mkdir(options.directory, { recursive: true });
  await compileShim(SHIM_SOURCE, join(options.directory, SHIM));
  for (let attempt = 1; ; attempt += 1) {
    const port = options.port ?? (system ? VPCD_PORT : await freePortPair());
    try {
      return await launch(options, socket, port);
    } catch (error) {
      const again = error instanceof PortTaken && options.port === undefined && !system;
      if (!again || attempt === START_ATTEMPTS) throw error;
    }
  }
}

/** The Debian packages that a pcscd with vpcd needs and that are not here. */
export async function missingParts(): Promise<string[]> {
  const parts = [
    [PCSCD, 'pcscd'],
    [VPCD_DRIVER, 'vsmartcard-vpcd'],
    ['/usr/bin/cc', 'gcc'],
  ] as const;
  const present = await Promise.all(parts.map(([path]) => exists(path)));
  return parts.filter((_, index) => !present[index]).map(([, name]) => name);
}

/** Compiles a C source to a shared library for LD_PRELOAD. Rejects with the compiler's words. */
export async function compileShim(source: string, target: string): Promise<void> {
  // Aside and renamed: a process may be running the old one.
  const aside = `${target}.${process.pid}.${process.hrtime.bigint()}`;
  const flags = ['-shared', '-fPIC', '-O2', '-Wall', '-Wextra', '-Werror'];
  await promisify(execFile)('cc', [...flags, '-o', aside, source, '-ldl']);
  await rename(aside, target);
}

/** Whether a pcscd (or systemd, for it) accepts clients on this socket. */
export function pcscdIsRunning(socket: string = SYSTEM_SOCKET): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = connect(socket);
    const settle = (running: boolean) => () => {
      probe.destroy();
      resolve(running);
    };
    probe.once('connect', settle(true)).once('error', settle(false));
  });
}

/**
 * Whether anything listens on this TCP port of loopback or of every address. Looked up, not tried: vpcd takes every
 * connection for a card.
 */
export async function vpcdIsReachable(port: number = VPCD_PORT): Promise<boolean> {
  // proc(5): local address in host byte order, state 0A = LISTEN.
  const table = await readFile('/proc/net/tcp', 'latin1');
  const end = port.toString(16).toUpperCase().padStart(4, '0');
  return table.split('\n').some((line) => {
    const [, local, , state] = line.trim().split(/\s+/u);
    return state === '0A' && (local === `0100007F:${end}` || local === `00000000:${end}`);
  });
}

async function launch(options: PcscdOptions, socket: string, port: number): Promise<Pcscd> {
  const { directory, system = false, withoutReader = false } = options;
  const config = join(directory, `vpcd-${port}.conf`);
  await writeFile(config, withoutReader ? '' : readerOn(port));
  // The preloaded path is relative: LD_PRELOAD splits at spaces and colons.
  const pcscd = ['setpriv', '--pdeathsig', 'TERM', 'env', `LD_PRELOAD=./${SHIM}`, PCSCD];
  const own = ['--foreground', '--info', '--config', config];
  const [file = '', ...args] = system
    ? [...pcscd, ...own]
    : [...namespace(), directory, ...pcscd, ...own];
  // In a session of its own: Ctrl-C in a terminal is for the one who started it, who then stops it in order.
  const child = spawn(file, args, {
    cwd: directory,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const exited = new Promise<void>((resolve) => {
    child.once('exit', () => resolve()).once('error', () => resolve());
  });
  const stop = stopper(child, exited);
  try {
    await ready(child, exited);
    await accepts(socket, child);
  } catch (error) {
    await stop();
    throw error;
  }
  const { pid } = child;
  if (pid === undefined) throw new PcscdError('pcscd has no process id');
  const env: Record<string, string> = system ? {} : { PCSCLITE_CSOCK_NAME: socket };
  return { pid, socket, port, env, exited, kill: (signal) => void child.kill(signal), stop };
}

/** The reader.conf(5) of vpcd's slots. */
function readerOn(port: number): string {
  const channel = `0x${port.toString(16).toUpperCase()}`;
  return `FRIENDLYNAME "Virtual PCD"\nDEVICENAME /dev/null:${channel}\nLIBPATH ${VPCD_DRIVER}\nCHANNELID ${channel}\n`;
}

/** A command that runs the rest of its arguments with the next one mounted over /run/pcscd. */
function namespace(): string[] {
  const user = process.getuid?.() === 0 ? [] : ['--user', '--map-root-user'];
  const script = `mkdir -p ${SYSTEM_DIRECTORY} && mount --bind "$1" ${SYSTEM_DIRECTORY} && shift && exec "$@"`;
  return ['unshare', ...user, '--mount', 'sh', '-c', script, 'sh'];
}

/** Resolves when pcscd says that its drivers have started and vpcd has its port; drains the log from then on. */
async function ready(child: ChildProcess, exited: Promise<void>): Promise<void> {
  let log = '';
  const said = new Promise<void>((resolve) => {
    const hear = (piece: Buffer) => {
      log = (log + piece.toString('latin1')).slice(-LOG_CHARACTERS_KEPT);
      if (log.includes('daemon ready')) resolve();
    };
    child.stdout?.on('data', hear);
    child.stderr?.on('data', hear);
  });
  const timer = AbortSignal.timeout(START_MS_MAX);
  const late = new Promise<void>((resolve) => {
    timer.addEventListener('abort', () => resolve());
  });
  await Promise.race([said, exited, late]);
  if (log.includes('Could not initialize connection')) {
    throw new PortTaken("vpcd can't listen: the port is taken");
  }
  if (!log.includes('daemon ready')) throw new PcscdError(`pcscd did not start: ${log.trim()}`);
}

/** pcscd opens its socket a moment after it has said that it is ready. */
async function accepts(socket: string, child: ChildProcess): Promise<void> {
  const deadline = performance.now() + START_MS_MAX;
  while (!(await pcscdIsRunning(socket))) {
    const ended = child.exitCode !== null || child.signalCode !== null;
    if (ended || performance.now() > deadline) throw new PcscdError('pcscd opened no socket');
    await delay(SOCKET_POLL_MS);
  }
}

function stopper(child: ChildProcess, exited: Promise<void>): () => Promise<void> {
  let stopping: Promise<void> | null = null;
  const stop = async () => {
    child.kill('SIGTERM');
    const timer = setTimeout(() => child.kill('SIGKILL'), STOP_MS_MAX);
    await exited;
    clearTimeout(timer);
  };
  return () => {
    stopping ??= stop();
    return stopping;
  };
}

/** Two neighbouring ports that nobody listens on; the first one. */
async function freePortPair(): Promise<number> {
  for (let attempt = 1; attempt <= START_ATTEMPTS; attempt += 1) {
    const first = await listenOnce(0);
    if (first !== null && first < 0xffff && (await listenOnce(first + 1)) !== null) return first;
  }
  throw new PcscdError('no two neighbouring ports are free');
}

function listenOnce(port: number): Promise<number | null> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(null));
    server.listen(port, '127.0.0.1', () => {
      const address = server.address();
      const bound = typeof address === 'object' && address !== null ? address.port : null;
      server.close(() => resolve(bound));
    });
  });
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
