/** Other gates of the venue, looked for by multicast DNS (RFC 6762), in a process of its own (mdns-process.ts). */

import { type ChildProcess, fork } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { reconnectDelay } from '../domain/back-off.ts';
import type { Address } from './dialler.ts';

/** What the process is started with. */
export interface Sought {
  readonly name: string;
  /** Where this gate can be called; null: it is not announced. */
  readonly listen: Address | null;
}

/** What it says: nothing of it has been checked. */
export type Found = readonly Address[];

const FOUND = z
  .array(
    z.strictObject({
      host: z.string().min(2).max(64),
      port: z.int().min(1).max(65_535),
    }),
  )
  .max(64);
const PROCESS = fileURLToPath(new URL('./mdns-process.ts', import.meta.url));
/** A process that lived so long did not end over its start. */
const STEADY_MS = 60_000;

export class Discovery {
  readonly #sought: Sought;
  readonly #onFound: (address: Address) => void;
  readonly #stop = new AbortController();
  readonly #done: Promise<void>;
  #child: ChildProcess | null = null;

  constructor(sought: Sought, onFound: (address: Address) => void) {
    this.#sought = sought;
    this.#onFound = onFound;
    this.#done = this.#keepLooking();
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    this.#child?.kill('SIGKILL');
    await this.#done;
  }

  async #keepLooking(): Promise<void> {
    const { signal } = this.#stop;
    let failures = 0;
    while (!signal.aborted) {
      const begunAt = performance.now();
      await this.#look();
      failures = performance.now() - begunAt > STEADY_MS ? 0 : failures + 1;
      await delay(reconnectDelay(failures), null, { signal }).catch(() => {});
    }
  }

  /** Resolves when the process has ended. */
  #look(): Promise<void> {
    const child = fork(PROCESS, [JSON.stringify(this.#sought)], {
      execPath: 'setpriv',
      execArgv: ['--pdeathsig', 'KILL', process.execPath],
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    });
    this.#child = child;
    child.on('message', (message) => {
      const found = FOUND.safeParse(message);
      for (const address of found.success ? found.data : []) this.#onFound(address);
    });
    return new Promise((resolve) => {
      child.once('exit', () => resolve());
      child.once('error', () => resolve());
    });
  }
}
