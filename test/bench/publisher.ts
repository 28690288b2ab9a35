/** The organiser of a long list, as the bench orders it about; `publisher-process.ts` does it. */

import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** `whole`: all rows under a new key, so that no chunk stays. `move`: so many rows, all over the table, get another seat. */
export type PublishOrder =
  | { readonly do: 'whole'; readonly rows: number; readonly fingerprints: readonly string[] }
  | { readonly do: 'move'; readonly count: number };

export interface Published {
  readonly version: number;
  /** From the order to the commit. */
  readonly tookMs: number;
  /** When it was committed: ms since the epoch. */
  readonly at: number;
  /** Of the chunks that the version before does not have; null after `whole`. */
  readonly freshBytes: number | null;
}

const PROCESS = fileURLToPath(new URL('./publisher-process.ts', import.meta.url));

export class Publisher {
  readonly #child: ChildProcess;

  /** `state`: the platform's state folder. */
  constructor(state: string) {
    this.#child = fork(PROCESS, [state], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  }

  /** Resolves when the version is committed; rejects when the process ends instead. */
  async order(order: PublishOrder): Promise<Published> {
    const done = new AbortController();
    const { signal } = done;
    const ended = once(this.#child, 'exit', { signal }).then(() => {
      throw new Error('the publisher ended');
    });
    this.#child.send(order);
    try {
      const [published] = await Promise.race([once(this.#child, 'message', { signal }), ended]);
      return published as Published;
    } finally {
      done.abort();
    }
  }

  async end(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const exited = once(this.#child, 'exit');
    this.#child.disconnect();
    await exited;
  }
}
