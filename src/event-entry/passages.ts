/**
 * Whether those whom the gate let in walk through. The ticket is theirs alone for as long as that is open
 * (`PASSAGE_HOLD_MS`); then the gate says itself what it takes to be so. Every word is a fact about the grant.
 */

import { type Fact, PASSAGE_HOLD_MS, type PassageWitness } from '../domain/fact.ts';
import type { Recorder } from '../recorder.ts';
import { DiskFullError } from '../store/ledger.ts';

/** How long after a full disk the same word is tried once more. */
const AGAIN_MS = 5_000;

type Said = PassageWitness | 'time';

export class Passages {
  readonly #recorder: Pick<Recorder, 'record'>;
  readonly #open = new Map<number, OpenPassage>();
  /** The latest that is known; a visit hears of it late. */
  #latest: { readonly tap: number; readonly passed: boolean } | null = null;

  constructor(recorder: Pick<Recorder, 'record'>) {
    this.#recorder = recorder;
  }

  /** Of a grant that is durable. An attendant who says nothing let them pass: people forget keys. */
  begin(tap: number, grant: Fact): void {
    const passage = new OpenPassage(this.#recorder, grant, (passed) => {
      this.#open.delete(tap);
      this.#latest = { tap, passed };
    });
    this.#open.set(tap, passage);
    passage.limit(() => passage.settle(true, 'time'));
  }

  watch(tap: number, settled: (passed: boolean) => void): () => void {
    const passage = this.#open.get(tap);
    if (passage !== undefined) return passage.watch(settled);
    if (this.#latest?.tap === tap) settled(this.#latest.passed);
    return () => {};
  }

  say(tap: number, passed: boolean): void {
    this.#open.get(tap)?.settle(passed, 'attendant');
  }

  /** As if the power had gone: what was not said stays open, and its tickets are free after the hold. */
  stop(): void {
    for (const passage of this.#open.values()) passage.stop();
    this.#open.clear();
  }
}

class OpenPassage {
  readonly #recorder: Pick<Recorder, 'record'>;
  readonly #grant: Fact;
  readonly #listeners = new Set<(passed: boolean) => void>();
  readonly #onSettled: (passed: boolean) => void;
  #timer: NodeJS.Timeout | null = null;
  #isSettled = false;

  constructor(
    recorder: Pick<Recorder, 'record'>,
    grant: Fact,
    onSettled: (passed: boolean) => void,
  ) {
    this.#recorder = recorder;
    this.#grant = grant;
    this.#onSettled = onSettled;
  }

  limit(over: () => void): void {
    this.#timer = setTimeout(over, PASSAGE_HOLD_MS).unref();
  }

  watch(listener: (passed: boolean) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Durable before anybody is told; the first word counts. */
  settle(passed: boolean, by: Said): void {
    if (this.#isSettled) return;
    this.#isSettled = true;
    this.stop();
    this.#record(passed, by);
  }

  stop(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }

  #record(passed: boolean, by: Said): void {
    const { subject, seq, body } = this.#grant;
    const { ticket, list, ref, gate } = body;
    const event = passed ? 'entry.passed' : 'entry.not-passed';
    try {
      this.#recorder.record([
        { event, subject, body: { ticket, list, ref, gate, grant: seq, by } },
      ]);
    } catch (error) {
      if (!(error instanceof DiskFullError)) throw error;
      this.#timer = setTimeout(() => this.#record(passed, by), AGAIN_MS).unref();
      return;
    }
    this.#onSettled(passed);
    for (const listener of this.#listeners) listener(passed);
  }
}
