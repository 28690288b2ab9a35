/** A pseudo-terminal with a simulated device at its far end, for drivers that want a real tty. Needs `socat`. */

import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { constants } from 'node:fs';
import { type FileHandle, open, rm } from 'node:fs/promises';
import { createInterface } from 'node:readline';

const START_MS_MAX = 20_000;
const STOP_MS_MAX = 5_000;

export interface PtyLine {
  /** To whoever has the port open; dropped when the line has ended. */
  send(bytes: Uint8Array): void;
  /** Ends the line: whoever has the port open sees it vanish. Doing it twice does nothing. */
  stop(): Promise<void>;
}

/**
 * `path`: where the link to the terminal is made; it is what a daemon opens as its serial port. `onBytes`: what it sends.
 * Rejects when socat is missing or makes no terminal.
 */
export async function openPtyLine(
  path: string,
  onBytes: (bytes: Uint8Array) => void,
): Promise<PtyLine> {
  await rm(path, { force: true });
  const socat = spawn('socat', ['-d', '-d', `PTY,link=${path},raw,echo=0`, 'STDIO']);
  await terminalReady(socat);
  // A terminal that nobody holds open hangs up, and socat ends: this end holds it between two drivers.
  const hold = await open(path, constants.O_RDWR | constants.O_NOCTTY);
  socat.stdout.on('data', onBytes);
  socat.stdin.on('error', () => socat.kill());
  return {
    send(bytes) {
      if (socat.stdin.writable) socat.stdin.write(bytes);
    },
    stop: () => stopLine(socat, hold, path),
  };
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
  path: string,
): Promise<void> {
  if (socat.exitCode !== null || socat.signalCode !== null) return;
  const exited = once(socat, 'exit');
  socat.kill();
  const timer = setTimeout(() => socat.kill('SIGKILL'), STOP_MS_MAX);
  await exited;
  clearTimeout(timer);
  await hold.close();
  await rm(path, { force: true });
}
