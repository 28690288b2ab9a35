/**
 * The wire's delta taken apart, and one chunk made out of another. Whatever a patch gives counts only when its hash is
 * the one that a signed manifest names; what is checked here keeps a delta that lies from costing more than its bytes.
 */

import { DELTA_FROM_NOTHING, decodeChunk, encodeChunk, type SealedRow } from './protocol.ts';
import { Rejection } from './rejection.ts';

const HASH_BYTES = 32;
const KEY_BYTES = 32;
const COUNT_BYTES = 4;

export interface ChunkPatch {
  /** SHA-256 of the chunk that it changes, hex; null for a chunk of new rows alone. */
  readonly from: string | null;
  /** SHA-256 of the chunk that comes of it, hex. */
  readonly to: string;
  /** Keys of the rows to take out, ascending. */
  readonly removed: readonly Buffer[];
  /** Rows to add, or to put in the place of those with the same key, ascending. */
  readonly rows: readonly SealedRow[];
}

/**
 * The patches of a delta, as views into its bytes. Throws Rejection `truncated` when it ends before what it announces,
 * `malformed` when keys do not rise or a row is both taken out and put in.
 */
export function decodeDelta(delta: Buffer): ChunkPatch[] {
  const patches: ChunkPatch[] = [];
  const rest = new Bytes(delta);
  while (rest.left > 0) {
    const from = rest.take(HASH_BYTES).toString('hex');
    const to = rest.take(HASH_BYTES).toString('hex');
    const keys = rest.take(rest.takeCount() * KEY_BYTES);
    const removed = Array.from({ length: keys.length / KEY_BYTES }, (_, n) =>
      keys.subarray(n * KEY_BYTES, (n + 1) * KEY_BYTES),
    );
    const rows = rowsOf(rest.take(rest.takeCount()));
    mustRise(removed);
    mustRise(rows.map(({ key }) => key));
    patches.push({ from: from === DELTA_FROM_NOTHING ? null : from, to, removed, rows });
  }
  return patches;
}

/** What `patch` makes of `base`, which is empty for a chunk of new rows. Throws Rejection `malformed`. */
export function patchedChunk(base: Buffer, { removed, rows }: ChunkPatch): Buffer {
  const merged: SealedRow[] = [];
  let taken = 0;
  let put = 0;
  const putBelow = (key: Buffer): void => {
    for (let next = rows[put]; next && Buffer.compare(next.key, key) < 0; next = rows[put]) {
      merged.push(next);
      put += 1;
    }
  };
  for (const held of decodeChunk(base)) {
    putBelow(held.key);
    const isRemoved = removed[taken]?.equals(held.key) === true;
    const isReplaced = rows[put]?.key.equals(held.key) === true;
    if (isRemoved && isReplaced) throw new Rejection('malformed', 'a row is taken out and put in');
    if (isRemoved) taken += 1;
    else if (!isReplaced) merged.push(held);
  }
  merged.push(...rows.slice(put));
  if (taken < removed.length) throw new Rejection('malformed', 'a row to take out is not there');
  return encodeChunk(merged);
}

function rowsOf(bytes: Buffer): SealedRow[] {
  try {
    return [...decodeChunk(bytes)];
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new Rejection('truncated', `delta: ${error.message}`, { cause: error });
  }
}

function mustRise(keys: readonly Buffer[]): void {
  for (const [n, key] of keys.entries()) {
    const last = keys[n - 1];
    if (last !== undefined && Buffer.compare(last, key) >= 0) {
      throw new Rejection('malformed', 'the keys of a delta do not rise');
    }
  }
}

class Bytes {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  get left(): number {
    return this.#bytes.length - this.#at;
  }

  take(length: number): Buffer {
    if (length > this.left) {
      throw new Rejection('truncated', `delta announces ${length} bytes where ${this.left} are`);
    }
    this.#at += length;
    return this.#bytes.subarray(this.#at - length, this.#at);
  }

  takeCount(): number {
    return this.take(COUNT_BYTES).readUInt32BE();
  }
}
