/**
 * The list files of a folder for somebody who only looks: nothing is changed, locked or removed, so that it works beside a
 * running daemon and on a folder that was copied.
 */

import { createHash, hash } from 'node:crypto';
import { existsSync, statSync } from 'node:fs';
import { basename } from 'node:path';
import Database from 'better-sqlite3';
import type { EntryListManifest } from '../domain/entry-list.ts';
import { encodeChunk, LIMITS, type SealedRow } from '../link/protocol.ts';
import { codeOf } from './disk.ts';
import { ListConfirmations } from './list-confirmations.ts';
import { ListFileError } from './list-error.ts';
import { listFileName, openListFile } from './list-file.ts';
import { type Found, filesIn } from './list-shelf.ts';

/** One file. `confirmedAt`: ms since the epoch. */
export type KeptList = Found & { readonly bytes: number } & (
    | { readonly manifest: EntryListManifest; readonly confirmedAt: number }
    /** Damaged. */
    | { readonly manifest: null; readonly why: string }
  );

/** `whole`: every row is what the manifest's chunks say. */
export type ListVerdict =
  | { readonly whole: true; readonly rows: number; readonly chunks: number }
  | { readonly whole: false; readonly why: string };

const KEY_BYTES = 32;
const REF_BYTES = 16;
/** Nonce and tag, with nothing between them. */
const SEALED_BYTES_MIN = 28;
const SEALED_BYTES_MAX = 65_535;

/** By list, the newest version first. Throws what the file system throws, where there is no such folder. */
export function keptLists(directory: string): KeptList[] {
  return filesIn(directory)
    .sort((a, b) => a.list.localeCompare(b.list) || b.version - a.version)
    .flatMap((found) => lookAt(directory, found) ?? []);
}

/** Null when the daemon has removed it meanwhile. */
function lookAt(directory: string, found: Found): KeptList | null {
  const bytes = statSync(found.path, { throwIfNoEntry: false })?.size;
  if (bytes === undefined) return null;
  try {
    const { manifest, close } = openListFile(found.path);
    close();
    if (listFileName(manifest) !== basename(found.path)) {
      return { ...found, bytes, manifest: null, why: 'it does not hold what its name says' };
    }
    return {
      ...found,
      bytes,
      manifest,
      confirmedAt: new ListConfirmations(directory).of(manifest),
    };
  } catch (error) {
    if (!(error instanceof ListFileError)) throw error;
    return existsSync(found.path) ? { ...found, bytes, manifest: null, why: whyOf(error) } : null;
  }
}

/**
 * Reads every row and holds it against the hashes of the chunks, these against the root, and the pages of the file against
 * each other. Whether the manifest was signed was found when it came; the file does not keep the signature. Takes ten
 * seconds for a million rows.
 */
export function verifyListFile(path: string, manifest: EntryListManifest): ListVerdict {
  let database: Database.Database | null = null;
  try {
    database = new Database(path, { readonly: true, fileMustExist: true });
    const said = database.pragma('integrity_check(1)', { simple: true });
    const why =
      said === 'ok' ? flawOf(rowsOf(database), manifest) : String(said).replaceAll('\n', ' ');
    if (why !== null) return { whole: false, why };
    return { whole: true, rows: manifest.rows, chunks: manifest.chunks.length };
  } catch (error) {
    if (!codeOf(error).startsWith('SQLITE_')) throw error;
    return { whole: false, why: `it can't be read: ${codeOf(error)}` };
  } finally {
    database?.close();
  }
}

function rowsOf(database: Database.Database): IterableIterator<SealedRow> {
  return database
    .prepare<[], SealedRow>('SELECT key, ref, sealed FROM entry ORDER BY key')
    .iterate();
}

/** Null: none. Where a chunk ends, the file does not say; its hash does. */
function flawOf(rows: Iterable<SealedRow>, { chunks, root, rows: said }: EntryListManifest) {
  let [count, whole, bytes] = [0, 0, 0];
  let chunk = createHash('sha256');
  for (const row of rows) {
    count += 1;
    if (!isRow(row)) return `row ${count} is none`;
    const encoded = encodeChunk([row]);
    chunk.update(encoded);
    bytes += encoded.length;
    if (chunk.copy().digest('hex') === chunks[whole]) {
      [whole, bytes] = [whole + 1, 0];
      chunk = createHash('sha256');
    }
    if (bytes > LIMITS.chunkBytes) break;
  }
  if (bytes > 0 || whole < chunks.length) {
    return `the rows are not those of chunk ${whole + 1} of ${chunks.length}`;
  }
  if (count !== said) return `${count} rows, the manifest says ${said}`;
  const found = hash('sha256', Buffer.from(chunks.join(''), 'hex'));
  return found === root ? null : 'the chunk hashes do not give the root';
}

function isRow({ key, ref, sealed }: SealedRow): boolean {
  const isSealed = sealed.length >= SEALED_BYTES_MIN && sealed.length <= SEALED_BYTES_MAX;
  return key.length === KEY_BYTES && ref.length === REF_BYTES && isSealed;
}

/** A file's own path is for whoever asked to say. */
function whyOf({ cause, message }: ListFileError): string {
  const code = codeOf(cause);
  return code === '' ? message.replace(/^.*\.db /u, 'it ') : `it can't be read: ${code}`;
}
