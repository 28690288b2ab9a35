/**
 * Room on the disk, room kept back for the last facts, and writing files that survive a power cut.
 */

import { randomBytes } from 'node:crypto';
import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  statfsSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, resolve } from 'node:path';

/**
 * What a terminal wants free before it serves a person: hundreds of sessions' facts and a
 * checkpoint.
 */
export const SERVICE_HEADROOM_BYTES = 8 * 1_048_576;

/** What is kept back for closing the sessions under way: more than 1,000 facts with their steps. */
export const RESERVE_BYTES = 4 * 1_048_576;

/**
 * Nothing was changed: the write could not be made durable. The same write works once there is
 * space.
 */
export class DiskFullError extends Error {
  override readonly name = 'DiskFullError';
  readonly code = 'disk-full';
}

/** Bytes that this user may still write on the file system of `directory`. */
export function headroom(directory: string): number {
  const { bavail, bsize } = statfsSync(directory);
  return bavail * bsize;
}

/**
 * A file of real blocks that is given back when the disk is full, so that the facts that close what
 * was begun (paper came out, paper is owed) still find room. While it is missing, no new session
 * may begin.
 */
export class Reserve {
  readonly #directory: string;
  readonly #path: string;

  constructor(directory: string) {
    this.#directory = directory;
    this.#path = join(directory, 'reserve');
  }

  get intact(): boolean {
    return statSync(this.#path, { throwIfNoEntry: false })?.size === RESERVE_BYTES;
  }

  /** Takes the space back, once that leaves `spareBytes` free. True when the reserve is intact. */
  fill(spareBytes: number): boolean {
    if (this.intact) return true;
    if (headroom(this.#directory) < spareBytes + RESERVE_BYTES) return false;
    try {
      // Random bytes, for a file system that compresses zeros would keep no room for them.
      writeDurably(this.#path, randomBytes(RESERVE_BYTES));
      return true;
    } catch (error) {
      if (!isStorageFailure(error)) throw error;
      rmSync(this.#path, { force: true });
      return false;
    }
  }

  /** Gives the space back. False when there was nothing to give. */
  release(): boolean {
    const held = statSync(this.#path, { throwIfNoEntry: false }) !== undefined;
    rmSync(this.#path, { force: true });
    return held;
  }
}

/**
 * True when the medium is full, failing or read-only, which ext4 makes itself after an error
 * (`errors=remount-ro`). SQLite reports a full disk as SQLITE_FULL for pages and as
 * SQLITE_IOERR_SHMSIZE for the index of its log.
 */
export function isStorageFailure(error: unknown): boolean {
  const code = codeOf(error);
  return (
    /^SQLITE_(FULL|IOERR|READONLY)/u.test(code) ||
    ['ENOSPC', 'EDQUOT', 'EIO', 'EROFS'].includes(code)
  );
}

/** The `code` of an error of SQLite or of the file system; empty for any other value. */
export function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}

/** Writes a file of its owner's only and waits until the medium has it. */
export function writeDurably(path: string, data: Buffer | string): void {
  const file = openSync(path, 'w', 0o600);
  try {
    writeFileSync(file, data);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/**
 * Makes creations, renames and removals in a folder survive a power cut (fsync(2), last paragraph
 * of DESCRIPTION).
 */
export function syncPath(path: string): void {
  const handle = openSync(path, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

/**
 * Makes a folder of its owner's only, and those above it that are missing, and waits until the medium has them: what is
 * synced in a folder is lost with a folder whose own name was not. Where it is there already, nothing happens.
 */
export function makeFolder(path: string): void {
  const whole = resolve(path);
  const highest = mkdirSync(whole, { recursive: true, mode: 0o700 });
  if (highest === undefined) return;
  const above = dirname(resolve(highest));
  for (let made = whole; made !== above; made = dirname(made)) syncPath(dirname(made));
}

/**
 * Puts `part` in the place of `path`: after a power cut there is the whole old file or the whole
 * new one.
 */
export function publish(part: string, path: string): void {
  syncPath(part);
  renameSync(part, path);
  syncPath(dirname(path));
}
