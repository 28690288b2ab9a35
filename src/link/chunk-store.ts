/**
 * Chunks of entry lists on disk, named by their hash: an interrupted download goes on where it
 * stopped, and the next version of a list fetches only the chunks that changed. They are a cache:
 * what is read back is hashed again.
 */

import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { headroom, RESERVE_BYTES, SERVICE_HEADROOM_BYTES } from '../store/disk.ts';
import { OBJECTS_AT_ONCE, type ObjectSource } from './object-source.ts';
import { LIMITS } from './protocol.ts';
import { Rejection } from './rejection.ts';

export class ChunkStore {
  readonly #directory: string;
  readonly #source: ObjectSource;

  constructor(stateDirectory: string, source: ObjectSource) {
    this.#directory = join(stateDirectory, 'chunks');
    this.#source = source;
  }

  /**
   * The path of each chunk, in order; fetches what is not there, several at a time.
   * Rejects with ObjectError, Rejection `disk-full`, or what the file system throws.
   */
  async provide(hashes: readonly string[], signal: AbortSignal): Promise<string[]> {
    await mkdir(this.#directory, { recursive: true, mode: 0o700 });
    const todo = new Set(hashes).values();
    const failed = new AbortController();
    const either = AbortSignal.any([signal, failed.signal]);
    const lane = async (): Promise<void> => {
      try {
        for (const hash of todo) await this.#ensure(hash, either);
      } catch (error) {
        // The first failure ends the other lanes, and is the one that is told.
        failed.abort(error);
        throw error;
      }
    };
    const lanes = await Promise.allSettled(Array.from({ length: OBJECTS_AT_ONCE }, lane));
    signal.throwIfAborted();
    if (lanes.some(({ status }) => status === 'rejected')) throw failed.signal.reason;
    return hashes.map((hash) => this.#path(hash));
  }

  /** Deletes every chunk but these. */
  async keepOnly(hashes: Iterable<string>): Promise<void> {
    const kept = new Set(hashes);
    for (const name of await readdir(this.#directory).catch(() => [])) {
      if (!kept.has(name)) await rm(join(this.#directory, name), { force: true });
    }
  }

  #path(hash: string): string {
    return join(this.#directory, hash);
  }

  async #ensure(hash: string, signal: AbortSignal): Promise<void> {
    const path = this.#path(hash);
    if (await isWhole(path, hash)) return;
    const bytes = await this.#source.fetch(hash, LIMITS.chunkBytes, signal);
    // Facts come first: a list never takes the room that the ledger needs.
    const free = headroom(this.#directory) - bytes.length;
    if (free < SERVICE_HEADROOM_BYTES + RESERVE_BYTES) {
      throw new Rejection('disk-full', `${free} bytes would be free`);
    }
    // Not synced: what a power cut leaves is told by its hash.
    await writeFile(`${path}.part`, bytes, { mode: 0o600 });
    await rename(`${path}.part`, path);
  }
}

async function isWhole(path: string, hash: string): Promise<boolean> {
  const bytes = await readFile(path).catch(() => null);
  return bytes !== null && createHash('sha256').update(bytes).digest('hex') === hash;
}
