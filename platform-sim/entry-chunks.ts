/**
 * The rows of an entry list, sealed and put into chunks.
 *
 * Rows stand in chunks by the first bits of their key, so a change of one row changes one chunk and leaves the hash
 * of every other as it was: terminals fetch that one only.
 */

import { decodeChunk, encodeChunk, type SealedRow } from '../src/link/protocol.ts';
import type { CsvRow } from './entry-csv.ts';
import type { EntryRow } from './entry-rows.ts';
import { sha256 } from './publish.ts';
import type { Part } from './registry.ts';
import { convertedValue, type RowKeys, sealRow } from './row-seal.ts';

const CHUNK_ROWS = 1000;
/** `partOf` looks at two octets: 65,536 chunks, as many as a manifest names. */
const BITS_MAX = 16;

/** How many bits of its key choose the chunk of a row, in a list of so many rows. */
export function prefixBits(rows: number): number {
  return Math.min(BITS_MAX, Math.max(0, Math.ceil(Math.log2(rows / CHUNK_ROWS))));
}

/** The part of a list that a row belongs to: the first `bits` bits of its key. */
export function partOf(keys: RowKeys, row: CsvRow, bits: number): number {
  return convertedValue(keys, hashOf(row)).readUInt16BE(0) >>> (16 - bits);
}

/** The rows of each part, parts in the order of their keys. */
export function groupByPart<Row extends CsvRow>(
  keys: RowKeys,
  rows: readonly Row[],
  bits: number,
): [part: number, rows: Row[]][] {
  const groups = Map.groupBy(rows, (row) => partOf(keys, row, bits));
  return [...groups].sort(([a], [b]) => a - b);
}

/**
 * The chunk of `rows`, which all belong to `part`. `published`: the chunk that it replaces, if any; a row for which
 * `isUnchanged` holds keeps its bytes there, so that a chunk of such rows keeps its hash.
 */
export function sealChunk<Row extends EntryRow>(
  keys: RowKeys,
  part: number,
  rows: readonly Row[],
  isUnchanged: (row: Row) => boolean,
  published: Buffer | null,
): Part {
  const held = published ? [...decodeChunk(published)] : [];
  const byRef = new Map(held.map((row) => [row.ref.toString('hex'), row]));
  const sealed = rows.map((row) => {
    const kept = isUnchanged(row) ? byRef.get(row.ref) : undefined;
    return kept ?? sealEntry(keys, row);
  });
  return chunkOf(part, sealed);
}

/** `published`, the chunk that `row` stands in, with `row` as it is now. */
export function resealRow(keys: RowKeys, part: number, row: EntryRow, published: Buffer): Part {
  const changed = sealEntry(keys, row);
  const rows = [...decodeChunk(published)];
  return chunkOf(
    part,
    rows.map((held) => (held.ref.equals(changed.ref) ? changed : held)),
  );
}

function sealEntry(keys: RowKeys, row: EntryRow): SealedRow {
  const { ticket, seat, holder, party, cancelledAt } = row;
  const said = { ticket, seat, holder, party };
  const sealed = sealRow(keys, hashOf(row), cancelledAt ? { ...said, cancelledAt } : said);
  return { ...sealed, ref: Buffer.from(row.ref, 'hex') };
}

function chunkOf(part: number, rows: readonly SealedRow[]): Part {
  const bytes = encodeChunk(rows.toSorted((a, b) => Buffer.compare(a.key, b.key)));
  return { part, sha256: sha256(bytes), bytes };
}

function hashOf({ fingerprint }: CsvRow): Buffer {
  return Buffer.from(fingerprint, 'hex');
}
