/** Random lists, random changes: what a terminal makes of a delta is what the platform sealed, byte for byte. */

import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { draftChanges, draftImport } from '../../platform-sim/entry-draft.ts';
import { EntryRows } from '../../platform-sim/entry-rows.ts';
import type { Draft } from '../../platform-sim/publish.ts';
import { type Publication, Registry } from '../../platform-sim/registry.ts';
import { decodeDelta, patchedChunk } from '../../src/link/chunk-patch.ts';
import { decodeChunk, ENTRY_LIST_MANIFEST } from '../../src/link/protocol.ts';
import { ticket } from './test-platform.ts';

/** Three chunks and more: the platform seals about a thousand rows into one. */
const ROWS = 4_200;
const folder = mkdtempSync(join(tmpdir(), 'kazasu-delta-'));
let registry: Registry;

beforeAll(() => {
  registry = new Registry(folder);
});
afterAll(() => {
  registry.close();
  rmSync(folder, { recursive: true });
});

const NOW = 1_455_926_400_000;
const said = (list: string, version: number) => ({
  kind: 'entry-list' as const,
  list,
  version,
  title: list,
  assurance: 'identified' as const,
  place: '',
  startsAt: null,
  validFrom: new Date(NOW).toISOString(),
  validTo: new Date(NOW + 1).toISOString(),
  audience: [],
  staleness: { oldAfterHours: 1, tooOldAfterHours: 2, whenTooOld: 'admit' as const },
});

/** Stands for the signature, which is another test's. */
function commit(list: string, version: number, draft: Draft): Publication {
  const { root, parts, alongside } = draft;
  const next = {
    list,
    kind: 'entry-list' as const,
    version,
    root,
    parts,
    signed: Buffer.from(root),
  };
  const manifest = JSON.stringify(draft.manifest);
  if (!registry.publish({ ...next, manifest }, alongside)) throw new Error('was overtaken');
  return { ...next, manifest, statement: '' };
}

const object = (sha256: string): Buffer => registry.object(sha256) ?? Buffer.alloc(0);
const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

/** What a terminal that holds `before` makes of the delta: its chunks by hash. Null when there is no delta. */
function applied(before: Publication, after: Publication): string[] | null {
  const target = ENTRY_LIST_MANIFEST.parse(JSON.parse(after.manifest));
  const base = ENTRY_LIST_MANIFEST.parse(JSON.parse(before.manifest));
  if (target.delta === undefined) return null;
  expect(target.delta).toMatchObject({ base: base.version, baseRoot: base.root });
  const held = new Map(base.chunks.map((hash) => [hash, object(hash)]));
  for (const patch of decodeDelta(object(target.delta.object))) {
    const from = patch.from === null ? Buffer.alloc(0) : held.get(patch.from);
    if (from === undefined) throw new Error('a patch starts from a chunk that the base lacks');
    const made = patchedChunk(from, patch);
    expect(sha256(made)).toBe(patch.to);
    held.set(patch.to, made);
  }
  return target.chunks.map((hash) => (held.has(hash) ? hash : `${hash} is missing`));
}

const change = fc.record({
  removed: fc.uniqueArray(fc.nat(ROWS - 1), { maxLength: 12 }),
  moved: fc.uniqueArray(fc.nat(ROWS - 1), { maxLength: 12 }),
  renewed: fc.uniqueArray(fc.nat(ROWS - 1), { maxLength: 12 }),
  added: fc.nat(12),
});

test('the chunks that come of a delta are those of the whole list', () => {
  const rows = Array.from({ length: ROWS }, (_, number) => ticket(number));
  let run = 0;
  let deltas = 0;
  fc.assert(
    fc.property(change, ({ removed, moved, renewed, added }) => {
      run += 1;
      const list = `list-${run}`;
      const first = commit(
        list,
        1,
        draftImport(
          registry,
          rows.slice(0, ROWS - 200),
          said(list, 1),
          { previous: undefined, newKey: false },
          NOW,
        ),
      );
      const next = rows
        .slice(0, ROWS - 200 + added)
        .map((row, at) => (moved.includes(at) ? { ...row, seat: `M-${at}` } : row))
        .map((row, at) =>
          renewed.includes(at)
            ? { ...row, fingerprint: sha256(Buffer.from(`renewed ${at}`)) }
            : row,
        )
        .filter((_, at) => !removed.includes(at));
      const second = commit(
        list,
        2,
        draftImport(registry, next, said(list, 2), { previous: first, newKey: false }, NOW),
      );
      const target = ENTRY_LIST_MANIFEST.parse(JSON.parse(second.manifest));
      const made = applied(first, second);
      if (made !== null) {
        deltas += 1;
        expect(made).toEqual(target.chunks);
      }
      const refs = target.chunks
        .flatMap((hash) => [...decodeChunk(object(hash))])
        .map(({ ref }) => ref.toString('hex'));
      expect(new Set(refs).size).toBe(next.length);
    }),
    { numRuns: 6, seed: 20_160_220 },
  );
  expect(deltas).toBeGreaterThan(3);
});

test('a row that changes its place leaves one chunk and enters another, and its delta says both', () => {
  const list = 'moves';
  const rows = Array.from({ length: ROWS }, (_, number) => ticket(number));
  const first = commit(
    list,
    1,
    draftImport(registry, rows, said(list, 1), { previous: undefined, newKey: false }, NOW),
  );
  const before = new EntryRows(registry, list).findListed('T-7');
  if (before === undefined) throw new Error('the ticket is not there');
  const changes = [{ before, after: { ...before, fingerprint: sha256(Buffer.from('new card')) } }];
  const drafted = { ...said(list, 2), rows: ROWS };
  const second = commit(
    list,
    2,
    draftChanges(registry, drafted, changes, first, NOW, () => {}),
  );
  const target = ENTRY_LIST_MANIFEST.parse(JSON.parse(second.manifest));
  expect(applied(first, second)).toEqual(target.chunks);
  expect(target.delta?.bytes).toBeLessThan(600);
  const rowsNow = target.chunks.flatMap((hash) => [...decodeChunk(object(hash))]);
  expect(rowsNow).toHaveLength(ROWS);
  expect(rowsNow.filter(({ ref }) => ref.toString('hex') === before.ref)).toHaveLength(1);
});
