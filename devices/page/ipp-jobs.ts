/** The life of one job at an IPP printer: made, given its document, followed, given up, and found again by its name. */

import { setTimeout as delay } from 'node:timers/promises';
import { hasEnded, type JobView, outcomeOfJob, type PrinterView, STATUS } from './ipp.ts';
import { type IppClient, type IppLimits, IppRefusedError } from './ipp-client.ts';
import type { PageTrouble, SheetOutcome } from './page-printer.ts';

/** In milliseconds. */
export interface PageTiming extends IppLimits {
  /** Between two looks at an idle printer. */
  readonly heartbeat: number;
  /** Between two looks at a job. */
  readonly poll: number;
  /** From the document's acceptance to the job's end: a warm-up and a slow page. */
  readonly printed: number;
  /** A job that was cancelled, or belongs to an earlier run, may still take so long to end. */
  readonly ended: number;
  /** How long to wait for a printer that works on something else: it says so for a moment after a sheet, too. */
  readonly busy: number;
  /** A printer that answers nothing for so long in the middle of a job is gone. */
  readonly silent: number;
}

export const ORDINARY_PAGE_TIMING: PageTiming = {
  query: 5_000,
  document: 30_000,
  heartbeat: 2_000,
  poll: 150,
  printed: 120_000,
  ended: 15_000,
  busy: 3_000,
  silent: 20_000,
};

/** What the printer said of itself; null without an answer. */
export type Look = PrinterView | 'another-printer' | null;

export interface SheetJobsParts {
  readonly client: IppClient;
  readonly timing: PageTiming;
  /** What the printer can do about sides. */
  readonly sides: readonly string[];
  look(): Promise<Look>;
  /** Nothing more is to be waited for. */
  isClosed(): boolean;
}

export class SheetJobs {
  readonly #client: IppClient;
  readonly #timing: PageTiming;
  readonly #sides: readonly string[];
  readonly #look: () => Promise<Look>;
  readonly #isClosed: () => boolean;

  constructor({ client, timing, sides, look, isClosed }: SheetJobsParts) {
    this.#client = client;
    this.#timing = timing;
    this.#sides = sides;
    this.#look = look;
    this.#isClosed = isClosed;
  }

  /** The number of a new, empty job; one whose answer was lost is found by its name. */
  async create(
    name: string,
    known: ReadonlySet<number>,
  ): Promise<number | { readonly refused: PageTrouble }> {
    try {
      return await this.#client.createJob(name, this.#sides);
    } catch (error) {
      if (error instanceof IppRefusedError) return { refused: troubleOfStatus(error.status) };
      const jobs = await this.jobsNamed((each) => each === name, this.#timing.silent);
      const job = jobs?.find(({ id }) => !known.has(id));
      return job?.id ?? { refused: 'offline' };
    }
  }

  async send(job: number, pdf: Uint8Array): Promise<'accepted' | 'refused' | 'unanswered'> {
    try {
      await this.#client.sendDocument(job, pdf);
      return 'accepted';
    } catch (error) {
      return error instanceof IppRefusedError ? 'refused' : 'unanswered';
    }
  }

  /** Until the job ends, is cancelled, or is in trouble that needs a person. */
  async follow(job: JobView, acknowledged: boolean, signal: AbortSignal): Promise<SheetOutcome> {
    // A job that may have no document waits for one that is not going to come.
    const { printed, silent } = this.#timing;
    const deadline = performance.now() + (acknowledged ? printed : silent);
    let heard = performance.now();
    for (;;) {
      const seen = await this.#seen(job);
      if (seen === 'forgotten') return { outcome: 'unknown', reason: seen };
      if (seen !== null) {
        heard = performance.now();
        if (hasEnded(seen)) return this.#ended(seen, acknowledged);
      }
      const view = seen === null ? null : await this.#look();
      if (view === 'another-printer') return { outcome: 'unknown', reason: view };
      const now = performance.now();
      const cause = signal.aborted
        ? 'cancelled'
        : (view?.trouble ?? (now > deadline ? 'late' : null));
      if (cause !== null) return (await this.giveUp(job, acknowledged, cause)).outcome;
      const isGone = this.#isClosed() || now > heard + silent;
      if (isGone) return { outcome: 'unknown', reason: 'offline' };
      await pause(this.#timing.poll, signal);
    }
  }

  /** A printer gives a job up for a reason that it tells of itself, not of the job. */
  async #ended(job: JobView, acknowledged: boolean): Promise<SheetOutcome> {
    const outcome = outcomeOfJob(job, acknowledged, null);
    const needsCause = outcome.outcome === 'not-printed' || outcome.outcome === 'partly';
    if (!needsCause || outcome.reason !== 'aborted') return outcome;
    const view = await this.#look();
    const trouble = view === null || view === 'another-printer' ? null : view.trouble;
    return outcomeOfJob(job, acknowledged, trouble);
  }

  /** Cancels the job and waits for its end. `ended`: it can print nothing any more. */
  async giveUp(
    job: JobView,
    acknowledged: boolean,
    trouble: PageTrouble,
  ): Promise<{ readonly outcome: SheetOutcome; readonly ended: boolean }> {
    const deadline = performance.now() + this.#timing.ended;
    let isCancelled = false;
    let last = job;
    while (!this.#isClosed() && performance.now() < deadline) {
      const seen = await this.#seen(job);
      if (seen === 'forgotten') {
        return { outcome: { outcome: 'unknown', reason: seen }, ended: true };
      }
      last = seen ?? last;
      if (hasEnded(last)) break;
      isCancelled ||= seen !== null && (await this.#cancel(job.id));
      if (!isCancelled || seen === null) await pause(this.#timing.poll);
    }
    return { outcome: outcomeOfJob(last, acknowledged, trouble), ended: hasEnded(last) };
  }

  async #cancel(id: number): Promise<boolean> {
    try {
      await this.#client.cancelJob(id);
      return true;
    } catch {
      return false;
    }
  }

  /** What became of jobs of one name; null when nothing did, for there are none. */
  async earlier(jobs: readonly JobView[], acknowledged: boolean): Promise<SheetOutcome | null> {
    const outcomes: SheetOutcome[] = [];
    for (const job of jobs) {
      const ended = await this.#untilEnded(job);
      outcomes.push(
        ended === null
          ? { outcome: 'unknown', reason: 'forgotten' }
          : outcomeOfJob(ended, acknowledged, hasEnded(ended) ? null : 'busy'),
      );
    }
    return outcomes.find(({ outcome }) => outcome !== 'not-printed') ?? outcomes[0] ?? null;
  }

  async #untilEnded(job: JobView): Promise<JobView | null> {
    const deadline = performance.now() + this.#timing.ended;
    let last = job;
    while (!hasEnded(last) && !this.#isClosed() && performance.now() < deadline) {
      await pause(this.#timing.poll);
      const seen = await this.#seen(job);
      if (seen === 'forgotten') return null;
      last = seen ?? last;
    }
    return last;
  }

  /** Null without an answer. A printer that was switched off counts its jobs from 1 again: the name has to fit, too. */
  async #seen({ id, name }: JobView): Promise<JobView | 'forgotten' | null> {
    try {
      const job = await this.#client.job(id);
      return job === null || job.name !== name ? 'forgotten' : job;
    } catch {
      return null;
    }
  }

  /** Null without an answer, after trying for so long. */
  async jobsNamed(
    isWanted: (name: string) => boolean,
    patienceMs: number,
  ): Promise<readonly JobView[] | null> {
    const deadline = performance.now() + patienceMs;
    for (;;) {
      try {
        return (await this.#client.jobs()).filter(({ name }) => isWanted(name));
      } catch {
        if (this.#isClosed() || performance.now() >= deadline) return null;
        await pause(this.#timing.poll);
      }
    }
  }
}

/** Resolves early when `signal` aborts. */
export async function pause(ms: number, signal?: AbortSignal): Promise<void> {
  await delay(ms, undefined, signal === undefined ? {} : { signal }).catch(() => {});
}

function troubleOfStatus(status: number): PageTrouble {
  if (status === STATUS.busy) return 'busy';
  return status === STATUS.notAcceptingJobs ? 'stopped' : 'refused';
}
