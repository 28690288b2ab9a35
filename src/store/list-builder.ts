/**
 * The worker of `buildListFile`: verifies the chunks of a list and writes them into a file of their
 * own.
 *
 * A worker with a file of its own, because one million rows written into the ledger's file stalled
 * the commit of a fact for up to 2.3 s, and on the main thread nothing would answer for seconds.
 */

import { createHash, hash, randomUUID } from 'node:crypto';
import { readFileSync, rmSync, statSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import Database from 'better-sqlite3';
import type { EntryListManifest } from '../domain/entry-list.ts';
import { CHUNK_BYTES, decodeChunk, LIST_ROWS, type SealedRow } from '../link/chunk-protocol.ts';
import { codeOf, headroom, isStorageFailure, publish, writeDurably } from './disk.ts';
import { ListFileError, type ListFileErrorCode } from './list-error.ts';
import { LIST_FILE_MARK, LIST_FILE_SCHEMA } from './list-schema.ts';

export interface BuildOrder {
  /** Where the finished file belongs. */
  readonly path: string;
  readonly manifest: EntryListManifest;
  readonly chunkFiles: readonly string[];
  /** What must stay free on the disk beside the list. */
  readonly spareBytes: number;
}

export type BuildOutcome =
  | { readonly built: true }
  | { readonly built: false; readonly code: ListFileErrorCode; readonly message: string };

/** Rows per transaction: keeps what SQLite holds in memory small. */
const SLICE = 10_000;
/** Before a row's ciphertext: key, reference id, length. */
const ROW_HEAD_BYTES = 50;

function build(order: BuildOrder): void {
  checkBeforeReading(order);
  const part = `${order.path}.${randomUUID()}.part`;
  try {
    writeDurably(part, '');
    const database = new Database(part);
    try {
      fill(database, order);
    } finally {
      database.close();
    }
    publish(part, order.path);
  } finally {
    // Gone already when it was published.
    rmSync(part, { force: true });
  }
}

/**
 * What costs nothing to know comes first: a manifest that lies must not cost minutes or the disk.
 */
function checkBeforeReading({ path, manifest, chunkFiles, spareBytes }: BuildOrder): void {
  if (manifest.rows > LIST_ROWS) {
    throw new ListFileError('too-large', `${manifest.rows} rows, ${LIST_ROWS} at most`);
  }
  if (chunkFiles.length !== manifest.chunks.length) {
    const message = `${chunkFiles.length} chunks of ${manifest.chunks.length}`;
    throw new ListFileError('truncated', message);
  }
  const root = createHash('sha256');
  for (const chunk of manifest.chunks) root.update(chunk, 'hex');
  if (root.digest('hex') !== manifest.root) {
    throw new ListFileError('root', 'the chunk hashes do not give the root');
  }
  const bytes = chunkFiles.reduce((sum, file, n) => sum + chunkSize(file, n), 0);
  if (bytes < manifest.rows * ROW_HEAD_BYTES) {
    throw new ListFileError('rows', `${bytes} bytes can't hold ${manifest.rows} rows`);
  }
  const free = headroom(dirname(path));
  if (free < bytes + spareBytes) {
    const message = `${free} bytes free, ${bytes} and ${spareBytes} to spare needed`;
    throw new ListFileError('disk-full', message);
  }
}

function chunkSize(file: string, number: number): number {
  const size = statSync(file, { throwIfNoEntry: false })?.size;
  if (size === undefined) throw new ListFileError('truncated', `chunk ${number} is missing`);
  if (size > CHUNK_BYTES) {
    throw new ListFileError('too-large', `chunk ${number} has ${size} bytes`);
  }
  return size;
}

function fill(database: Database.Database, { manifest, chunkFiles }: BuildOrder): void {
  // Nothing to roll back to: a build that fails is deleted, one that ends is synced before
  // it gets its name.
  database.pragma('journal_mode = OFF');
  database.pragma('synchronous = OFF');
  database.pragma('locking_mode = EXCLUSIVE');
  database.pragma(`application_id = ${LIST_FILE_MARK}`);
  database.exec(LIST_FILE_SCHEMA);
  const insert = database.prepare<[Buffer, Buffer, Buffer]>('INSERT INTO entry VALUES (?, ?, ?)');
  let rows = 0;
  database.exec('BEGIN');
  for (const row of verifiedRows(manifest, chunkFiles)) {
    insert.run(row.key, row.ref, row.sealed);
    rows += 1;
    if (rows % SLICE === 0) database.exec('COMMIT; BEGIN');
  }
  if (rows !== manifest.rows) {
    throw new ListFileError('rows', `${rows} rows, the manifest says ${manifest.rows}`);
  }
  database
    .prepare('INSERT INTO head (one, root, manifest) VALUES (1, ?, ?)')
    .run(manifest.root, JSON.stringify(manifest));
  database.exec('COMMIT');
}

/** The rows of every chunk, each chunk compared with its hash before a row of it is believed. */
function* verifiedRows(
  manifest: EntryListManifest,
  chunkFiles: readonly string[],
): Generator<SealedRow> {
  let last: Buffer = Buffer.alloc(0);
  let rows = 0;
  for (const [number, file] of chunkFiles.entries()) {
    const chunk = readFileSync(file);
    if (hash('sha256', chunk) !== manifest.chunks[number]) {
      throw new ListFileError('chunk-hash', `chunk ${number} is not what the manifest names`);
    }
    for (const row of rowsOf(chunk, number)) {
      if (Buffer.compare(last, row.key) >= 0) {
        throw new ListFileError('order', `row ${rows} does not follow the one before it`);
      }
      if (rows === manifest.rows) {
        throw new ListFileError('rows', `more rows than the manifest's ${manifest.rows}`);
      }
      last = row.key;
      rows += 1;
      yield row;
    }
  }
}

function* rowsOf(chunk: Buffer, number: number): Generator<SealedRow> {
  try {
    yield* decodeChunk(chunk);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new ListFileError('row', `chunk ${number}: ${error.message}`);
  }
}

function outcomeOf(order: BuildOrder): BuildOutcome {
  try {
    build(order);
    return { built: true };
  } catch (error) {
    if (error instanceof ListFileError) {
      return { built: false, code: error.code, message: error.message };
    }
    if (isStorageFailure(error)) {
      const message = `${basename(order.path)} can't be written: ${codeOf(error)}`;
      return { built: false, code: 'disk-full', message };
    }
    throw error;
  }
}

parentPort?.postMessage(outcomeOf(workerData));
