/** What the platform knows, read from its own stores: facts in their order of arrival, entries, double entries. */

import { NOT_STOPPED } from '../../src/domain/assurance-limits.ts';
import { entriesOf } from '../effects.ts';
import { entryListManifest } from '../entry-lists.ts';
import { FactStore } from '../facts.ts';
import { Register } from '../register.ts';
import { Registry } from '../registry.ts';
import { LIST } from './city.ts';
import type { FactShown, PlatformShown } from './messages.ts';

const NEWEST_SHOWN = 12;
const MINUTES_SHOWN = 20;
const MINUTE_MS = 60_000;
/** Of one terminal and one evening; the oldest are forgotten. */
const FACTS_KEPT = 5_000;

/** A fact as it lies at the platform. */
export interface PlatformFact {
  readonly arrival: number;
  readonly terminal: string;
  readonly seq: number;
  readonly event: string;
  readonly at: string;
  readonly clock: string;
  readonly body: Readonly<Record<string, unknown>>;
}

export class PlatformView {
  readonly #store: FactStore;
  readonly #registry: Registry;
  readonly #register: Register;
  #facts: PlatformFact[] = [];
  #total = 0;
  #mark = '';

  /** `state`: the platform's folder. */
  constructor(state: string) {
    this.#store = new FactStore(state);
    this.#registry = new Registry(state);
    this.#register = new Register(state, this.#registry);
  }

  /** Reads what is new; returns whether anything is. */
  look(): boolean {
    const mark = this.#store.changeMark();
    if (mark === this.#mark) return false;
    this.#mark = mark;
    for (const { arrival, json } of this.#store.since(this.#facts.at(-1)?.arrival ?? 0)) {
      this.#facts.push({ arrival, ...(JSON.parse(json) as Omit<PlatformFact, 'arrival'>) });
      this.#total += 1;
    }
    this.#facts = this.#facts.slice(-FACTS_KEPT);
    return true;
  }

  /** Facts that arrived after this one, in order of arrival. */
  since(arrival: number): readonly PlatformFact[] {
    this.look();
    return this.#facts.filter((fact) => fact.arrival > arrival);
  }

  get lastArrival(): number {
    this.look();
    return this.#facts.at(-1)?.arrival ?? 0;
  }

  get doubles(): number {
    const entries = entriesOf(this.#store.entryFacts(LIST), this.#store.clockOrigins());
    return [...entries.values()].reduce((sum, { doubles }) => sum + doubles, 0);
  }

  /** How many questions of this service were answered. */
  answered(service: string): number {
    return this.#register.answered(service);
  }

  /** `now`: ms since the epoch. */
  shown(now: number): PlatformShown {
    const rules = { reentry: entryListManifest(this.#registry, LIST).reentry, now };
    const entries = entriesOf(this.#store.entryFacts(LIST), this.#store.clockOrigins(), [], rules);
    return {
      facts: this.#total,
      newest: this.#facts.filter(isNews).slice(-NEWEST_SHOWN).reverse().map(shownFact),
      perMinute: this.#perMinute(now),
      entries: entries.size,
      doubles: [...entries.values()].reduce((sum, { doubles }) => sum + doubles, 0),
      list: this.#list(),
    };
  }

  close(): void {
    this.#store.close();
    this.#register.close();
    this.#registry.close();
  }

  #list(): PlatformShown['list'] {
    const { version, assurance } = entryListManifest(this.#registry, LIST);
    return { version, assurance, notStopped: NOT_STOPPED[assurance] };
  }

  #perMinute(now: number): number[] {
    const minutes = new Array<number>(MINUTES_SHOWN).fill(0);
    const thisMinute = Math.floor(now / MINUTE_MS);
    for (const { event, at } of this.#facts) {
      if (event !== 'entry.granted') continue;
      const index = MINUTES_SHOWN - 1 - (thisMinute - Math.floor(Date.parse(at) / MINUTE_MS));
      if (minutes[index] !== undefined) minutes[index] += 1;
    }
    return minutes;
  }
}

/** That a paper is about to be printed is a fact, and no news beside what became of it. */
function isNews({ event }: PlatformFact): boolean {
  return event !== 'print.intent';
}

function shownFact({ arrival, at, terminal, event, body }: PlatformFact): FactShown {
  const text = (value: unknown) => (typeof value === 'string' ? value : null);
  return {
    arrival,
    at,
    terminal,
    event,
    reason: text(body['reason']),
    ticket: text(body['ticket']),
  };
}
