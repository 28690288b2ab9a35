/**
 * Documents that come from elsewhere, looked at apart from the daemon: one process a document, which is ready before it is
 * needed, has its time and its memory, and is gone afterwards with all that it knew.
 *
 * A process, not a worker of this one: when a worker that used WebAssembly is taken down, V8 ends the whole process now and
 * then (nodejs/node#64500, `jit_page_->allocations_.erase(addr) == 1`), and with it a kiosk in the middle of an order.
 */

import { type ChildProcess, fork } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { SHEETS_MAX } from '../domain/municipal-certificate.ts';
import { DOCUMENT_BYTES_MAX } from '../link/certificate-protocol.ts';
import type { Inspected } from './pdf-pages.ts';
import type { InspectionOrder } from './pdf-process.ts';

export interface InspectionLimits {
  /** For all pages of one document. */
  readonly totalMs: number;
  /** The process's own heap. */
  readonly heapMib: number;
  /** What the process may have in memory at all: the libraries keep their pages outside of any heap. */
  readonly residentBytes: number;
}

export const INSPECTION_LIMITS: InspectionLimits = {
  totalMs: 20_000,
  heapMib: 256,
  residentBytes: 768 * 1_048_576,
};
const WATCH_EVERY_MS = 50;
const PROCESS = fileURLToPath(new URL('./pdf-process.ts', import.meta.url));
/** Of every architecture that is packaged; what /proc counts in. */
const PAGE_BYTES = 4_096;

/** What orders need of it. */
export type Inspects = Pick<PdfInspector, 'warm' | 'inspect'>;

export class PdfInspector {
  readonly #limits: InspectionLimits;
  #next: ChildProcess | null = null;

  constructor(limits: InspectionLimits = INSPECTION_LIMITS) {
    this.#limits = limits;
  }

  /** Has a process load its libraries, for the next document. */
  warm(): void {
    this.#next ??= this.#start();
  }

  /** Never rejects for what a document can be; rejects with the signal's reason. */
  async inspect(pdf: Uint8Array, signal: AbortSignal): Promise<Inspected> {
    if (pdf.length > DOCUMENT_BYTES_MAX) return { usable: false, why: 'too-large' };
    this.warm();
    const child = this.#next;
    this.#next = null;
    if (child === null) throw new Error('no process was started');
    child.ref();
    try {
      return await this.#ask(child, pdf, signal);
    } finally {
      // Not asked to end: what hangs in a library hears of nothing.
      child.kill('SIGKILL');
    }
  }

  close(): void {
    this.#next?.kill('SIGKILL');
    this.#next = null;
  }

  #ask(child: ChildProcess, pdf: Uint8Array, signal: AbortSignal): Promise<Inspected> {
    const { totalMs, residentBytes } = this.#limits;
    const { promise, resolve, reject } = Promise.withResolvers<Inspected>();
    const end = (why: 'too-slow' | 'too-large') => resolve({ usable: false, why });
    const timer = setTimeout(end, totalMs, 'too-slow');
    const watch = setInterval(() => {
      if (residentBytesOf(child) > residentBytes) end('too-large');
    }, WATCH_EVERY_MS);
    const stop = (): void => reject(signal.reason);
    signal.addEventListener('abort', stop, { once: true });
    if (signal.aborted) stop();
    child.once('message', (inspected) => resolve(inspected as unknown as Inspected));
    // Also for a heap that is full: the document is to blame, and the next one gets a process of its own.
    child.once('exit', () => end('too-large'));
    child.once('error', () => end('too-large'));
    const order: InspectionOrder = { pdf, pagesMax: SHEETS_MAX };
    // One that is gone already is told by its exit.
    child.send(order, () => undefined);
    return promise.finally(() => {
      clearTimeout(timer);
      clearInterval(watch);
      signal.removeEventListener('abort', stop);
    });
  }

  #start(): ChildProcess {
    // The kernel ends it together with the daemon, also where it hears of nothing.
    const child = fork(PROCESS, {
      execPath: 'setpriv',
      execArgv: [
        ...['--pdeathsig', 'KILL', process.execPath],
        `--max-old-space-size=${this.#limits.heapMib}`,
      ],
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    });
    // One that waits for a document keeps no process alive, and its failure is told when it is asked.
    child.on('error', () => {});
    child.on('exit', () => {
      if (this.#next === child) this.#next = null;
    });
    child.unref();
    child.channel?.unref();
    return child;
  }
}

/** 0 for a process that is gone. */
function residentBytesOf({ pid }: ChildProcess): number {
  try {
    const [, resident] = readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ');
    return Number(resident) * PAGE_BYTES;
  } catch {
    return 0;
  }
}
