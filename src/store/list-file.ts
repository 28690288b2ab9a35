/**
 * One version of one entry list as a read-only file: built aside, verified, renamed into place,
 * never changed.
 */

import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import Database from 'better-sqlite3';
import type { EntryListManifest } from '../domain/entry-list.ts';
import { ENTRY_LIST_MANIFEST } from '../link/protocol.ts';
import { codeOf, RESERVE_BYTES, SERVICE_HEADROOM_BYTES } from './disk.ts';
import type { BuildOrder, BuildOutcome } from './list-builder.ts';
import { ListFileError } from './list-error.ts';
import { LIST_FILE_MARK } from './list-schema.ts';

export { ListFileError, type ListFileErrorCode } from './list-error.ts';

export interface ListRow {
  /** Hex, 32 digits. */
  readonly ref: string;
  /** nonce (12) || ciphertext || tag (16); a copy of the caller's own. */
  readonly sealed: Buffer;
}

export interface ListFile {
  readonly manifest: EntryListManifest;
  /** The row of a converted value (32 bytes), or null. Throws ListFileError `damaged`. */
  find(key: Uint8Array): ListRow | null;
  close(): void;
}

export interface BuildJob {
  /** The folder of list files; must exist. */
  readonly directory: string;
  readonly manifest: EntryListManifest;
  /** The path of each chunk, in the manifest's order. */
  readonly chunkFiles: readonly string[];
  /** What the build must leave free on the disk; as much as the ledger wants, unless given. */
  readonly spareBytes?: number;
}

const CACHE_KIB = 8_192;
const WORKER_HEAP_MIB = 256;

/** `<list>.<version>.<first 12 digits of the root>.db` */
export function listFileName({ list, version, root }: EntryListManifest): string {
  return `${list}.${version}.${root.slice(0, 12)}.db`;
}

/**
 * Verifies the chunks of a list and makes its file, in a worker thread; returns its path.
 * Rejects with ListFileError, leaving nothing behind.
 */
export async function buildListFile(job: BuildJob): Promise<string> {
  const order: BuildOrder = {
    path: join(job.directory, listFileName(job.manifest)),
    manifest: job.manifest,
    chunkFiles: job.chunkFiles,
    spareBytes: job.spareBytes ?? SERVICE_HEADROOM_BYTES + RESERVE_BYTES,
  };
  const worker = new Worker(new URL('./list-builder.ts', import.meta.url), {
    workerData: order,
    resourceLimits: { maxOldGenerationSizeMb: WORKER_HEAP_MIB },
  });
  const outcome = await outcomeOf(worker);
  if (!outcome.built) throw new ListFileError(outcome.code, outcome.message);
  return order.path;
}

function outcomeOf(worker: Worker): Promise<BuildOutcome> {
  return new Promise((resolve, reject) => {
    worker.once('message', resolve);
    worker.once('error', reject);
    // After a message or an error this changes nothing.
    worker.once('exit', (code) => reject(new Error(`the list builder ended with ${code}`)));
  });
}

/**
 * Opens a finished list file. It holds a read transaction, so that a lookup costs no lock calls
 * (measured 381,000 a second against 114,000). Throws ListFileError `damaged`; rows themselves are
 * not read, for each is authenticated when it is opened with its certificate.
 */
export function openListFile(path: string): ListFile {
  let database: Database.Database | null = null;
  try {
    database = new Database(path, { readonly: true, fileMustExist: true });
    return fileOf(database, path);
  } catch (error) {
    database?.close();
    throw damaged(path, error);
  }
}

function fileOf(database: Database.Database, path: string): ListFile {
  if (database.pragma('application_id', { simple: true }) !== LIST_FILE_MARK) {
    throw new ListFileError('damaged', `${path} is no entry list`);
  }
  database.pragma(`cache_size = -${CACHE_KIB}`);
  database.exec('BEGIN');
  const manifest = manifestOf(database, path);
  const select = database.prepare<[Uint8Array], { ref: Buffer; sealed: Buffer }>(
    'SELECT ref, sealed FROM entry WHERE key = ?',
  );
  return {
    manifest,
    find(key) {
      try {
        const row = select.get(key);
        return row === undefined ? null : { ref: row.ref.toString('hex'), sealed: row.sealed };
      } catch (error) {
        throw damaged(path, error);
      }
    },
    close: () => {
      database.close();
    },
  };
}

function manifestOf(database: Database.Database, path: string): EntryListManifest {
  const head = database
    .prepare<[], { root: string; manifest: string }>('SELECT root, manifest FROM head')
    .get();
  const manifest = ENTRY_LIST_MANIFEST.safeParse(head === undefined ? null : jsonOf(head.manifest));
  if (!manifest.success || manifest.data.root !== head?.root) {
    throw new ListFileError('damaged', `${path} has no valid head`);
  }
  return manifest.data;
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/**
 * SQLite's errors while reading a file that never changes all mean that the file, or the disk
 * below, is broken.
 */
function damaged(path: string, error: unknown): unknown {
  const code = codeOf(error);
  if (!code.startsWith('SQLITE_')) return error;
  return new ListFileError('damaged', `${path} can't be read: ${code}`, { cause: error });
}
