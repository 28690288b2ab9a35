/** From the chunks of revocation lists to their indexes: who signed them is checked on the way. */

import { createHash, hash, randomUUID } from 'node:crypto';
import { readFileSync, rmSync, statSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { readAnchor } from '../pki/anchor.ts';
import { MAX_CRL_ENTRIES, readCrl } from '../pki/crl-reader.ts';
import { TrustError, type TrustFault } from '../pki/trust-error.ts';
import { codeOf, headroom, isStorageFailure, publish } from './disk.ts';
import { RevocationFileError, type RevocationFileErrorCode } from './revocation-error.ts';
import { RevocationRecords } from './revocation-file.ts';

export interface CrlChunk {
  readonly sha256: string;
  readonly path: string;
}

export interface CrlOrder {
  /** Of the DER, which is all chunks one after the other. */
  readonly sha256: string;
  readonly bytes: number;
  readonly chunks: readonly CrlChunk[];
  /** Where the finished index belongs. */
  readonly path: string;
}

export interface RevocationOrder {
  /** DER of the anchors. */
  readonly anchors: readonly Uint8Array[];
  readonly lists: readonly CrlOrder[];
  /** What must stay free on the disk beside the indexes. */
  readonly spareBytes: number;
}

export type RevocationOutcome =
  /** SHA-256 of each index, in the order of the lists. */
  | { readonly built: true; readonly files: readonly string[] }
  | {
      readonly built: false;
      readonly of: 'trust';
      readonly code: TrustFault;
      readonly message: string;
    }
  | {
      readonly built: false;
      readonly of: 'file';
      readonly code: RevocationFileErrorCode;
      readonly message: string;
    };

/** The smallest entry of a list: a serial number of one octet and a UTCTime. */
const ENTRY_BYTES = 20;

function build({ anchors, lists, spareBytes }: RevocationOrder): string[] {
  const signers = anchors.map(readAnchor);
  return lists.map((list) => {
    checkBeforeReading(list, spareBytes);
    const most = Math.min(Math.ceil(list.bytes / ENTRY_BYTES), MAX_CRL_ENTRIES);
    const records = new RevocationRecords(most);
    const crl = readCrl(verifiedChunks(list), signers, (entry) => records.add(entry));
    const part = `${list.path}.${randomUUID()}.part`;
    try {
      const sha256 = records.write(part, crl);
      publish(part, list.path);
      return sha256;
    } finally {
      // Gone already when it was published.
      rmSync(part, { force: true });
    }
  });
}

/** What costs nothing to know comes first. An index is never larger than one and a half lists. */
function checkBeforeReading({ bytes, chunks, path }: CrlOrder, spareBytes: number): void {
  const size = chunks.reduce((sum, chunk, n) => sum + sizeOf(chunk, n), 0);
  if (size !== bytes) {
    throw new RevocationFileError('root', `${size} bytes, the manifest says ${bytes}`);
  }
  const free = headroom(dirname(path));
  if (free < bytes * 1.5 + spareBytes) {
    const message = `${free} bytes free, ${bytes * 1.5} and ${spareBytes} to spare needed`;
    throw new RevocationFileError('disk-full', message);
  }
}

function sizeOf({ path }: CrlChunk, number: number): number {
  const size = statSync(path, { throwIfNoEntry: false })?.size;
  if (size === undefined) throw new RevocationFileError('truncated', `chunk ${number} is missing`);
  return size;
}

/** Each chunk is compared with its hash before a byte of it is read, and all of them at the end. */
function* verifiedChunks({ sha256, chunks }: CrlOrder): Generator<Buffer> {
  const whole = createHash('sha256');
  for (const [number, chunk] of chunks.entries()) {
    const bytes = readFileSync(chunk.path);
    if (hash('sha256', bytes) !== chunk.sha256) {
      throw new RevocationFileError('chunk-hash', `chunk ${number} is another one`);
    }
    whole.update(bytes);
    yield bytes;
  }
  if (whole.digest('hex') !== sha256) {
    throw new RevocationFileError('root', 'the chunks do not give the list');
  }
}

/** An error that is expected comes as an outcome, for it may have to leave a thread. */
export function buildIndexes(order: RevocationOrder): RevocationOutcome {
  try {
    return { built: true, files: build(order) };
  } catch (error) {
    if (error instanceof TrustError) {
      return { built: false, of: 'trust', code: error.reason, message: error.message };
    }
    if (error instanceof RevocationFileError) {
      return { built: false, of: 'file', code: error.code, message: error.message };
    }
    if (isStorageFailure(error)) {
      const folder = basename(dirname(order.lists[0]?.path ?? ''));
      const message = `${folder} can't be written: ${codeOf(error)}`;
      return { built: false, of: 'file', code: 'disk-full', message };
    }
    throw error;
  }
}
