/** Deltas as the wire has them, true or lying; a third implementation, so that it vouches for neither side's. */

import { createHash } from 'node:crypto';
import { encodeChunk, type SealedRow } from '../../src/link/protocol.ts';

/** The row with the key `number` repeated. */
export function row(number: number, content = 0): SealedRow {
  return {
    key: Buffer.alloc(32, number),
    ref: Buffer.alloc(16, number),
    sealed: Buffer.alloc(60, content),
  };
}

export interface PatchSaid {
  /** The chunks themselves; null: from nothing. */
  readonly from: Buffer | null;
  readonly to: Buffer;
  readonly removed?: readonly Buffer[];
  readonly rows?: readonly SealedRow[];
  /** In the place of `rows`. */
  readonly rowBytes?: Buffer;
}

export function patch(said: PatchSaid): Buffer {
  const { from, to, removed = [], rows = [], rowBytes = encodeChunk(rows) } = said;
  return Buffer.concat([
    from === null ? Buffer.alloc(32) : digest(from),
    digest(to),
    count(removed.length),
    ...removed,
    count(rowBytes.length),
    rowBytes,
  ]);
}

export function delta(...patches: readonly Buffer[]): Buffer {
  return Buffer.concat(patches);
}

function digest(bytes: Buffer): Buffer {
  return createHash('sha256').update(bytes).digest();
}

function count(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}
