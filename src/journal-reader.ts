/** Reads the kept journal of a state folder: all of it and, on request, what is added. */

import { closeSync, existsSync, fstatSync, openSync, readFileSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { JOURNAL_FILES, journalName } from './journal.ts';

const LOOK_EVERY_MS = 200;
const READ_BYTES = 65_536;
/** A journal that was lost is not written anew from a ledger of years. */
export const CATCH_UP_FACTS_MAX = 1_000;

/** The kept files, oldest first; empty when the folder has no journal. */
export function keptJournalFiles(stateDirectory: string): string[] {
  const folder = join(stateDirectory, JOURNAL_FILES.folder);
  const names = Array.from({ length: JOURNAL_FILES.kept + 1 }, (_, index) => journalName(index));
  return names
    .reverse()
    .map((name) => join(folder, name))
    .filter((path) => existsSync(path));
}

/**
 * Every kept line, oldest first, in pieces as they are on disk; with `follow`, then what is added, across rotations, until
 * the signal says stop.
 */
export async function* readJournal(
  stateDirectory: string,
  follow: AbortSignal | null = null,
): AsyncGenerator<Buffer> {
  const files = openNewerThan(stateDirectory, null);
  try {
    for (let file = files[0]; file !== undefined; file = files[0]) {
      const isLastLook = follow === null || follow.aborted;
      // Asked before reading: a file that has a successor is complete.
      if (files.length === 1) files.push(...openNewerThan(stateDirectory, file));
      yield* restOf(file);
      if (files.length > 1) {
        files.shift();
        closeSync(file);
      } else if (isLastLook) {
        return;
      } else {
        await delay(LOOK_EVERY_MS, undefined, { signal: follow }).catch(() => {});
      }
    }
  } finally {
    for (const file of files) closeSync(file);
  }
}

/** Opens the kept files that came after `known`, oldest first; all of them when it is null or no longer kept. */
function openNewerThan(stateDirectory: string, known: number | null): number[] {
  const newer: number[] = [];
  // Names move on with each rotation, also now; the newest first and told apart by inode, none is missed or read twice.
  for (const path of keptJournalFiles(stateDirectory).reverse()) {
    const file = openIfThere(path);
    if (file === null) continue;
    const [next] = newer;
    const isKnown = known !== null && isSameFile(file, known);
    if (isKnown || (next !== undefined && isSameFile(file, next))) closeSync(file);
    else newer.unshift(file);
    if (isKnown) break;
  }
  return newer;
}

function openIfThere(path: string): number | null {
  try {
    return openSync(path, 'r');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

function isSameFile(one: number, other: number): boolean {
  return fstatSync(one).ino === fstatSync(other).ino;
}

/** From where the last reading of this open file ended. */
function* restOf(file: number): Generator<Buffer> {
  for (;;) {
    const piece = Buffer.alloc(READ_BYTES);
    const length = readSync(file, piece, 0, READ_BYTES, null);
    if (length === 0) return;
    yield piece.subarray(0, length);
  }
}

/**
 * The number of the last fact up to which the kept journal shows them without a gap, as far back as it is written anew; 0
 * when it shows none. The journal is not synced, so a power cut may take lines out of its middle.
 */
export function lastJournaledFact(stateDirectory: string): number {
  const shown = new Set<number>();
  for (const path of keptJournalFiles(stateDirectory).reverse()) {
    for (const line of readFileSync(path, 'utf8').split('\n')) {
      const number = factNumber(line);
      if (number !== null) shown.add(number);
    }
    if (shown.size >= CATCH_UP_FACTS_MAX) break;
  }
  const newest = [...shown].sort((a, b) => a - b).slice(-CATCH_UP_FACTS_MAX);
  // With fewer, the journal should begin with the first fact of the ledger.
  let last = newest.length < CATCH_UP_FACTS_MAX ? 0 : (newest[0] ?? 1) - 1;
  for (const number of newest) {
    if (number !== last + 1) break;
    last = number;
  }
  return last;
}

/** Null for an event that is no fact, and for a line that a crash cut off. */
function factNumber(line: string): number | null {
  if (!line.includes('"seq":')) return null;
  try {
    const { seq } = JSON.parse(line) as { seq?: unknown };
    return typeof seq === 'number' ? seq : null;
  } catch {
    return null;
  }
}
