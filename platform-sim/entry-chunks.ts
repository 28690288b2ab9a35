/**
 * The rows of an entry list, sealed and put into chunks.
 *
 * Rows stand in chunks by the first bits of their key, so a change of one row changes one chunk and leaves the hash
 * of every other as it was: terminals fetch that one only, or what changed in it (entry-delta.ts). How many bits is
 * kept while the list grows and shrinks, for with other bits every chunk is another.
 */

import { decodeChunk, encodeChunk, type SealedRow } from '../src/link/protocol.ts';
import type { CsvRow } from './entry-csv.ts';
import type { EntryRow } from './entry-rows.ts';
import { sha256 } from './publish.ts';
import type { WholePart } from './registry.ts';
import { convertedValue, type RowKeys, sealRow } from './row-seal.ts';

/** Rows of a chunk on the average, in a new list and at the most and least that a held one may come to. */
const CHUNK_ROWS = { new: 1000, most: 2000, least: 250 } as const;
/** `partOf` looks at two octets: 65,536 chunks, as many as a manifest names. */
const BITS_MAX = 16;

/** How many bits of its key choose the chunk of a row, in a list of so many rows; `held`: in the version before. */
export function prefixBits(rows: number, held?: number): number {
  const { new: some, most, least } = CHUNK_ROWS;
  const each = held === undefined ? null : rows / 2 ** held;
  if (held !== undefined && each !== null && each <= most && (each >= least || held === 0))
    return held;
  return Math.min(BITS_MAX, Math.max(0, Math.ceil(Math.log2(rows / some))));
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
): WholePart {
  const held = published ? [...decodeChunk(published)] : [];
  const byRef = new Map(held.map((row) => [row.ref.toString('hex'), row]));
  const sealed = rows.map((row) => {
    const kept = isUnchanged(row) ? byRef.get(row.ref) : undefined;
    return kept ?? sealEntry(keys, row);
  });
  return chunkOf(part, sealed);
}

/**
 * `published`, a chunk of `part` or null where there is none, without the rows of `gone` (reference ids, hex) and with
 * `rows`, which belong to `part`, in the place of those of the same reference. Null when nothing is left.
 */
export function changeChunk(
  keys: RowKeys,
  part: number,
  gone: ReadonlySet<string>,
  rows: readonly EntryRow[],
  published: Buffer | null,
): WholePart | null {
  const held = published ? [...decodeChunk(published)] : [];
  const kept = held.filter(({ ref }) => !gone.has(ref.toString('hex')));
  const changed = [...kept, ...rows.map((row) => sealEntry(keys, row))];
  return changed.length === 0 ? null : chunkOf(part, changed);
}

function sealEntry(keys: RowKeys, row: EntryRow): SealedRow {
  const { ticket, seat, holder, party, cancelledAt, evacuee } = row;
  const said = { ticket, seat, holder, party, ...(evacuee && { evacuee }) };
  const sealed = sealRow(keys, hashOf(row), cancelledAt ? { ...said, cancelledAt } : said);
  return { ...sealed, ref: Buffer.from(row.ref, 'hex') };
}

function chunkOf(part: number, rows: readonly SealedRow[]): WholePart {
  const bytes = encodeChunk(rows.toSorted((a, b) => Buffer.compare(a.key, b.key)));
  return { part, sha256: sha256(bytes), bytes };
}

function hashOf({ fingerprint }: CsvRow): Buffer {
  return Buffer.from(fingerprint, 'hex');
}
