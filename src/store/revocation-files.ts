/** Indexes of revocation lists, large ones built in a worker thread. */

import { Worker } from 'node:worker_threads';
import { TrustError } from '../pki/trust-error.ts';
import { RESERVE_BYTES, SERVICE_HEADROOM_BYTES } from './disk.ts';
import {
  buildIndexes,
  type CrlOrder,
  type RevocationOrder,
  type RevocationOutcome,
} from './revocation-build.ts';
import { RevocationFileError } from './revocation-error.ts';

export interface RevocationJob {
  /** DER of the anchors that may sign. */
  readonly anchors: readonly Uint8Array[];
  readonly lists: readonly CrlOrder[];
  /** What the build must leave free on the disk; as much as the ledger wants, unless given. */
  readonly spareBytes?: number;
}

const WORKER_HEAP_MIB = 256;
/** Some three thousand entries: a few milliseconds, where a thread takes a hundred to begin. */
const SMALL_BYTES = 131_072;

/**
 * Checks lists and makes their indexes; returns the SHA-256 of each. Rejects with TrustError when a
 * list is none or nobody here signed it, with RevocationFileError when chunks or disk are to blame.
 */
export async function buildRevocationFiles(job: RevocationJob): Promise<readonly string[]> {
  if (job.lists.length === 0) return [];
  const spareBytes = SERVICE_HEADROOM_BYTES + RESERVE_BYTES;
  const order: RevocationOrder = { spareBytes, ...job };
  const bytes = job.lists.reduce((sum, list) => sum + list.bytes, 0);
  const outcome = bytes > SMALL_BYTES ? await inWorker(order) : buildIndexes(order);
  if (outcome.built) return outcome.files;
  if (outcome.of === 'trust') throw new TrustError(outcome.code, outcome.message);
  throw new RevocationFileError(outcome.code, outcome.message);
}

function inWorker(order: RevocationOrder): Promise<RevocationOutcome> {
  const worker = new Worker(new URL('./revocation-builder.ts', import.meta.url), {
    workerData: order,
    resourceLimits: { maxOldGenerationSizeMb: WORKER_HEAP_MIB },
  });
  return new Promise((resolve, reject) => {
    worker.once('message', resolve);
    worker.once('error', reject);
    // After a message or an error this changes nothing.
    worker.once('exit', (code) => reject(new Error(`the index builder ended with ${code}`)));
  });
}
