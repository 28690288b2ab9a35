/** Durable first, visible afterwards: facts go into the ledger, and only then into the journal. */

import type { EventName } from './domain/events.ts';
import type { Fact, NewFact } from './domain/fact.ts';
import type { Journal, JournalFields, JournalListener } from './journal.ts';
import { CATCH_UP_FACTS_MAX } from './journal-reader.ts';
import type { Ledger } from './store/ledger.ts';
import type { Steps } from './store/steps.ts';

export interface RecordOptions {
  /** Steps that become durable in the same transaction. */
  readonly steps?: (steps: Steps) => void;
  /** Called after the commit: what the journal says beyond the fact itself, e.g. how long the commit took. */
  readonly journal?: () => JournalFields;
}

export class Recorder {
  readonly ledger: Ledger;
  readonly #journal: Journal;
  readonly #now: () => number;
  /** What the journal says of facts beyond themselves, by number, until they are shown. */
  readonly #annotations = new Map<number, JournalFields>();

  /** `now`: ms since the epoch, for events that are no facts. */
  constructor(ledger: Ledger, journal: Journal, now: () => number) {
    this.ledger = ledger;
    this.#journal = journal;
    this.#now = now;
    // Also hears facts that a staff command wrote from another process.
    ledger.onCommit((facts) => {
      for (const fact of facts) this.#show(fact);
    });
  }

  /** One durable transaction; throws `DiskFullError`, having changed nothing. */
  record(facts: readonly NewFact[], options: RecordOptions = {}): Fact[] {
    const recorded = this.ledger.record(facts, options.steps);
    const annotation = options.journal?.();
    if (annotation !== undefined) {
      for (const fact of recorded) this.#annotations.set(fact.seq, annotation);
    }
    return recorded;
  }

  /** After a start: what was committed and not journaled any more when an earlier run was cut off. */
  showUnjournaled(lastJournaled: number): void {
    const newest = this.ledger.lastFact().seq;
    for (const fact of this.ledger.facts(Math.max(lastJournaled, newest - CATCH_UP_FACTS_MAX))) {
      this.#show(fact);
    }
  }

  /** An event that is no fact: into the journal only. */
  note(event: EventName, fields: JournalFields = {}): void {
    this.#journal.write({ event, at: new Date(this.#now()).toISOString(), fields });
  }

  /** Calls the listener with every line of the journal from now on. */
  watch(listener: JournalListener): void {
    this.#journal.watch(listener);
  }

  #show(fact: Fact): void {
    const fields = { ...fact.body, ...this.#annotations.get(fact.seq) };
    this.#annotations.delete(fact.seq);
    this.#journal.write({ event: fact.event, at: fact.at, seq: fact.seq, fields });
  }
}
