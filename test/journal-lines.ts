/** Journal lines as they come, to be waited for by what they say. */

import { Writable } from 'node:stream';

export type Line = Readonly<Record<string, unknown>> & { readonly event: string };

/** What a line must say: every given field equal. */
export type Wanted = Readonly<Record<string, unknown>> & { readonly event: string };

/** What a loaded machine may need until a line comes that must come. */
const PATIENCE_MS = 25_000;

export class JournalLines {
  readonly all: Line[] = [];
  readonly #waiting = new Set<() => void>();
  #rest = '';

  /** Where a terminal in this process writes. */
  readonly out = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      this.push(chunk.toString('utf8'));
      done();
    },
  });

  push(text: string): void {
    const lines = (this.#rest + text).split('\n');
    this.#rest = lines.pop() ?? '';
    for (const line of lines) this.all.push(JSON.parse(line) as Line);
    for (const look of [...this.#waiting]) look();
  }

  count(wanted: Wanted): number {
    return this.all.filter((line) => says(line, wanted)).length;
  }

  /** The first such line after the first `after` lines; rejects with what came instead when none comes in time. */
  next(wanted: Wanted, after = 0, timeoutMs = PATIENCE_MS): Promise<Line> {
    return this.first((line) => says(line, wanted), after, timeoutMs, JSON.stringify(wanted));
  }

  /** As `next`, for whatever can be said of a line. */
  first(
    matches: (line: Line) => boolean,
    after = 0,
    timeoutMs = PATIENCE_MS,
    wanted = 'such a line',
  ): Promise<Line> {
    const find = (): Line | undefined => this.all.slice(after).find(matches);
    return new Promise((resolve, reject) => {
      const look = (): void => {
        const found = find();
        if (found === undefined) return;
        clearTimeout(timer);
        this.#waiting.delete(look);
        resolve(found);
      };
      const timer = setTimeout(() => {
        this.#waiting.delete(look);
        const came = this.all.slice(after).map((line) => JSON.stringify(line));
        reject(new Error(`no ${wanted} in ${timeoutMs} ms; came:\n${came.join('\n')}`));
      }, timeoutMs);
      this.#waiting.add(look);
      look();
    });
  }
}

function says(line: Line, wanted: Wanted): boolean {
  return Object.entries(wanted).every(
    ([field, value]) => JSON.stringify(line[field]) === JSON.stringify(value),
  );
}
