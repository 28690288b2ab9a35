/**
 * Who is at this shelter: each asked of the ledger, and of what its other readers told, when they come; all of them counted as
 * facts are committed or heard.
 */

import type { Fact } from '../domain/fact.ts';
import { slipNumber } from '../domain/shelter-slip.ts';
import { STAY_EVENTS, type Stay, stayOf } from '../domain/shelter-stay.ts';
import { shelterTopic } from '../neighbours/told-facts.ts';
import type { Ledger } from '../store/ledger.ts';

const OF_A_STAY: ReadonlySet<string> = new Set(STAY_EVENTS);
const MARK = 'mark/';

type LedgerOfStays = Pick<Ledger, 'facts' | 'factsAbout' | 'onCommit' | 'beside'>;

export interface OfShelter {
  readonly list: string;
  readonly shelter: string;
}

interface Counted {
  readonly state: Stay['state'];
  readonly people: number;
}

export class Roster {
  readonly #ledger: LedgerOfStays;
  readonly #shelter: string;
  readonly #counted = new Map<string, Counted>();
  /** Of those without a card: who has each number. Readers that were apart may have given one to two people. */
  readonly #numbers = new Map<string, Set<string>>();
  #here = 0;
  #out = 0;

  /** Reads the whole ledger once, and what was heard. */
  constructor(ledger: LedgerOfStays, { list, shelter }: OfShelter) {
    this.#ledger = ledger;
    this.#shelter = shelter;
    const bySubject = new Map<string, Fact[]>();
    for (const facts of [ledger.facts(0), ledger.beside.told(shelterTopic(list, shelter))]) {
      for (const fact of facts) {
        const { subject } = fact;
        if (subject === null || !this.#isOfStay(fact)) continue;
        const known = bySubject.get(subject);
        if (known === undefined) bySubject.set(subject, [fact]);
        else known.push(fact);
      }
    }
    for (const [subject, facts] of bySubject) this.#count(subject, eachOnce(facts));
    ledger.onCommit((facts) => this.#hear(facts));
    ledger.beside.onHeard((facts) => this.#hear(facts));
  }

  /** `also`: whatever else the same person was taken in as. */
  stay(subject: string, also: readonly string[] = []): Stay {
    return stayOf([subject, ...also].flatMap((about) => this.#factsAbout(about)));
  }

  /** What somebody was handed here, in the order in which it was written down or heard. */
  suppliesOf(subject: string): Fact[] {
    return this.#factsAbout(subject).filter(({ event }) => event === 'shelter.supplied');
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

  /** Whose slip has this number; null: nobody's. Of two, who is here, and then who got it at this reader. */
  subjectOf(number: string): string | null {
    const subjects = [...(this.#numbers.get(number) ?? [])];
    const rankOf = (subject: string): number => {
      const isOwn = this.#ledger.factsAbout(subject, ['shelter.arrived']).length > 0;
      return (this.isExpected(subject) ? 2 : 0) + (isOwn ? 1 : 0);
    };
    return subjects.sort((a, b) => rankOf(b) - rankOf(a))[0] ?? null;
  }

  #factsAbout(subject: string): Fact[] {
    const own = this.#ledger.factsAbout(subject, STAY_EVENTS);
    // A fact of this reader may have left the ledger while what another one told of the same person is still there.
    const told = this.#ledger.beside.toldAbout(subject);
    return eachOnce([...own, ...told].filter((fact) => this.#isOfStay(fact)));
  }

  /** A reader that was moved has facts of another shelter, whose people are not here. */
  #isOfStay({ event, body }: Fact): boolean {
    return OF_A_STAY.has(event) && body['shelter'] === this.#shelter;
  }

  #hear(facts: readonly Fact[]): void {
    const changed = facts.filter((fact) => this.#isOfStay(fact));
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
    if (!isByForm) return;
    const number = slipNumber(subject.slice(MARK.length));
    this.#numbers.set(number, (this.#numbers.get(number) ?? new Set()).add(subject));
  }

  #add(counted: Counted | undefined, sign: 1 | -1): void {
    if (counted?.state === 'here') this.#here += sign * counted.people;
    if (counted?.state === 'out') this.#out += sign * counted.people;
  }
}

function eachOnce(facts: readonly Fact[]): Fact[] {
  const byName = facts.map((fact) => [`${fact.terminal} ${fact.epoch} ${fact.seq}`, fact] as const);
  return [...new Map(byName).values()];
}
