/** Where sheets that came out are looked at: drawn from their PDF dot by dot, and their codes checked. */

import { Worker } from 'node:worker_threads';
import type { PaperVerdict } from '../municipality/verify-paper.ts';
import type { DrawnSheet, SheetCalls, SheetSaid } from './sheet-thread.ts';

type Answer = DrawnSheet | PaperVerdict;

class SheetDesk {
  readonly #open = new Map<number, PromiseWithResolvers<Answer>>();
  #worker: Worker | null = null;
  #last = 0;

  ask<Name extends keyof SheetCalls>(
    name: Name,
    asked: SheetCalls[Name]['asked'],
  ): Promise<SheetCalls[Name]['said']> {
    this.#worker ??= this.#begin();
    this.#last += 1;
    const answer = Promise.withResolvers<Answer>();
    this.#open.set(this.#last, answer);
    this.#worker.postMessage({ id: this.#last, name, asked });
    return answer.promise as Promise<SheetCalls[Name]['said']>;
  }

  #begin(): Worker {
    const worker = new Worker(new URL('./sheet-thread.ts', import.meta.url));
    worker.on('message', (said: SheetSaid) => {
      const answer = this.#open.get(said.id);
      this.#open.delete(said.id);
      if ('failed' in said) answer?.reject(new Error(said.failed));
      else answer?.resolve(said.said);
    });
    worker.on('error', (error) => this.#end(error));
    return worker;
  }

  async close(): Promise<void> {
    await this.#worker?.terminate();
    this.#end(new Error('the street is closed'));
  }

  /** The next call begins another thread. */
  #end(error: unknown): void {
    this.#worker = null;
    for (const answer of this.#open.values()) answer.reject(error);
    this.#open.clear();
  }
}

const DESK = new SheetDesk();

/** Ends the thread: until then, it keeps the process. */
export function closeSheetDesk(): Promise<void> {
  return DESK.close();
}

/** Rejects for what is no document. */
export function drawSheet(pdf: Uint8Array): Promise<DrawnSheet> {
  return DESK.ask('draw', { pdf });
}

/** `paper`: a PDF, or the text of a code. `keys`: the folder of the platform's keys. Rejects for what is no document. */
export function verifySheets(paper: string | Uint8Array, keys: string): Promise<PaperVerdict> {
  return DESK.ask('verify', { paper, keys });
}
