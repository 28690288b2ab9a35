/**
 * Documents that come from elsewhere, looked at apart from the daemon: one worker a document, which is ready before it is
 * needed, has its time and its memory, and is gone afterwards with all that it knew.
 */

import { Worker } from 'node:worker_threads';
import { SHEETS_MAX } from '../domain/municipal-certificate.ts';
import { DOCUMENT_BYTES_MAX } from '../link/certificate-protocol.ts';
import type { Inspected } from './pdf-pages.ts';

export interface InspectionLimits {
  /** For all pages of one document. */
  readonly totalMs: number;
  /** The worker's own heap. */
  readonly heapMib: number;
  /** What the process may grow by: the libraries keep their pages outside of any heap. */
  readonly growthBytes: number;
}

export const INSPECTION_LIMITS: InspectionLimits = {
  totalMs: 20_000,
  heapMib: 256,
  growthBytes: 512 * 1_048_576,
};
const WATCH_EVERY_MS = 50;

/** What orders need of it. */
export type Inspects = Pick<PdfInspector, 'warm' | 'inspect'>;

export class PdfInspector {
  readonly #limits: InspectionLimits;
  #next: Worker | null = null;

  constructor(limits: InspectionLimits = INSPECTION_LIMITS) {
    this.#limits = limits;
  }

  /** Has a worker load its libraries, for the next document. */
  warm(): void {
    this.#next ??= this.#start();
  }

  /** Never rejects for what a document can be; rejects with the signal's reason. */
  async inspect(pdf: Uint8Array, signal: AbortSignal): Promise<Inspected> {
    if (pdf.length > DOCUMENT_BYTES_MAX) return { usable: false, why: 'too-large' };
    this.warm();
    const worker = this.#next;
    this.#next = null;
    if (worker === null) throw new Error('no worker was started');
    worker.ref();
    try {
      return await this.#ask(worker, pdf, signal);
    } finally {
      // Not waited for: what hangs in a library is ended from outside.
      void worker.terminate();
    }
  }

  close(): void {
    void this.#next?.terminate();
    this.#next = null;
  }

  #ask(worker: Worker, pdf: Uint8Array, signal: AbortSignal): Promise<Inspected> {
    const { totalMs, growthBytes } = this.#limits;
    const before = process.memoryUsage.rss();
    const { promise, resolve, reject } = Promise.withResolvers<Inspected>();
    const end = (why: 'too-slow' | 'too-large') => resolve({ usable: false, why });
    const timer = setTimeout(end, totalMs, 'too-slow');
    const watch = setInterval(() => {
      if (process.memoryUsage.rss() - before > growthBytes) end('too-large');
    }, WATCH_EVERY_MS);
    const stop = (): void => reject(signal.reason);
    signal.addEventListener('abort', stop, { once: true });
    if (signal.aborted) stop();
    worker.once('message', resolve);
    // Also for a heap that is full: the document is to blame, and the next one gets a worker of its own.
    worker.once('error', () => end('too-large'));
    worker.once('exit', () => end('too-large'));
    worker.postMessage({ pdf, pagesMax: SHEETS_MAX });
    return promise.finally(() => {
      clearTimeout(timer);
      clearInterval(watch);
      signal.removeEventListener('abort', stop);
    });
  }

  #start(): Worker {
    const worker = new Worker(new URL('./pdf-worker.ts', import.meta.url), {
      resourceLimits: { maxOldGenerationSizeMb: this.#limits.heapMib },
    });
    // One that waits for a document keeps no process alive, and its failure is told when it is asked.
    worker.on('error', () => {});
    worker.on('exit', () => {
      if (this.#next === worker) this.#next = null;
    });
    worker.unref();
    return worker;
  }
}
