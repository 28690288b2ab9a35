/**
 * Looks whether the active lists are whole on the disk, now and then and when there is reason to doubt it, and builds a
 * damaged one again: from the chunks that are kept, which needs no network, and from those that have to be fetched.
 * Meanwhile the gate serves: who is found is found, for rows prove themselves; who is not found is not sent away.
 */

import type { EventName } from '../domain/events.ts';
import { buildListFile } from '../store/list-file.ts';
import type { ActiveList, ListShelf } from '../store/list-shelf.ts';
import { verifyAside } from '../store/list-verification.ts';
import { ChunkStore, chunkFolder } from './chunk-store.ts';
import type { FetchObject } from './object-source.ts';
import { rejectionOf } from './rejection.ts';
import { type JobResult, RetryQueue } from './retry-queue.ts';
import { saidOnce } from './said-once.ts';

export interface MenderTimes {
  /** From the start to the first look: a start has other things to do. */
  readonly firstLookMs: number;
  readonly everyMs: number;
  /** A file that was found whole is not doubted again so soon: a row may have been sealed wrongly. */
  readonly trustedMs: number;
  readonly firstRetryMs: number;
  readonly longestRetryMs: number;
}

export const MENDER_TIMES: MenderTimes = {
  firstLookMs: 600_000,
  everyMs: 86_400_000,
  trustedMs: 3_600_000,
  firstRetryMs: 1_000,
  longestRetryMs: 60_000,
};

export interface ListMenderOptions {
  readonly lists: readonly string[];
  readonly stateDirectory: string;
  readonly shelf: ListShelf;
  /** Rejects with ObjectError where there is no link. */
  readonly fetch: FetchObject;
  readonly journal: (event: EventName, fields: Readonly<Record<string, unknown>>) => void;
  readonly times?: MenderTimes;
}

export class ListMender {
  readonly #options: ListMenderOptions;
  readonly #times: MenderTimes;
  readonly #queue: RetryQueue<string>;
  /** By list, which version was found whole when, on the monotonic clock, ms. */
  readonly #whole = new Map<string, { readonly root: string; readonly at: number }>();
  /** By list, the root of a version that was found damaged: it is not read again with every attempt. */
  readonly #damaged = new Map<string, string>();
  #timer: NodeJS.Timeout;

  constructor(options: ListMenderOptions) {
    const journal = saidOnce(options.journal, () => performance.now());
    this.#options = { ...options, journal };
    this.#times = options.times ?? MENDER_TIMES;
    const { firstRetryMs, longestRetryMs, firstLookMs } = this.#times;
    this.#queue = new RetryQueue({
      ...{ firstRetryMs, longestRetryMs },
      run: (list, signal) => this.#care(list, signal),
    });
    options.shelf.watchDoubts((list) => this.#queue.offer(list, list));
    this.#timer = setTimeout(() => this.#lookAtAll(), firstLookMs).unref();
  }

  async stop(): Promise<void> {
    clearTimeout(this.#timer);
    this.#options.shelf.watchDoubts(() => {});
    await this.#queue.close();
  }

  #lookAtAll(): void {
    this.#whole.clear();
    for (const list of this.#options.lists) this.#queue.offer(list, list);
    this.#timer = setTimeout(() => this.#lookAtAll(), this.#times.everyMs).unref();
  }

  #isTrusted({ manifest: { list, root } }: ActiveList): boolean {
    const found = this.#whole.get(list);
    if (found?.root !== root || this.#options.shelf.isDamaged(list)) return false;
    return performance.now() - found.at < this.#times.trustedMs;
  }

  async #care(list: string, signal: AbortSignal): Promise<JobResult> {
    const active = this.#options.shelf.active(list);
    if (active === null || this.#isTrusted(active)) return 'done';
    const { version } = active.manifest;
    try {
      if (!(await this.#isDamaged(active, signal))) return 'done';
      await this.#mend(active, signal);
      return 'done';
    } catch (error) {
      if (signal.aborted) return 'done';
      const { reason, message } = rejectionOf(error);
      this.#options.journal('list.not-mended', { list, version, reason, detail: message });
      return 'try-again';
    }
  }

  async #isDamaged({ manifest }: ActiveList, signal: AbortSignal): Promise<boolean> {
    const { shelf, journal } = this.#options;
    const { list, version, root } = manifest;
    if (this.#damaged.get(list) === root) return true;
    const verdict = await verifyAside(shelf.pathOf(manifest), manifest, signal);
    if (verdict.whole) {
      this.#whole.set(list, { root, at: performance.now() });
      return false;
    }
    if (shelf.active(list)?.manifest.root !== root) return false;
    shelf.condemn(list, root);
    this.#damaged.set(list, root);
    journal('list.damaged', { list, version, detail: verdict.why });
    return true;
  }

  async #mend({ manifest }: ActiveList, signal: AbortSignal): Promise<void> {
    const { shelf, stateDirectory, fetch, journal } = this.#options;
    const { list, version } = manifest;
    const startedAt = performance.now();
    const chunks = new ChunkStore(chunkFolder(stateDirectory, list), fetch);
    const chunkFiles = await chunks.provide(manifest.chunks, signal);
    const path = await buildListFile({ directory: shelf.directory, manifest, chunkFiles });
    this.#damaged.delete(list);
    if (!shelf.mend(list, path)) return;
    journal('list.mended', { list, version, ms: Math.round(performance.now() - startedAt) });
  }
}
