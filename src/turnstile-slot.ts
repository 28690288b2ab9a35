/** The turnstile that is open now, and what becomes of each person whom it lets through. */

import type { OpenTurnstile, PassageOutcome, Turnstile } from '../devices/turnstile/turnstile.ts';
import type { Recorder } from './recorder.ts';

/** `absent`: none is open, or it was lost in the middle: whether anybody walked through is not known then. */
export type LetThrough = PassageOutcome | 'absent';

/** What says of itself that it can't do its work, and what says that it does. */
const CONDITIONS: Partial<Record<LetThrough, string>> = {
  passed: 'ready',
  'not-passed': 'ready',
  'not-ready': 'not-ready',
  'no-answer': 'no-answer',
  silent: 'silent',
};

export class TurnstileSlot {
  readonly #open: OpenTurnstile;
  readonly #recorder: Pick<Recorder, 'note'>;
  readonly #onLost: (reason: string) => void;
  #turnstile: Turnstile | null = null;
  #condition = 'ready';
  /** One at a time: whoever comes next ends the waiting for whoever came before. */
  #underWay: { readonly end: AbortController; readonly done: Promise<unknown> } | null = null;

  constructor(
    open: OpenTurnstile,
    recorder: Pick<Recorder, 'note'>,
    onLost: (reason: string) => void,
  ) {
    this.#open = open;
    this.#recorder = recorder;
    this.#onLost = onLost;
  }

  get current(): Turnstile | null {
    return this.#turnstile;
  }

  get isOpen(): boolean {
    return this.#turnstile !== null;
  }

  /** What its latest answer says of it; `ready` before the first. */
  get condition(): string {
    return this.#condition;
  }

  async open(): Promise<void> {
    this.#turnstile = await this.#open({ onLost: (reason) => this.#onLost(reason) });
  }

  async close(): Promise<void> {
    const turnstile = this.#turnstile;
    this.#turnstile = null;
    this.#underWay?.end.abort();
    await this.#underWay?.done;
    await turnstile?.close();
  }

  /** Never rejects. Waits no longer than `limitMs` for the person. */
  async letThrough(limitMs: number): Promise<LetThrough> {
    const end = new AbortController();
    const before = this.#underWay;
    const { promise, resolve } = Promise.withResolvers<LetThrough>();
    this.#underWay = { end, done: promise };
    before?.end.abort();
    await before?.done;
    let isOver = false;
    const limit = setTimeout(() => {
      isOver = true;
      end.abort();
    }, limitMs);
    const outcome = await this.#passage(end.signal);
    clearTimeout(limit);
    if (isOver || !end.signal.aborted) this.#note(outcome);
    resolve(outcome);
    return outcome;
  }

  async #passage(signal: AbortSignal): Promise<LetThrough> {
    const turnstile = this.#turnstile;
    if (turnstile === null) return 'absent';
    try {
      const outcome = await turnstile.letThrough(signal);
      // Closed in the middle: what it would have said is not known.
      return this.#turnstile === turnstile ? outcome : 'absent';
    } catch (error) {
      this.#onLost((error as Error).message);
      return 'absent';
    }
  }

  #note(outcome: LetThrough): void {
    const condition = CONDITIONS[outcome] ?? this.#condition;
    if (condition === this.#condition) return;
    this.#condition = condition;
    this.#recorder.note('device.condition', { device: 'turnstile', condition });
  }
}
