/** What the store's tests share: folders, a small disk of their own, ledgers, writer processes. */

import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import type { NewFact } from '../../src/domain/fact.ts';
import { Ledger, type LedgerOptions } from '../../src/store/ledger.ts';

export function tempFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'kazasu-store-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A file system of its own, so small that it can be filled. Needs root, as `npm test` does. */
export function smallDisk(bytes: number): string {
  const folder = mkdtempSync(join(tmpdir(), 'kazasu-disk-'));
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${bytes}`, 'tmpfs', folder]);
  onTestFinished(() => {
    // Lazy: what a failed test left open must not keep the mount.
    execFileSync('umount', ['--lazy', folder]);
    rmSync(folder, { recursive: true, force: true });
  });
  return folder;
}

/** Writes `file` until nothing more fits. */
export function fillUp(file: string): void {
  const handle = openSync(file, 'w');
  try {
    for (const size of [65_536, 4_096, 1]) writeUntilFull(handle, Buffer.alloc(size, 1));
  } finally {
    closeSync(handle);
  }
}

function writeUntilFull(handle: number, block: Buffer): void {
  try {
    for (;;) writeSync(handle, block);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOSPC')) throw error;
  }
}

export const READING = { at: '2016-02-20T09:00:00.000Z', clock: 'synced', mono: 1_000 } as const;

/** Opens a ledger that the end of the test closes. */
export function openLedger(directory: string, options: Partial<LedgerOptions> = {}): Ledger {
  const ledger = Ledger.open({
    directory,
    terminal: 'gate-1',
    read: () => READING,
    countsAsBoot: true,
    ...options,
  });
  onTestFinished(() => ledger.close());
  return ledger;
}

export function granted(ref: string, body: Record<string, unknown> = {}): NewFact {
  return { event: 'entry.granted', subject: `stadium/${ref}`, body: { gate: 'gate-1', ...body } };
}

export interface Writer {
  readonly process: ChildProcess;
  /** The numbers that the writer said were committed; ends when its output ends. */
  readonly committed: AsyncIterable<number>;
  readonly ended: Promise<unknown>;
}

/**
 * A process that records `count` facts, one a transaction, and prints each number once `record` has
 * returned.
 */
export function startWriter(directory: string, count: number): Writer {
  const path = fileURLToPath(new URL('ledger-writer.ts', import.meta.url));
  const child = spawn(process.execPath, [path, directory, String(count)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = new Promise((resolve) => child.once('close', resolve));
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await ended;
  });
  const lines = createInterface({ input: child.stdout });
  return { process: child, committed: numbersOf(lines), ended };
}

async function* numbersOf(lines: AsyncIterable<string>): AsyncIterable<number> {
  for await (const line of lines) yield Number(line);
}
