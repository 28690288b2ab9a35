/** A whole list file read and held against its manifest, beside whatever else goes on. */

import { Worker } from 'node:worker_threads';
import type { EntryListManifest } from '../domain/entry-list.ts';
import type { ListVerdict } from './list-inspection.ts';

const WORKER_HEAP_MIB = 128;

/** As `verifyListFile`, in a worker thread. Ended early, it rejects with the signal's reason. */
export async function verifyAside(
  path: string,
  manifest: EntryListManifest,
  signal: AbortSignal,
): Promise<ListVerdict> {
  signal.throwIfAborted();
  const worker = new Worker(new URL('./list-verifier.ts', import.meta.url), {
    workerData: { path, manifest },
    resourceLimits: { maxOldGenerationSizeMb: WORKER_HEAP_MIB },
  });
  const { promise, resolve, reject } = Promise.withResolvers<ListVerdict>();
  worker.once('message', resolve);
  worker.once('error', reject);
  // After a message or an error this changes nothing.
  worker.once('exit', (code) => reject(new Error(`the list verifier ended with ${code}`)));
  const stop = (): void => {
    reject(signal.reason);
    void worker.terminate();
  };
  signal.addEventListener('abort', stop, { once: true });
  try {
    return await promise;
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
