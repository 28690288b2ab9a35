/**
 * What changed from one version of an entry list to the next, for terminals that hold the one before. Written from the
 * chunks alone, and by other code than the terminal reads it with, so that a fault on one side shows on the other.
 */

import type { ListDelta } from '../src/domain/entry-list.ts';
import {
  DELTA_FROM_NOTHING,
  decodeChunk,
  encodeChunk,
  LIMITS,
  type SealedRow,
} from '../src/link/protocol.ts';
import { sha256 } from './publish.ts';
import type { Publication, WholePart } from './registry.ts';

/** Above this share of the chunks that it saves, a delta is not worth a request of its own. */
const WORTH_MAX = 0.5;

/** Collects the chunks that differ, in the order of their keys. */
export class DeltaWriter {
  readonly #patches: Buffer[] = [];
  #bytes = 0;
  #saved = 0;

  /** `before`: the chunk that `after` replaces, null where there was none. */
  add(before: Buffer | null, after: Buffer): void {
    if (before?.equals(after)) return;
    this.#saved += after.length;
    if (this.#bytes > LIMITS.deltaBytes) return;
    const patch = patchOf(before, after);
    this.#bytes += patch.length;
    this.#patches.push(patch);
  }

  /** The delta to name in the manifest that follows `base`, and its object; null when there is none worth it. */
  delta(
    base: Publication,
  ): { readonly said: ListDelta; readonly object: Omit<WholePart, 'part'> } | null {
    const bytes = Buffer.concat(this.#patches);
    const isWorthIt = bytes.length <= Math.min(LIMITS.deltaBytes, this.#saved * WORTH_MAX);
    if (bytes.length === 0 || !isWorthIt) return null;
    const object = sha256(bytes);
    const said = { base: base.version, baseRoot: base.root, object, bytes: bytes.length };
    return { said, object: { sha256: object, bytes } };
  }
}

function patchOf(before: Buffer | null, after: Buffer): Buffer {
  const held = rowsByKey(before ?? Buffer.alloc(0));
  const wanted = rowsByKey(after);
  const removed = [...held.values()].filter(({ key }) => !wanted.has(key.toString('hex')));
  const put = [...wanted].filter(([key, row]) => !isSame(held.get(key), row));
  const rows = encodeChunk(put.map(([, row]) => row));
  return Buffer.concat([
    Buffer.from(before === null ? DELTA_FROM_NOTHING : sha256(before), 'hex'),
    Buffer.from(sha256(after), 'hex'),
    count(removed.length),
    ...removed.map(({ key }) => key),
    count(rows.length),
    rows,
  ]);
}

function rowsByKey(chunk: Buffer): Map<string, SealedRow> {
  return new Map([...decodeChunk(chunk)].map((row) => [row.key.toString('hex'), row]));
}

function isSame(held: SealedRow | undefined, row: SealedRow): boolean {
  return held?.ref.equals(row.ref) === true && held.sealed.equals(row.sealed);
}

function count(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}
