/**
 * Work that may have to wait for the world: a few jobs at a time, one of each thing; of several jobs for the same thing
 * only the newest counts; what failed for now is tried again with exponential back-off and full jitter.
 */

export type JobResult = 'done' | 'try-again';

export interface RetryQueueOptions<Job> {
  /**
   * Never rejects for what the world can do: a rejection is a defect, left unhandled on purpose. `outdated` is aborted
   * when there is a newer job: this one may end early then, and need not.
   */
  readonly run: (job: Job, signal: AbortSignal, outdated: AbortSignal) => Promise<JobResult>;
  readonly firstRetryMs: number;
  readonly longestRetryMs: number;
  /** One, unless given. */
  readonly atOnce?: number;
  /** Whether a job is no longer wanted when there is `next`; never, unless given. */
  readonly outdates?: (next: Job, job: Job) => boolean;
}

interface Entry<Job> {
  readonly job: Job;
  /** Another was given up for it, so it is not given up itself: something has to be finished at last. */
  readonly isFirm: boolean;
  failures: number;
  /** Set while the entry waits to be tried again. */
  timer: NodeJS.Timeout | null;
}

interface Running<Job> {
  readonly entry: Entry<Job>;
  readonly outdated: AbortController;
  ended: Promise<void>;
}

export class RetryQueue<Job> {
  readonly #options: RetryQueueOptions<Job>;
  readonly #waiting = new Map<string, Entry<Job>>();
  readonly #running = new Map<string, Running<Job>>();
  readonly #stop = new AbortController();
  #isAwake = false;

  constructor(options: RetryQueueOptions<Job>) {
    this.#options = options;
  }

  /** Takes the place of a waiting job of the same key, which may not outdate it; follows one that is under way. */
  offer(key: string, job: Job): void {
    if (this.#stop.signal.aborted) return;
    const old = this.#waiting.get(key);
    if (old && this.#options.outdates?.(old.job, job)) return;
    if (old?.timer) clearTimeout(old.timer);
    const isFirm = this.#giveUp(key, job) || (old?.isFirm ?? false);
    this.#waiting.set(key, { job, isFirm, failures: 0, timer: null });
    this.#wake();
  }

  /** Ends the jobs under way through their signal, forgets the others, and waits for the end. */
  async close(): Promise<void> {
    this.#stop.abort();
    for (const { timer } of this.#waiting.values()) if (timer) clearTimeout(timer);
    this.#waiting.clear();
    await Promise.all([...this.#running.values()].map(({ ended }) => ended));
  }

  #giveUp(key: string, next: Job): boolean {
    const running = this.#running.get(key);
    if (running === undefined || running.entry.isFirm) return false;
    if (this.#options.outdates?.(next, running.entry.job) !== true) return false;
    running.outdated.abort();
    return true;
  }

  #wake(): void {
    if (this.#isAwake) return;
    this.#isAwake = true;
    // First what is offered together becomes known together.
    queueMicrotask(() => {
      this.#isAwake = false;
      this.#startNext();
    });
  }

  #startNext(): void {
    const { atOnce = 1 } = this.#options;
    for (const [key, entry] of this.#waiting) {
      if (this.#stop.signal.aborted || this.#running.size >= atOnce) return;
      if (entry.timer !== null || this.#running.has(key)) continue;
      this.#waiting.delete(key);
      const outdated = new AbortController();
      const running: Running<Job> = { entry, outdated, ended: Promise.resolve() };
      this.#running.set(key, running);
      running.ended = this.#run(key, running);
    }
  }

  async #run(key: string, { entry, outdated }: Running<Job>): Promise<void> {
    const result = await this.#options.run(entry.job, this.#stop.signal, outdated.signal);
    this.#running.delete(key);
    if (result === 'try-again') this.#later(key, entry);
    this.#wake();
  }

  #later(key: string, entry: Entry<Job>): void {
    const newer = this.#waiting.get(key);
    if (this.#stop.signal.aborted) return;
    if (newer && this.#options.outdates?.(entry.job, newer.job) !== true) return;
    const { firstRetryMs, longestRetryMs } = this.#options;
    const ceiling = Math.min(longestRetryMs, firstRetryMs * 2 ** entry.failures);
    entry.failures += 1;
    this.#waiting.set(key, entry);
    entry.timer = setTimeout(() => {
      entry.timer = null;
      this.#wake();
    }, Math.random() * ceiling).unref();
  }
}
