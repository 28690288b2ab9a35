/**
 * Chunks of entry lists on disk, named by their hash: an interrupted download goes on where it
 * stopped, and the next version of a list fetches only the chunks that changed. They are a cache:
 * what is read back is hashed again.
 */

import { hash } from 'node:crypto';
import { readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { headroom, makeFolder, RESERVE_BYTES, SERVICE_HEADROOM_BYTES } from '../store/disk.ts';
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
    await this.keep(sha256, await this.#source.fetch(sha256, LIMITS.chunkBytes, signal));
  }
}
