/** The journal of a terminal of the street as it is written, with a memory: whoever waits for a line may come late. */

import type { JsonLine } from './child.ts';

/** Far more than one scenario brings forth. */
const LINES_KEPT = 5_000;

/** A place in the journal: only what is written after it counts. */
export type Mark = number;

export interface Awaited {
  /** Lines before this mark do not count; default: only lines from now on. */
  readonly since?: Mark;
  readonly limitMs: number;
  /** For the error: "the receipt". */
  readonly what: string;
}

export class TerminalJournal {
  #lines: JsonLine[] = [];
  #dropped = 0;
  readonly #listeners = new Set<(line: JsonLine) => void>();

  push(line: JsonLine): void {
    this.#lines.push(line);
    if (this.#lines.length > LINES_KEPT) {
      this.#lines.shift();
      this.#dropped += 1;
    }
    for (const listener of [...this.#listeners]) listener(line);
  }

  mark(): Mark {
    return this.#dropped + this.#lines.length;
  }

  since(mark: Mark): readonly JsonLine[] {
    return this.#lines.slice(Math.max(0, mark - this.#dropped));
  }

  /** Calls the listener with every line from now on, until the returned function is called. */
  watch(listener: (line: JsonLine) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** The first line that matches; rejects when none comes in time. */
  next(matches: (line: JsonLine) => boolean, awaited: Awaited): Promise<JsonLine> {
    const { since = this.mark(), limitMs, what } = awaited;
    const found = this.since(since).find(matches);
    if (found !== undefined) return Promise.resolve(found);
    return new Promise((resolve, reject) => {
      const unwatch = this.watch((line) => {
        if (!matches(line)) return;
        settle();
        resolve(line);
      });
      const timer = setTimeout(() => {
        settle();
        reject(new Error(`${what} did not come within ${limitMs / 1000} s`));
      }, limitMs);
      // A street that was ended in the meantime does not wait for the answer.
      timer.unref();
      const settle = (): void => {
        clearTimeout(timer);
        unwatch();
      };
    });
  }
}
