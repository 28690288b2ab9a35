/**
 * Whether those whom the gate let in walk through. The ticket is theirs alone for as long as that is open
 * (`PASSAGE_HOLD_MS`); then the gate says itself what it takes to be so. Every word is a fact about the grant.
 */

import { type Fact, PASSAGE_HOLD_MS, type PassageWitness } from '../domain/fact.ts';
import type { Recorder } from '../recorder.ts';
import type { PassageHeard, TerminalParts } from '../services/service.ts';
import { DiskFullError } from '../store/ledger.ts';

/** How long after a full disk the same word is tried once more. */
const AGAIN_MS = 5_000;

type Said = PassageWitness | 'time';

export interface PassageParts {
  readonly recorder: Pick<Recorder, 'record'>;
  readonly turnstile: TerminalParts['turnstile'];
}

export class Passages {
  readonly #parts: PassageParts;
  readonly #open = new Map<number, OpenPassage>();
  /** The latest that is known; a visit hears of it late. */
  #latest: { readonly tap: number; readonly heard: PassageHeard } | null = null;

  constructor(parts: PassageParts) {
    this.#parts = parts;
  }

  /** Who will say it of the next grant. A turnstile that is gone is opened by hand: then whoever does that. */
  witness(configured: PassageWitness | 'none'): PassageWitness | null {
    if (configured === 'none') return null;
    return this.#parts.turnstile?.isOpen === true ? 'turnstile' : 'attendant';
  }

  /** Of a grant that is durable: opens the turnstile, where it is the one that will say. */
  begin(tap: number, grant: Fact): void {
    const passage = new OpenPassage(this.#parts.recorder, grant, (heard) => {
      this.#open.delete(tap);
      this.#latest = { tap, heard };
    });
    this.#open.set(tap, passage);
    const { turnstile } = this.#parts;
    if (grant.body['passage'] === 'turnstile' && turnstile !== null) {
      void passage.follow(turnstile);
    } else passage.leaveToAttendant();
  }

  watch(tap: number, heard: (what: PassageHeard) => void): () => void {
    const passage = this.#open.get(tap);
    if (passage !== undefined) return passage.watch(heard);
    if (this.#latest?.tap === tap) heard(this.#latest.heard);
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
  readonly #listeners = new Set<(heard: PassageHeard) => void>();
  readonly #onSettled: (heard: PassageHeard) => void;
  readonly #since = performance.now();
  #timer: NodeJS.Timeout | null = null;
  #isUnwatched = false;
  /** Its word is said, or it is not waited for any more. */
  #isOver = false;

  constructor(
    recorder: Pick<Recorder, 'record'>,
    grant: Fact,
    onSettled: (heard: PassageHeard) => void,
  ) {
    this.#recorder = recorder;
    this.#grant = grant;
    this.#onSettled = onSettled;
  }

  /** A turnstile that can't be opened, or that says nothing, let nobody through. */
  async follow(turnstile: NonNullable<PassageParts['turnstile']>): Promise<void> {
    const outcome = await turnstile.letThrough(PASSAGE_HOLD_MS);
    if (outcome !== 'absent') {
      this.settle(outcome === 'passed', outcome === 'silent' ? 'time' : 'turnstile');
    } else if (!this.#isOver) {
      this.#isUnwatched = true;
      this.leaveToAttendant();
      this.#tell('unwatched');
    }
  }

  /** One who says nothing let them pass: people forget keys, and nobody is let in twice for that. */
  leaveToAttendant(): void {
    const left = Math.max(0, this.#since + PASSAGE_HOLD_MS - performance.now());
    this.#timer = setTimeout(() => this.settle(true, 'time'), left).unref();
  }

  watch(listener: (heard: PassageHeard) => void): () => void {
    this.#listeners.add(listener);
    if (this.#isUnwatched) listener('unwatched');
    return () => this.#listeners.delete(listener);
  }

  /** Durable before anybody is told; the first word counts. */
  settle(passed: boolean, by: Said): void {
    if (this.#isOver) return;
    this.stop();
    this.#record(passed, by);
  }

  stop(): void {
    this.#isOver = true;
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
    const heard = passed ? 'passed' : 'not-passed';
    this.#onSettled(heard);
    this.#tell(heard);
  }

  #tell(heard: PassageHeard): void {
    for (const listener of [...this.#listeners]) listener(heard);
  }
}
