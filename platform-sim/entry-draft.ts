/** The next version of an entry list, sealed: from a whole table, or from a few rows that change. */

import { randomBytes } from 'node:crypto';
import type { EntryListManifest } from '../src/domain/entry-list.ts';
import { ENTRY_LIST_MANIFEST } from '../src/link/protocol.ts';
import { changeChunk, groupByPart, partOf, prefixBits, sealChunk } from './entry-chunks.ts';
import type { CsvRow } from './entry-csv.ts';
import { DeltaWriter } from './entry-delta.ts';
import { type EntryRow, EntryRows } from './entry-rows.ts';
import { type Draft, rootOf } from './publish.ts';
import { DELTA_PART, type Part, type Publication, type Registry } from './registry.ts';
import { deriveRowKeys, keyIdsOf } from './row-seal.ts';

/** What a manifest says beside what follows from its chunks. */
export type Drafted = Omit<
  EntryListManifest,
  'root' | 'chunks' | 'issuedAt' | 'keyId' | 'dataKeyId' | 'delta'
>;

/** A row of the version before, and what it becomes: with the same reference, perhaps under another certificate. */
export interface RowChange {
  readonly before: EntryRow;
  readonly after: EntryRow;
}

/**
 * `rows` and nothing else. One chunk after another is sealed and set aside, so that never more than one is in memory.
 */
export function draftImport(
  registry: Registry,
  rows: readonly CsvRow[],
  said: Omit<Drafted, 'rows'>,
  { previous, newKey }: { readonly previous: Publication | undefined; readonly newKey: boolean },
  now: number,
): Draft {
  const { list } = said;
  const table = new EntryRows(registry, list);
  const held = table.key();
  const bits = prefixBits(rows.length, held?.bits);
  const isKeyKept = held !== undefined && !newKey;
  const key = isKeyKept ? held.key : randomBytes(32);
  const rowKeys = deriveRowKeys(key, list);
  // With another key, or where other bits choose the chunk of a row, every chunk changes anyway.
  const published = isKeyKept && held.bits === bits ? registry.parts(list, said.version - 1) : [];
  const hashes = new Map(published.map(({ part, sha256 }) => [part, sha256]));
  const merged = rows.map((row) => mergeRow(held && table.find(row.ticket), row));
  const delta = new DeltaWriter();
  const parts = groupByPart(rowKeys, merged, bits).map(([part, group]) => {
    const hash = hashes.get(part);
    // Gone when others published many versions meanwhile; then this one is drafted again anyway.
    const before = (hash !== undefined && registry.object(hash)) || null;
    const chunk = sealChunk(rowKeys, part, group, ({ isUnchanged }) => isUnchanged, before);
    delta.add(before, chunk.bytes);
    return registry.setAside(chunk);
  });
  const ids = keyIdsOf(rowKeys);
  return draftOf({ ...said, rows: rows.length, ...ids }, parts, delta, previous, now, () =>
    table.replace({ key, bits }, merged),
  );
}

/** The version before with a few rows changed; every chunk that none of them stands in stays as it is. */
export function draftChanges(
  registry: Registry,
  said: Drafted,
  changes: readonly RowChange[],
  previous: Publication | undefined,
  now: number,
  alongside: () => void,
): Draft {
  const { list, version } = said;
  const held = new EntryRows(registry, list).key();
  if (!held) throw new Error(`published list ${list} has no key`);
  const keys = deriveRowKeys(held.key, list);
  const placeOf = (row: EntryRow) => partOf(keys, row, held.bits);
  const gone = new Set(changes.map(({ before }) => before.ref));
  const arriving = Map.groupBy(
    changes.map(({ after }) => after),
    placeOf,
  );
  const parts = new Map(registry.parts(list, version - 1).map((part) => [part.part, part]));
  const delta = new DeltaWriter();
  const touched = new Set(
    changes.flatMap(({ before, after }) => [placeOf(before), placeOf(after)]),
  );
  for (const part of [...touched].sort((a, b) => a - b)) {
    const hash = parts.get(part)?.sha256;
    const published = hash === undefined ? null : chunkBytes(registry, hash);
    const chunk = changeChunk(keys, part, gone, arriving.get(part) ?? [], published);
    if (chunk === null) {
      parts.delete(part);
    } else {
      delta.add(published, chunk.bytes);
      parts.set(part, chunk);
    }
  }
  const inOrder = [...parts.values()].sort((a, b) => a.part - b.part);
  return draftOf({ ...said, ...keyIdsOf(keys) }, inOrder, delta, previous, now, alongside);
}

/** `held`: what is known of the ticket, of this version or an earlier one. */
function mergeRow(held: EntryRow | undefined, row: CsvRow): EntryRow & { isUnchanged: boolean } {
  const fields = ['fingerprint', 'seat', 'holder', 'party'] as const;
  const ref = row.ref ?? held?.ref ?? randomBytes(16).toString('hex');
  const evacueeOf = (of: CsvRow | undefined) => JSON.stringify(of?.evacuee);
  return {
    ...row,
    ref,
    cancelledAt: held?.cancelledAt ?? null,
    isUnchanged:
      held?.ref === ref &&
      fields.every((field) => held[field] === row[field]) &&
      evacueeOf(held) === evacueeOf(row),
  };
}

function chunkBytes(registry: Registry, hash: string): Buffer {
  const bytes = registry.object(hash);
  if (!bytes) throw new Error(`object ${hash} of a published version is gone`);
  return bytes;
}

function draftOf(
  said: Drafted & ReturnType<typeof keyIdsOf>,
  parts: readonly Part[],
  changed: DeltaWriter,
  previous: Publication | undefined,
  now: number,
  alongside: () => void,
): Draft {
  const chunks = parts.map(({ sha256 }) => sha256);
  const root = rootOf(chunks);
  const issuedAt = new Date(now).toISOString();
  const delta = previous ? changed.delta(previous) : null;
  // `said` may be the manifest before, with the delta that led there.
  const { delta: _, ...kept } = { ...said, delta: null };
  const manifest = ENTRY_LIST_MANIFEST.parse({
    ...kept,
    root,
    chunks,
    issuedAt,
    ...(delta && { delta: delta.said }),
  });
  const alsoKept = delta ? [{ part: DELTA_PART, ...delta.object }] : [];
  return { root, manifest, parts: [...parts, ...alsoKept], alongside };
}
