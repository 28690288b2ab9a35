/**
 * The modelled receipt printer at the far end of a pseudo-terminal, so that the daemon's real serial driver talks to it
 * over a real tty. Needs `socat`.
 */

import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { constants } from 'node:fs';
import { type FileHandle, open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { SimPrinter, type SimPrinterOptions } from '../devices/receipt/sim-printer.ts';

const START_MS_MAX = 20_000;
const STOP_MS_MAX = 5_000;

export interface PtyPrinter {
  /** What a daemon opens as its serial port. */
  readonly path: string;
  readonly printer: SimPrinter;
  /** Ends the line: whoever has the port open sees it vanish. Doing it twice does nothing. */
  stop(): Promise<void>;
}

export interface PtyPrinterOptions extends SimPrinterOptions {
  /** Where the link to the terminal is made, as `receipt-printer`. */
  readonly directory: string;
  /** A printer to plug in, with its papers and its faults; a new one unless told. */
  readonly printer?: SimPrinter | undefined;
}

/** Rejects when socat is missing or makes no terminal. */
export async function startPtyPrinter(options: PtyPrinterOptions): Promise<PtyPrinter> {
  const path = join(options.directory, 'receipt-printer');
  const printer = options.printer ?? new SimPrinter(options);
  await rm(path, { force: true });
  const socat = spawn('socat', ['-d', '-d', `PTY,link=${path},raw,echo=0`, 'STDIO']);
  await terminalReady(socat);
  // A terminal that nobody holds open hangs up, and socat ends: this end holds it between two drivers.
  const hold = await open(path, constants.O_RDWR | constants.O_NOCTTY);
  socat.stdout.on('data', (bytes: Buffer) => printer.receive(bytes));
  socat.stdin.on('error', () => socat.kill());
  printer.connect((bytes) => {
    if (socat.stdin.writable) socat.stdin.write(bytes);
  });
  return { path, printer, stop: () => stopLine(socat, hold, printer, path) };
}

async function terminalReady(socat: ChildProcessWithoutNullStreams): Promise<void> {
  const failed = once(socat, 'error').then(([error]) => Promise.reject(error as Error));
  const ready = (async () => {
    for await (const line of createInterface({ input: socat.stderr })) {
      if (line.includes('starting data transfer loop')) return;
    }
    throw new Error('socat made no terminal');
  })();
  const timer = setTimeout(() => socat.kill('SIGKILL'), START_MS_MAX);
  try {
    await Promise.race([ready, failed]);
  } finally {
    clearTimeout(timer);
  }
  socat.stderr.resume();
}

async function stopLine(
  socat: ChildProcessWithoutNullStreams,
  hold: FileHandle,
  printer: SimPrinter,
  path: string,
): Promise<void> {
  if (socat.exitCode !== null || socat.signalCode !== null) return;
  printer.connect(undefined);
  const exited = once(socat, 'exit');
  socat.kill();
  const timer = setTimeout(() => socat.kill('SIGKILL'), STOP_MS_MAX);
  await exited;
  clearTimeout(timer);
  await hold.close();
  await rm(path, { force: true });
}
