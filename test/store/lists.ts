/**
 * Entry lists for tests and bench: rows, chunks and the manifest over them. Needs no test runner.
 */

import { createHash, hash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { EntryListManifest } from '../../src/domain/entry-list.ts';
import { encodeChunk, type SealedRow } from '../../src/link/protocol.ts';

/** Small, fast, seeded (xorshift32): a failing test fails again. */
export function randomBytesFrom(seed: number): (length: number) => Buffer {
  let state = seed | 1;
  return (length) => {
    const bytes = Buffer.alloc(length);
    for (let at = 0; at < length; at++) {
      state ^= state << 13;
      state ^= state >>> 17;
      state ^= state << 5;
      bytes[at] = state;
    }
    return bytes;
  };
}

export interface TestList {
  readonly manifest: EntryListManifest;
  readonly chunkFiles: string[];
  readonly rows: readonly SealedRow[];
}

export interface ListShape {
  readonly version?: number;
  readonly rows?: number;
  readonly sealedBytes?: number;
  readonly chunkRows?: number;
  readonly list?: string;
}

/** Rows with random, sorted keys. */
export function testRows({ version = 1, rows = 100, sealedBytes = 40 }: ListShape): SealedRow[] {
  const random = randomBytesFrom(version * 7_919);
  return Array.from({ length: rows }, () => ({
    key: random(32),
    ref: random(16),
    sealed: random(sealedBytes),
  })).sort((a, b) => Buffer.compare(a.key, b.key));
}

/** A list whose manifest is true to its chunks, written into `folder`. */
export function testList(folder: string, shape: ListShape = {}): TestList {
  const { chunkRows = 30 } = shape;
  const rows = testRows(shape);
  const chunks: Buffer[] = [];
  for (let at = 0; at < rows.length; at += chunkRows) {
    chunks.push(encodeChunk(rows.slice(at, at + chunkRows)));
  }
  return { ...listOfChunks(folder, chunks, shape), rows };
}

/** A manifest over any chunks: `rows` is what it will claim. */
export function listOfChunks(
  folder: string,
  chunks: readonly Buffer[],
  { version = 1, rows = 100, list = 'stadium' }: ListShape = {},
): Omit<TestList, 'rows'> {
  const hashes = chunks.map((chunk) => hash('sha256', chunk));
  const chunkFiles = chunks.map((chunk, n) => {
    const path = join(folder, `${list}-${version}-${n}.chunk`);
    writeFileSync(path, chunk);
    return path;
  });
  return { manifest: manifestOf({ list, version, rows, chunks: hashes }), chunkFiles };
}

export function manifestOf(
  say: Pick<EntryListManifest, 'list' | 'version' | 'rows' | 'chunks'>,
): EntryListManifest {
  const root = createHash('sha256');
  for (const chunk of say.chunks) root.update(chunk, 'hex');
  return {
    kind: 'entry-list',
    title: 'スタジアム',
    root: root.digest('hex'),
    issuedAt: '2016-02-19T00:00:00.000Z',
    validFrom: '2016-02-19T00:00:00.000Z',
    validTo: '2016-02-21T00:00:00.000Z',
    assurance: 'identified',
    staleness: { oldAfterHours: 24, tooOldAfterHours: 72, whenTooOld: 'admit' },
    audience: [],
    place: '東ゲート',
    startsAt: null,
    ...say,
  };
}
