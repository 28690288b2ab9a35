/**
 * A page printer that is a process of its own and speaks real IPP: CUPS's `ippeveprinter`, with what comes out of it as
 * PDF files, and with faults. Needs the Debian packages cups-ipp-utils and dbus-daemon.
 *
 * What a model of paper needs and ippeveprinter leaves open is a script that it runs for each job: the script takes the
 * document out of the spool, counts the impression, and waits or gives up as the fault that is set says. A cancelled
 * job ends before it prints, as with printers that look at the cancellation before they feed a sheet.
 */

import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { access, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { MAINTENANCE_TEST, SHEET_SCRIPT } from './ipp-printer-script.ts';

const PROGRAM = '/usr/sbin/ippeveprinter';
const START_MS_MAX = 20_000;
const START_ATTEMPTS = 5;
const STOP_MS_MAX = 5_000;
const POLL_MS = 10;
/** Of the script, between two looks at a cancellation. */
const STEP_MS = 50;
const PAPERS_KEPT = 200;

/** The first four hold the sheet until they are cleared; the others strike one sheet. */
export const IPP_FAULTS = [
  'media-empty',
  'media-jam',
  'cover-open',
  'toner-empty',
  /** Given up, with nothing printed and no reason. */
  'abort',
  /** The sheet is counted, jams on its way out, and the job is given up. */
  'abort-after-one',
  /** The sheet comes out and is not counted. */
  'uncounted',
] as const;
export type IppFault = (typeof IPP_FAULTS)[number];

/** Those that the printer tells of itself before it is sent anything, by the script alone. */
const STANDING: ReadonlySet<IppFault> = new Set(['media-jam', 'cover-open', 'toner-empty']);

export interface IppPaper {
  /** From 1, in the order in which they came out. */
  readonly number: number;
  /** Of the job. */
  readonly name: string;
  readonly pdf: Uint8Array;
}

export interface IppPrinterOptions {
  /** For spool, papers and faults. Made when missing; papers of an earlier printer stay. */
  readonly directory: string;
  /** A free one unless told. */
  readonly port?: number | undefined;
  /** Printers of other names have other UUIDs; `kiosk` unless told. */
  readonly name?: string | undefined;
  /** How long a sheet takes; 0 unless told. */
  readonly sheetMs?: number | undefined;
  /** A MIME type in the place of `application/pdf`: a printer that is unfit. */
  readonly format?: string | undefined;
}

export interface IppPrinter {
  /** What a daemon has in its configuration. */
  readonly url: string;
  readonly port: number;
  readonly pid: number;
  /** Resolves when the process has ended, for whatever reason. */
  readonly exited: Promise<void>;
  /** Sheets that came out, oldest first. */
  papers(since?: number): Promise<IppPaper[]>;
  /** What still lies in its spool: names of files. */
  spooled(): Promise<string[]>;
  /** How long the sheets to come take, in steps of 50 ms. */
  takeTime(sheetMs: number): Promise<void>;
  /** Sets a fault: now, or in the sheet after so many more. */
  inject(fault: IppFault, afterSheets?: number): Promise<void>;
  /** Paper is put in, the jam cleared, the cover closed. A sheet that was held goes on. */
  clear(): Promise<void>;
  /** Switched off without a word: jobs and history are gone. */
  kill(): Promise<void>;
  /** Ends it and what belongs to it; a second call waits for the same end. */
  stop(): Promise<void>;
}

/** Why no printer can be had here; the message is for people. */
export class IppPrinterError extends Error {}

/** Resolves when it answers and has A4 in its tray. Rejects with `IppPrinterError`. */
export async function startIppPrinter(options: IppPrinterOptions): Promise<IppPrinter> {
  const { directory } = options;
  if (!(await exists(PROGRAM))) throw new IppPrinterError('missing: cups-ipp-utils');
  for (const each of ['spool', 'papers', 'control']) {
    await mkdir(join(directory, each), { recursive: true });
  }
  for (const each of ['spool', 'control']) await empty(join(directory, each));
  await writeFile(join(directory, 'sheet.sh'), SHEET_SCRIPT, { mode: 0o700 });
  await writeFile(join(directory, 'maintenance.test'), MAINTENANCE_TEST);
  await writeFile(join(directory, 'maintenance.pdf'), '%PDF-1.4\n');
  const bus = await startBus(directory);
  try {
    for (let attempt = 1; ; attempt += 1) {
      const port = options.port ?? (await freePort());
      const printer = await launch(options, bus, port);
      if (printer !== null) return printer;
      if (attempt === START_ATTEMPTS || options.port !== undefined) {
        throw new IppPrinterError(`ippeveprinter did not start on port ${port}`);
      }
    }
  } catch (error) {
    await bus.stop();
    throw error;
  }
}

interface Process {
  readonly child: ChildProcess;
  readonly exited: Promise<void>;
  stop(): Promise<void>;
}

interface Bus extends Process {
  readonly address: string;
}

/** Null when its port was taken meanwhile. */
async function launch(
  options: IppPrinterOptions,
  bus: Bus,
  port: number,
): Promise<IppPrinter | null> {
  const { directory, name = 'kiosk', sheetMs = 0, format = 'application/pdf' } = options;
  const process = start(
    PROGRAM,
    // Twice verbose: the log tells which job is cancelled.
    // biome-ignore format: options with their values
    ['-vv', '-r', 'off', '-p', String(port), '-n', 'localhost', '-d', join(directory, 'spool'), '-f', format, '-c', join(directory, 'sheet.sh'), name],
    {
      DBUS_SYSTEM_BUS_ADDRESS: bus.address,
      KAZASU_PRINTER: directory,
    },
  );
  watchCancellations(process.child, directory);
  const { pid } = process.child;
  if (pid === undefined || !(await listens(port, process))) {
    await process.stop();
    return null;
  }
  const printer = new Printer(directory, port, pid, process, bus);
  await printer.takeTime(sheetMs);
  await printer.load(true);
  return printer;
}

class Printer implements IppPrinter {
  readonly url: string;
  readonly port: number;
  readonly pid: number;
  readonly exited: Promise<void>;
  readonly #directory: string;
  readonly #process: Process;
  readonly #bus: Bus;

  constructor(directory: string, port: number, pid: number, process: Process, bus: Bus) {
    this.url = `ipp://127.0.0.1:${port}/ipp/print`;
    this.port = port;
    this.pid = pid;
    this.exited = process.exited;
    this.#directory = directory;
    this.#process = process;
    this.#bus = bus;
  }

  async papers(since = 0): Promise<IppPaper[]> {
    const folder = join(this.#directory, 'papers');
    const names = (await readdir(folder)).flatMap((file) => {
      const [, number, name = ''] = /^(\d+)-(.+)\.pdf$/u.exec(file) ?? [];
      return number === undefined ? [] : [{ file, number: Number(number), name }];
    });
    names.sort((a, b) => a.number - b.number);
    const wanted = names.filter(({ number }) => number > since).slice(-PAPERS_KEPT);
    return Promise.all(
      wanted.map(async ({ file, number, name }) => ({
        number,
        name,
        pdf: await readFile(join(folder, file)),
      })),
    );
  }

  spooled(): Promise<string[]> {
    return readdir(join(this.#directory, 'spool'));
  }

  async takeTime(sheetMs: number): Promise<void> {
    const steps = Math.ceil(sheetMs / STEP_MS);
    await publish(join(this.#directory, 'control', 'steps'), `${steps}\n`);
  }

  async inject(fault: IppFault, afterSheets = 0): Promise<void> {
    await publish(join(this.#directory, 'control', 'fault'), `${fault} ${afterSheets}\n`);
    if (afterSheets > 0) return;
    if (fault === 'media-empty') await this.load(false);
    else if (STANDING.has(fault)) await this.#maintain();
  }

  async clear(): Promise<void> {
    await rm(join(this.#directory, 'control', 'fault'), { force: true });
    await this.load(true);
    await this.#maintain();
  }

  async kill(): Promise<void> {
    this.#process.child.kill('SIGKILL');
    await this.exited;
    await this.#bus.stop();
  }

  async stop(): Promise<void> {
    await this.#process.stop();
    await this.#bus.stop();
  }

  /** The web form of its trays: A4 in the main one, or nothing. */
  async load(hasPaper: boolean): Promise<void> {
    const trays = new URLSearchParams({
      size1: hasPaper ? 'iso_a4_210x297mm' : '',
      type1: 'stationery',
      level1: hasPaper ? '250' : '0',
      size3: 'iso_dl_110x220mm',
      type3: 'envelope',
      level3: '25',
    });
    const reply = await fetch(`http://127.0.0.1:${this.port}/media?${trays}`);
    await reply.arrayBuffer();
    if (!reply.ok) throw new IppPrinterError(`its trays answered ${reply.status}`);
  }

  /** A job in which the script tells the printer its state. When one is under way, that one tells it. */
  async #maintain(): Promise<void> {
    const run = promisify(execFile)('ipptool', [
      '-f',
      join(this.#directory, 'maintenance.pdf'),
      this.url,
      join(this.#directory, 'maintenance.test'),
    ]);
    await run.catch(() => {});
  }
}

/** ippeveprinter runs on while a job is cancelled, and its script can't see it: the log of both requests tells it. */
function watchCancellations(child: ChildProcess, directory: string): void {
  if (child.stderr === null) return;
  let isCancelling = false;
  createInterface({ input: child.stderr }).on('line', (line) => {
    if (line.includes('operation-id=')) isCancelling = line.includes('Cancel-Job');
    const job = /^\s+job-id \(integer\) (\d+)$/u.exec(line)?.[1];
    if (!isCancelling || job === undefined) return;
    isCancelling = false;
    void writeFile(join(directory, 'control', `cancel-${job}`), '').catch(() => {});
  });
}

/** It insists on a system bus, for DNS-SD, also with DNS-SD switched off: it gets one of its own, with nobody on it. */
async function startBus(directory: string): Promise<Bus> {
  const config = join(directory, 'bus.conf');
  await writeFile(
    config,
    `<busconfig><type>session</type><listen>unix:tmpdir=/tmp</listen><auth>EXTERNAL</auth>
<policy context="default"><allow send_destination="*"/><allow eavesdrop="true"/><allow own="*"/></policy></busconfig>\n`,
  );
  const bus = start(
    'dbus-daemon',
    [`--config-file=${config}`, '--nofork', '--print-address=1'],
    {},
  );
  const { stdout } = bus.child;
  if (stdout === null) throw new IppPrinterError('dbus-daemon has no output');
  const told = (async () => {
    for await (const line of createInterface({ input: stdout })) return line;
    throw new IppPrinterError('dbus-daemon did not start; it is in the package dbus-daemon');
  })();
  return { ...bus, address: await told };
}

/** Dies with the thread that started it, however that ends. */
function start(
  file: string,
  args: readonly string[],
  environment: Readonly<Record<string, string>>,
): Process {
  const { PATH = '/usr/bin:/bin' } = process.env;
  const child = spawn('setpriv', ['--pdeathsig', 'KILL', file, ...args], {
    // Nothing else of ours: the printer hands it all to its script, 400 variables at most.
    env: { PATH, ...environment },
    // In a session of its own: Ctrl-C in a terminal is for the one who started it.
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  child.stdout?.resume();
  child.stderr?.resume();
  const exited = new Promise<void>((resolve) => {
    child.once('exit', () => resolve()).once('error', () => resolve());
  });
  let stopping: Promise<void> | null = null;
  const stop = async (): Promise<void> => {
    child.kill('SIGTERM');
    const timer = setTimeout(() => child.kill('SIGKILL'), STOP_MS_MAX);
    await exited;
    clearTimeout(timer);
  };
  return {
    child,
    exited,
    stop() {
      stopping ??= stop();
      return stopping;
    },
  };
}

async function listens(port: number, { child, exited }: Process): Promise<boolean> {
  let hasEnded = false;
  void exited.then(() => {
    hasEnded = true;
  });
  const deadline = performance.now() + START_MS_MAX;
  while (!hasEnded && child.exitCode === null && performance.now() < deadline) {
    if (await accepts(port)) return true;
    await delay(POLL_MS);
  }
  return false;
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = connect(port, '127.0.0.1');
    const settle = (open: boolean) => () => {
      probe.destroy();
      resolve(open);
    };
    probe.once('connect', settle(true)).once('error', settle(false));
  });
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject).listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() =>
        resolve(typeof address === 'object' && address !== null ? address.port : 0),
      );
    });
  });
}

/** Whole, for the script may be reading. */
async function publish(file: string, text: string): Promise<void> {
  await writeFile(`${file}.new`, text);
  await rename(`${file}.new`, file);
}

async function empty(folder: string): Promise<void> {
  for (const file of await readdir(folder)) await rm(join(folder, file), { force: true });
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
