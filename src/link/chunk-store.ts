/**
 * Chunks of one list on disk, named by their hash: an interrupted download goes on where it
 * stopped, and the next version of the list fetches only the chunks that changed. They are a cache:
 * what is read back is hashed again.
 */

import { hash } from 'node:crypto';
import { rmSync } from 'node:fs';
import { readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { headroom, makeFolder, RESERVE_BYTES, SERVICE_HEADROOM_BYTES } from '../store/disk.ts';
import { type FetchObject, OBJECTS_AT_ONCE } from './object-source.ts';
import { LIMITS } from './protocol.ts';
import { Rejection } from './rejection.ts';

/** Where the chunks of an entry list are. Each list has a folder: what one gives up, another may be waiting for. */
export function chunkFolder(stateDirectory: string, list: string): string {
  return join(stateDirectory, 'chunks', list);
}

/** Deletes what belongs to no list of `lists`. Rejects with what the file system throws. */
export async function tidyChunks(stateDirectory: string, lists: readonly string[]): Promise<void> {
  const directory = join(stateDirectory, 'chunks');
  const found = await readdir(directory, { withFileTypes: true }).catch(() => []);
  for (const entry of found) {
    if (entry.isDirectory() && lists.includes(entry.name)) continue;
    await rm(join(directory, entry.name), { recursive: true, force: true });
  }
}

/** Deletes the chunks of all lists: what is needed is fetched again. Throws what the file system throws. */
export function forgetChunks(stateDirectory: string): void {
  rmSync(join(stateDirectory, 'chunks'), { recursive: true, force: true });
}

/** Deletes those of one list. Rejects with what the file system throws. */
export async function forgetChunksOf(stateDirectory: string, list: string): Promise<void> {
  await rm(chunkFolder(stateDirectory, list), { recursive: true, force: true });
}

export class ChunkStore {
  readonly #directory: string;
  readonly #fetch: FetchObject;

  /** `directory`: its own, made when it is needed. */
  constructor(directory: string, fetch: FetchObject) {
    this.#directory = directory;
    this.#fetch = fetch;
  }

  /**
   * The path of each chunk, in order; fetches what is not there, several at a time.
   * Rejects with ObjectError, Rejection `disk-full`, or what the file system throws.
   */
  async provide(hashes: readonly string[], signal: AbortSignal): Promise<string[]> {
    makeFolder(this.#directory);
    const todo = new Set(hashes).values();
    const failed = new AbortController();
    const either = AbortSignal.any([signal, failed.signal]);
    const lane = async (): Promise<void> => {
      try {
        for (const sha256 of todo) await this.#ensure(sha256, either);
      } catch (error) {
        // The first failure ends the other lanes, and is the one that is told.
        failed.abort(error);
        throw error;
      }
    };
    const lanes = await Promise.allSettled(Array.from({ length: OBJECTS_AT_ONCE }, lane));
    signal.throwIfAborted();
    if (lanes.some(({ status }) => status === 'rejected')) throw failed.signal.reason;
    return hashes.map((sha256) => this.#path(sha256));
  }

  /** The bytes of a chunk that is here and whole; null for any other. */
  async read(sha256: string): Promise<Buffer | null> {
    const bytes = await readFile(this.#path(sha256)).catch(() => null);
    return bytes !== null && hash('sha256', bytes) === sha256 ? bytes : null;
  }

  /** Keeps a chunk whose hash is known to be right. Rejects as `provide` does. */
  async keep(sha256: string, bytes: Buffer): Promise<void> {
    makeFolder(this.#directory);
    // Facts come first: a list never takes the room that the ledger needs.
    const free = headroom(this.#directory) - bytes.length;
    if (free < SERVICE_HEADROOM_BYTES + RESERVE_BYTES) {
      throw new Rejection('disk-full', `${free} bytes would be free`);
    }
    // Not synced: what a power cut leaves is told by its hash.
    const path = this.#path(sha256);
    await writeFile(`${path}.part`, bytes, { mode: 0o600 });
    await rename(`${path}.part`, path);
  }

  /** How much room these chunks take, of those that are here: bytes. */
  async bytesOf(hashes: Iterable<string>): Promise<number> {
    const sizes = [...new Set(hashes)].map((sha256) => stat(this.#path(sha256)).catch(() => null));
    return (await Promise.all(sizes)).reduce((sum, found) => sum + (found?.size ?? 0), 0);
  }

  /** Deletes every chunk but these. */
  async keepOnly(hashes: Iterable<string>): Promise<void> {
    const kept = new Set(hashes);
    for (const name of await readdir(this.#directory).catch(() => [])) {
      if (!kept.has(name)) await rm(join(this.#directory, name), { force: true });
    }
  }

  #path(sha256: string): string {
    return join(this.#directory, sha256);
  }

  async #ensure(sha256: string, signal: AbortSignal): Promise<void> {
    if ((await this.read(sha256)) !== null) return;
    await this.keep(sha256, await this.#fetch(sha256, LIMITS.chunkBytes, signal));
  }
}
