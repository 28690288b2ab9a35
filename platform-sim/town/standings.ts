/**
 * How it stands with everybody in the municipality, by the facts of all televisions and shelters: taken in batch after batch, and
 * at each moment the same as if all facts had come at once in any other order. A fact costs the fold of its person alone.
 */

import { WHERE_MS } from '../../src/domain/evacuation.ts';
import { dayInJapan } from '../../src/domain/japan-time.ts';
import type { Evacuee } from '../evacuation/evacuee.ts';
import { bootKey, type ClockOrigin, correctedTime, isPlausibleMono } from '../fact-order.ts';
import { foldPerson, inOrder, type PersonState, type TimedFact } from './person-fold.ts';
import { SortedKeys } from './sorted-keys.ts';
import { type Tallied, Tallies } from './tallies.ts';
import type { TownFact } from './town-facts.ts';

/** From this age on somebody counts as old (後期高齢者). */
const OLD_YEARS = 75;
/** A batch of more is sorted as a whole. */
const MANY = 500;
/** Who is not accounted for: the list that saves lives, in the order in which somebody should look at it. */
const RANKS = { help: '0', unknown: '1', leaving: '2' } as const;

export interface StandingsOptions {
  readonly residents: Iterable<Evacuee>;
  /** Facts from before this moment (ms since the epoch) are of an earlier day on which people had to leave. */
  readonly since?: number;
  /** Who an arrival without a row was, as a clerk found out: by its key. */
  readonly reconciled?: ReadonlyMap<string, string>;
  /** ms since the epoch: ages are of that day. */
  readonly now: number;
}

/** Somebody who was taken in and is on no list. */
export interface Unlisted {
  /** Of the shelter and mark, or of the fact. */
  readonly key: string;
  readonly state: PersonState;
}

interface Person {
  readonly facts: Map<string, TownFact>;
  state: PersonState;
}

const NOTHING: PersonState = foldPerson([]);

export class Standings {
  readonly #residents = new Map<string, Evacuee>();
  /** Refs by household. */
  readonly #households = new Map<string, string[]>();
  readonly #since: number;
  readonly #reconciled: ReadonlyMap<string, string>;
  readonly #now: number;
  /** By ref, or by the key of somebody without a row. */
  readonly #people = new Map<string, Person>();
  readonly #tallies = new Tallies();
  readonly #open = new SortedKeys();
  readonly #origins = new Map<string, number>();
  /** Whose facts depend on what is known of a clock, by its boot. */
  readonly #byBoot = new Map<string, Set<string>>();
  /** The newest fact of a terminal at a shelter: by shelter, then terminal, ms since the epoch. */
  readonly #heard = new Map<string, Map<string, number>>();

  constructor({ residents, since = 0, reconciled = new Map(), now }: StandingsOptions) {
    this.#since = since;
    this.#reconciled = reconciled;
    this.#now = now;
    this.#open.expectMany();
    for (const resident of residents) {
      const { ref, household } = resident;
      this.#residents.set(ref, resident);
      const home = this.#households.get(household);
      if (home === undefined) this.#households.set(household, [ref]);
      else home.push(ref);
      this.#tallies.tally(this.#tallied(resident.ref, NOTHING), 1);
      this.#open.set(resident.ref, this.#openKey(resident, NOTHING));
    }
  }

  /** Returns of whom something is known anew: their ref, or their key. */
  take(facts: readonly TownFact[], origins: readonly ClockOrigin[] = []): ReadonlySet<string> {
    const touched = new Set<string>();
    for (const clock of origins) this.#noteOrigin(clock, touched);
    for (const fact of facts) this.#place(fact, touched);
    if (touched.size > MANY) this.#open.expectMany();
    for (const key of touched) this.#refold(key);
    return touched;
  }

  get size(): number {
    return this.#residents.size;
  }

  get tallies(): Omit<Tallies, 'tally'> {
    return this.#tallies;
  }

  resident(ref: string): Evacuee | null {
    return this.#residents.get(ref) ?? null;
  }

  residents(): Iterable<Evacuee> {
    return this.#residents.values();
  }

  /** Who lives with them, without them. */
  householdOf({ ref, household }: Evacuee): Evacuee[] {
    const all = this.#households.get(household) ?? [];
    return all.flatMap((other) => (other === ref ? [] : (this.#residents.get(other) ?? [])));
  }

  stateOf(ref: string): PersonState {
    return this.#people.get(ref)?.state ?? NOTHING;
  }

  /** Everything that was told of somebody, in the order in which it counts. */
  courseOf(ref: string): TimedFact[] {
    return inOrder(this.#timed(this.#people.get(ref)));
  }

  /** Refs of those who are not safe, in the order in which somebody should look at them. */
  *open(): Generator<string> {
    for (const key of this.#open.all()) yield key.slice(key.lastIndexOf(' ') + 1);
  }

  /** How many. */
  get openCount(): number {
    return this.#open.size;
  }

  /** Who is at a shelter, or was, and is on no list; in no order. */
  *unlisted(): Generator<Unlisted> {
    for (const [key, { state }] of this.#people) {
      if (!this.#residents.has(key) && state.firstArrival !== null) yield { key, state };
    }
  }

  /** Terminals that call this person. */
  terminalsOf(ref: string): string[] {
    const linked = new Set<string>();
    // Links are of no day: they stand until they are ended.
    for (const { event, terminal } of inOrder(this.#timed(this.#people.get(ref), 0))) {
      if (event === 'television.linked') linked.add(terminal);
      else if (event === 'television.unlinked') linked.delete(terminal);
    }
    return [...linked];
  }

  /**
   * Until when this terminal may name the shelter where they are, as they agreed to themselves, ms since the epoch; null: it may
   * not. Never for longer than anybody can agree to, whatever a terminal says; the end of a link ends it, too.
   */
  showsWhereUntil(ref: string, terminal: string): number | null {
    let until: number | null = null;
    for (const fact of inOrder(this.#timed(this.#people.get(ref), 0))) {
      if (fact.terminal !== terminal) continue;
      const { event, time } = fact;
      if (event === 'television.where-agreed') {
        until = fact.until && Math.min(fact.until, time + WHERE_MS);
      } else if (event === 'television.where-ended' || event === 'television.unlinked')
        until = null;
    }
    return until;
  }

  /** Whose facts come from a shelter, and when the newest one happened there (ms since the epoch). */
  terminalsAt(shelter: string): ReadonlyMap<string, number> {
    return this.#heard.get(shelter) ?? new Map();
  }

  ageOf({ born }: Evacuee): number {
    return yearsBetween(born, this.#now);
  }

  #place(fact: TownFact, touched: Set<string>): void {
    const { terminal, shelter } = fact;
    if (shelter !== null) {
      const heard = this.#heard.get(shelter) ?? new Map<string, number>();
      heard.set(terminal, Math.max(this.#timeOf(fact), heard.get(terminal) ?? 0));
      this.#heard.set(shelter, heard);
    }
    const id = `${terminal} ${fact.epoch} ${fact.seq}`;
    for (const key of this.#keysOf(fact)) {
      const person = this.#people.get(key) ?? { facts: new Map(), state: NOTHING };
      if (person.facts.has(id)) continue;
      person.facts.set(id, fact);
      this.#people.set(key, person);
      touched.add(key);
      if (fact.clock === 'synced') continue;
      const boot = bootKey(fact);
      const depending = this.#byBoot.get(boot) ?? new Set();
      this.#byBoot.set(boot, depending.add(key));
    }
  }

  #keysOf({ refs, mark, shelter, terminal, epoch, seq }: TownFact): readonly string[] {
    if (refs.length > 0) return refs;
    const own = mark === null ? `fact/${terminal}/${epoch}/${seq}` : `mark/${shelter}/${mark}`;
    return [this.#reconciled.get(own) ?? own];
  }

  #noteOrigin(clock: ClockOrigin, touched: Set<string>): void {
    const boot = bootKey(clock);
    if (this.#origins.get(boot) === clock.origin) return;
    this.#origins.set(boot, clock.origin);
    for (const key of this.#byBoot.get(boot) ?? []) touched.add(key);
  }

  #refold(key: string): void {
    const person = this.#people.get(key);
    if (person === undefined) return;
    this.#tallies.tally(this.#tallied(key, person.state), -1);
    person.state = foldPerson(this.#timed(person));
    this.#tallies.tally(this.#tallied(key, person.state), 1);
    const resident = this.#residents.get(key);
    if (resident !== undefined) this.#open.set(key, this.#openKey(resident, person.state));
  }

  #timed(person: Person | undefined, since = this.#since): TimedFact[] {
    const timed: TimedFact[] = [];
    for (const fact of person?.facts.values() ?? []) {
      const time = this.#timeOf(fact);
      // A clock that was never set says nothing of which day it was.
      if (time >= since || (fact.clock === 'unset' && !this.#isCorrected(fact))) {
        timed.push({ ...fact, time });
      }
    }
    return timed;
  }

  #isCorrected(fact: TownFact): boolean {
    return isPlausibleMono(fact.mono) && this.#origins.has(bootKey(fact));
  }

  #timeOf(fact: TownFact): number {
    return correctedTime(fact, this.#origins.get(bootKey(fact)));
  }

  #tallied(key: string, state: PersonState): Tallied {
    const resident = this.#residents.get(key);
    if (resident === undefined) return { state, listed: null };
    const { needs } = resident;
    const isOld = this.ageOf(resident) >= OLD_YEARS;
    return {
      state,
      listed: { isOld, district: resident.protected ? null : resident.district, needs },
    };
  }

  /** Help first, then those who need support, then the oldest. */
  #openKey(resident: Evacuee, { standing }: PersonState): string | null {
    if (standing === 'safe') return null;
    const { needs, support, born, kana, ref } = resident;
    const needsSupport = needs.length > 0 || support !== '' ? 0 : 1;
    return `${RANKS[standing]}${needsSupport}${born}${kana} ${ref}`;
  }
}

/** Whole years from a birthday (YYYY-MM-DD) to the day in Japan at `now`. */
function yearsBetween(born: string, now: number): number {
  const today = dayInJapan(now);
  const years = Number(today.slice(0, 4)) - Number(born.slice(0, 4));
  return today.slice(5) < born.slice(5) ? years - 1 : years;
}
