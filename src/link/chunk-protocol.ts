/**
 * The bulk of an entry list as both sides write and read it. A file apart from the frames: the worker that builds a list
 * needs this and none of the schemas, which take more memory than its own work.
 */

/** The longest chunk, and the longest list. */
export const CHUNK_BYTES = 4_194_304;
export const LIST_ROWS = 5_000_000;

/** A row on the wire: converted value, reference id, and what AES-256-GCM sealed. */
export interface SealedRow {
  /** 32 bytes. */
  readonly key: Buffer;
  /** 16 bytes. */
  readonly ref: Buffer;
  /** nonce (12) || ciphertext || tag (16); 65,535 bytes at most. */
  readonly sealed: Buffer;
}

/** Chunk = rows in key order, each `key (32) || ref (16) || length of sealed (2, big-endian) || sealed`. */
export function encodeChunk(rows: readonly SealedRow[]): Buffer {
  const parts: Buffer[] = [];
  for (const row of rows) {
    const length = Buffer.alloc(2);
    length.writeUInt16BE(row.sealed.length);
    parts.push(row.key, row.ref, length, row.sealed);
  }
  return Buffer.concat(parts);
}

/** Throws on a chunk that ends inside a row. The rows are views into `chunk`. */
export function* decodeChunk(chunk: Buffer): Generator<SealedRow> {
  let at = 0;
  while (at < chunk.length) {
    if (at + 50 > chunk.length) throw new RangeError(`chunk ends inside a row at byte ${at}`);
    const end = at + 50 + chunk.readUInt16BE(at + 48);
    if (end > chunk.length) throw new RangeError(`chunk ends inside a row at byte ${at}`);
    yield {
      key: chunk.subarray(at, at + 32),
      ref: chunk.subarray(at + 32, at + 48),
      sealed: chunk.subarray(at + 50, end),
    };
    at = end;
  }
}
