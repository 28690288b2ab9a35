/**
 * Work that may have to wait for the world: one job at a time; of several jobs for the same thing
 * only the newest counts; what failed for now is tried again with exponential back-off and full
 * jitter.
 */

export type JobResult = 'done' | 'try-again';

export interface RetryQueueOptions<Job> {
  /**
   * Never rejects for what the world can do: a rejection is a defect, left unhandled on purpose.
   */
  readonly run: (job: Job, signal: AbortSignal) => Promise<JobResult>;
  readonly firstRetryMs: number;
  readonly longestRetryMs: number;
}

interface Entry<Job> {
  readonly job: Job;
  failures: number;
  /** Set while the entry waits to be tried again. */
  timer: NodeJS.Timeout | null;
}

export class RetryQueue<Job> {
  readonly #options: RetryQueueOptions<Job>;
  readonly #waiting = new Map<string, Entry<Job>>();
  readonly #stop = new AbortController();
  #running: Promise<void> | null = null;

  constructor(options: RetryQueueOptions<Job>) {
    this.#options = options;
  }

  /**
   * Takes the place of a waiting job of the same key. A running one goes on: this one follows it.
   */
  offer(key: string, job: Job): void {
    if (this.#stop.signal.aborted) return;
    const old = this.#waiting.get(key);
    if (old?.timer) clearTimeout(old.timer);
    this.#waiting.set(key, { job, failures: 0, timer: null });
    this.#wake();
  }

  /** Ends the running job through its signal, forgets the others, and waits for the end. */
  async close(): Promise<void> {
    this.#stop.abort();
    for (const { timer } of this.#waiting.values()) if (timer) clearTimeout(timer);
    this.#waiting.clear();
    await this.#running;
  }

  #wake(): void {
    this.#running ??= this.#drain();
  }

  async #drain(): Promise<void> {
    // First what is offered together becomes known together.
    await Promise.resolve();
    for (;;) {
      const next = [...this.#waiting].find(([, entry]) => entry.timer === null);
      if (next === undefined || this.#stop.signal.aborted) {
        this.#running = null;
        return;
      }
      const [key, entry] = next;
      this.#waiting.delete(key);
      const result = await this.#options.run(entry.job, this.#stop.signal);
      if (result === 'try-again') this.#later(key, entry);
    }
  }

  #later(key: string, entry: Entry<Job>): void {
    if (this.#stop.signal.aborted || this.#waiting.has(key)) return;
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
