/**
 * Small changes of an entry list: chunks of the new version are made on disk out of those of the active one, so that
 * nothing but the changed rows travels.
 *
 * A delta makes chunks, never a list: the file is built of them as of chunks that were fetched, and every hash is
 * compared with the signed manifest again. So a delta that lies costs its own bytes, and no list can come of a delta
 * that would not have come without it.
 */

import { hash } from 'node:crypto';
import type { EntryListManifest } from '../domain/entry-list.ts';
import { type ChunkPatch, decodeDelta, patchedChunk } from './chunk-patch.ts';
import type { ChunkStore } from './chunk-store.ts';
import { type FetchObject, ObjectError } from './object-source.ts';
import { LIMITS } from './protocol.ts';
import { Rejection } from './rejection.ts';

/** Whether the delta that `target` names starts from exactly `active`. */
export function startsFrom(
  target: EntryListManifest,
  active: EntryListManifest | null,
): active is EntryListManifest {
  const { list, delta } = target;
  if (active === null || delta === undefined) return false;
  const isBase = active.version === delta.base && active.root === delta.baseRoot;
  return isBase && active.list === list && delta.base < target.version;
}

/**
 * Makes the chunks of `target` that its delta gives. A chunk of `base` that is not on disk any more, or damaged there,
 * is passed over: its successor is fetched whole like any chunk. Rejects with ObjectError or Rejection for a delta that
 * is not what it should be, leaving nothing behind that the target does not name.
 */
export async function applyDelta(
  target: EntryListManifest,
  base: EntryListManifest,
  chunks: ChunkStore,
  fetch: FetchObject,
  signal: AbortSignal,
): Promise<void> {
  const { delta } = target;
  if (delta === undefined) return;
  const bytes = await fetch(delta.object, delta.bytes, signal).catch(asDelta);
  const from = new Places(base.chunks);
  const to = new Places(target.chunks);
  for (const patch of decodeDelta(bytes)) {
    signal.throwIfAborted();
    // Both orders rise, so no chunk is read or made twice however many patches there are.
    if (patch.from !== null) from.next(patch.from);
    to.next(patch.to);
    await makeChunk(patch, chunks);
  }
}

/** Wrong bytes are no cut chunk, which is what an unknown object is taken for elsewhere. */
function asDelta(error: unknown): never {
  if (!(error instanceof ObjectError && error.fault === 'chunk-hash')) throw error;
  throw new Rejection('chunk-hash', error.message, { cause: error });
}

async function makeChunk(patch: ChunkPatch, chunks: ChunkStore): Promise<void> {
  const base = patch.from === null ? Buffer.alloc(0) : await chunks.read(patch.from);
  if (base === null) return;
  const made = patchedChunk(base, patch);
  if (made.length > LIMITS.chunkBytes) {
    throw new Rejection('too-large', `a patch makes a chunk of ${made.length} bytes`);
  }
  if (hash('sha256', made) !== patch.to) {
    throw new Rejection('root-mismatch', 'a patch makes another chunk than the manifest names');
  }
  await chunks.keep(patch.to, made);
}

/** The chunks of a version, asked for in their order. */
class Places {
  readonly #place: ReadonlyMap<string, number>;
  #last = -1;

  constructor(chunks: readonly string[]) {
    this.#place = new Map(chunks.map((chunk, at) => [chunk, at]));
  }

  /** Throws Rejection `root-mismatch` for a chunk of another version, `malformed` for one that is behind. */
  next(chunk: string): void {
    const place = this.#place.get(chunk);
    if (place === undefined) {
      throw new Rejection('root-mismatch', 'a patch is for a chunk of another version');
    }
    if (place <= this.#last) throw new Rejection('malformed', 'patches are not in order');
    this.#last = place;
  }
}
