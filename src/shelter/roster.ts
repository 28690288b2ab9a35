/** Who is at this shelter: each asked of the ledger when they come, all of them counted as facts are committed. */

import type { Fact } from '../domain/fact.ts';
import { slipNumber } from '../domain/shelter-slip.ts';
import { STAY_EVENTS, type Stay, stayOf } from '../domain/shelter-stay.ts';
import type { Ledger } from '../store/ledger.ts';

const OF_A_STAY: ReadonlySet<string> = new Set(STAY_EVENTS);
const MARK = 'mark/';

type LedgerOfStays = Pick<Ledger, 'facts' | 'factsAbout' | 'onCommit' | 'beside'>;

interface Counted {
  readonly state: Stay['state'];
  readonly people: number;
}

export class Roster {
  readonly #ledger: LedgerOfStays;
  readonly #counted = new Map<string, Counted>();
  /** Of those without a card: the subject of each number. */
  readonly #numbers = new Map<string, string>();
  #here = 0;
  #out = 0;

  /** Reads the whole ledger once. */
  constructor(ledger: LedgerOfStays) {
    this.#ledger = ledger;
    const bySubject = new Map<string, Fact[]>();
    for (const fact of ledger.facts(0)) {
      const { event, subject } = fact;
      if (subject === null || !OF_A_STAY.has(event)) continue;
      const known = bySubject.get(subject);
      if (known === undefined) bySubject.set(subject, [fact]);
      else known.push(fact);
    }
    for (const [subject, facts] of bySubject) this.#count(subject, facts);
    ledger.onCommit((facts) => this.#hear(facts));
  }

  stay(subject: string): Stay {
    return stayOf(this.#factsAbout(subject));
  }

  /** People who are here now, and who went out and come back. */
  get people(): { readonly here: number; readonly out: number } {
    return { here: this.#here, out: this.#out };
  }

  /** Whether somebody is here or comes back: what is known of them still decides. */
  isExpected(subject: string): boolean {
    const state = this.#counted.get(subject)?.state;
    return state === 'here' || state === 'out';
  }

  /** Whose slip has this number; null: nobody's. */
  subjectOf(number: string): string | null {
    return this.#numbers.get(number) ?? null;
  }

  #factsAbout(subject: string): Fact[] {
    const own = this.#ledger.factsAbout(subject, STAY_EVENTS);
    return [...own, ...this.#ledger.beside.factsAbout(subject)];
  }

  #hear(facts: readonly Fact[]): void {
    const changed = facts.filter(({ event }) => OF_A_STAY.has(event));
    for (const subject of new Set(changed.flatMap((fact) => fact.subject ?? []))) {
      this.#count(subject, this.#factsAbout(subject));
    }
  }

  #count(subject: string, facts: readonly Fact[]): void {
    this.#add(this.#counted.get(subject), -1);
    const { state, people } = stayOf(facts);
    const counted = { state, people };
    this.#counted.set(subject, counted);
    this.#add(counted, 1);
    const isByForm = facts.some(({ event, body }) => {
      return event === 'shelter.arrived' && body['by'] === 'form';
    });
    if (isByForm) this.#numbers.set(slipNumber(subject.slice(MARK.length)), subject);
  }

  #add(counted: Counted | undefined, sign: 1 | -1): void {
    if (counted?.state === 'here') this.#here += sign * counted.people;
    if (counted?.state === 'out') this.#out += sign * counted.people;
  }
}
