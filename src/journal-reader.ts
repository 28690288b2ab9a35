/** Reads the kept journal of a state folder: all of it, then, on request, what is added. */

import { closeSync, existsSync, fstatSync, openSync, readSync, statSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { JOURNAL_FILES, journalName } from './journal.ts';

const LOOK_EVERY_MS = 200;
const READ_BYTES = 65_536;

/** The kept files, oldest first; empty when the folder has no journal. */
export function keptJournalFiles(stateDirectory: string): string[] {
  const folder = join(stateDirectory, JOURNAL_FILES.folder);
  const names = Array.from({ length: JOURNAL_FILES.kept + 1 }, (_, index) => journalName(index));
  return names
    .reverse()
    .map((name) => join(folder, name))
    .filter((path) => existsSync(path));
}

/** Every kept line, oldest first, in pieces as they are on disk. */
export async function* readJournal(stateDirectory: string): AsyncGenerator<Buffer> {
  for (const path of keptJournalFiles(stateDirectory)) {
    const file = await open(path, 'r');
    try {
      for await (const piece of file.createReadStream()) yield piece as Buffer;
    } finally {
      await file.close();
    }
  }
}

/** What is added to the journal from now on, across rotations, until the signal says stop. */
export async function* followJournal(
  stateDirectory: string,
  signal: AbortSignal,
): AsyncGenerator<Buffer> {
  const path = join(stateDirectory, JOURNAL_FILES.folder, JOURNAL_FILES.current);
  let handle = openSync(path, 'r');
  let at = fstatSync(handle).size;
  try {
    while (!signal.aborted) {
      const piece = Buffer.alloc(READ_BYTES);
      const length = readSync(handle, piece, 0, READ_BYTES, at);
      at += length;
      if (length > 0) {
        yield piece.subarray(0, length);
      } else if (wasRotated(path, handle)) {
        closeSync(handle);
        handle = openSync(path, 'r');
        at = 0;
      } else {
        await delay(LOOK_EVERY_MS, undefined, { signal }).catch(() => {});
      }
    }
  } finally {
    closeSync(handle);
  }
}

function wasRotated(path: string, handle: number): boolean {
  return existsSync(path) && statSync(path).ino !== fstatSync(handle).ino;
}

/** The highest fact number among the newest kept lines; 0 when there is none. */
export function lastJournaledFact(stateDirectory: string): number {
  let highest = 0;
  for (const path of keptJournalFiles(stateDirectory).slice(-2)) {
    for (const line of tailOf(path).split('\n')) highest = Math.max(highest, factNumber(line));
  }
  return highest;
}

function tailOf(path: string): string {
  const handle = openSync(path, 'r');
  try {
    const { size } = fstatSync(handle);
    const tail = Buffer.alloc(Math.min(size, READ_BYTES));
    readSync(handle, tail, 0, tail.length, size - tail.length);
    return tail.toString('utf8');
  } finally {
    closeSync(handle);
  }
}

/** A line cut by a crash or by the start of the tail has no number. */
function factNumber(line: string): number {
  try {
    const { seq } = JSON.parse(line) as { seq?: unknown };
    return typeof seq === 'number' ? seq : 0;
  } catch {
    return 0;
  }
}
