/** Counts that are sums over people: each person adds what they are, and takes it back before they become something else. */

import type { Need, Supply } from '../../src/domain/evacuation.ts';
import type { PersonState, Standing } from './person-fold.ts';

export type ByStanding = Record<Standing, number>;

export interface Totals {
  readonly standing: ByStanding;
  /** Of those of whom nothing is known: 75 years or older. */
  readonly unknownOld: number;
  readonly safeAtShelter: number;
  readonly safeByAnswer: number;
  /** People at shelters who are on no list. */
  readonly unlisted: number;
}

export interface ShelterTally {
  /** Taken in and not gone for good; those who are out are among them. */
  readonly people: number;
  readonly out: number;
  /** Of them: on no list. */
  readonly unlisted: number;
  readonly needs: Partial<Record<Need, number>>;
  /** By day (Japan), then kind. */
  readonly handed: ReadonlyMap<string, Partial<Record<Supply, number>>>;
}

/** What is added for somebody. */
export interface Tallied {
  readonly state: PersonState;
  /** Null: on no list. */
  readonly listed: {
    readonly isOld: boolean;
    /** Null: whose whereabouts nobody is told. */
    readonly district: string | null;
    readonly needs: readonly Need[];
  } | null;
}

const MINUTE_MS = 60_000;
const emptyStandings = (): ByStanding => ({ help: 0, unknown: 0, leaving: 0, safe: 0 });

interface MutableShelter {
  people: number;
  out: number;
  unlisted: number;
  readonly needs: Partial<Record<Need, number>>;
  readonly handed: Map<string, Partial<Record<Supply, number>>>;
}

export class Tallies {
  readonly standing = emptyStandings();
  readonly #districts = new Map<string, ByStanding>();
  readonly #shelters = new Map<string, MutableShelter>();
  /** By minute since the epoch. */
  readonly #arrivals = new Map<number, number>();
  unknownOld = 0;
  safeAtShelter = 0;
  safeByAnswer = 0;
  unlisted = 0;

  /** `sign`: 1 adds, -1 takes back what the same person added. */
  tally({ state, listed }: Tallied, sign: 1 | -1): void {
    const { people, firstArrival, stays, handed } = state;
    if (listed !== null) this.#tallyListed(state, listed, sign);
    const [stay] = stays;
    if (stay !== undefined) {
      const shelter = this.#shelter(stay.shelter);
      shelter.people += sign * people;
      if (stay.out) shelter.out += sign * people;
      if (listed === null) {
        shelter.unlisted += sign * people;
        this.unlisted += sign * people;
      }
      for (const need of state.needs ?? listed?.needs ?? []) {
        addTo(shelter.needs, need, sign);
      }
    }
    for (const { shelter, day, kind, count } of handed) {
      const days = this.#shelter(shelter).handed;
      const kinds = days.get(day) ?? {};
      addTo(kinds, kind, sign * count);
      if (Object.keys(kinds).length === 0) days.delete(day);
      else days.set(day, kinds);
    }
    if (firstArrival !== null) {
      const minute = Math.floor(firstArrival / MINUTE_MS);
      const count = (this.#arrivals.get(minute) ?? 0) + sign * people;
      if (count === 0) this.#arrivals.delete(minute);
      else this.#arrivals.set(minute, count);
    }
  }

  totals(): Totals {
    const { unknownOld, safeAtShelter, safeByAnswer, unlisted } = this;
    return { standing: { ...this.standing }, unknownOld, safeAtShelter, safeByAnswer, unlisted };
  }

  shelter(id: string): ShelterTally {
    return (
      this.#shelters.get(id) ?? { people: 0, out: 0, unlisted: 0, needs: {}, handed: new Map() }
    );
  }

  /** Every shelter of which something was told. */
  shelterIds(): string[] {
    return [...this.#shelters.keys()].sort();
  }

  district(id: string): ByStanding {
    return { ...(this.#districts.get(id) ?? emptyStandings()) };
  }

  /** People by the minute (since the epoch) in which they came to a shelter for the first time, in order. */
  arrivals(): (readonly [minute: number, people: number])[] {
    return [...this.#arrivals].sort(([a], [b]) => a - b);
  }

  #tallyListed(
    { standing, by }: PersonState,
    { isOld, district }: NonNullable<Tallied['listed']>,
    sign: 1 | -1,
  ): void {
    this.standing[standing] += sign;
    if (standing === 'unknown' && isOld) this.unknownOld += sign;
    if (by === 'shelter') this.safeAtShelter += sign;
    if (by === 'answer') this.safeByAnswer += sign;
    if (district === null) return;
    const there = this.#districts.get(district) ?? emptyStandings();
    there[standing] += sign;
    this.#districts.set(district, there);
  }

  #shelter(id: string): MutableShelter {
    const known = this.#shelters.get(id);
    if (known !== undefined) return known;
    const shelter = { people: 0, out: 0, unlisted: 0, needs: {}, handed: new Map() };
    this.#shelters.set(id, shelter);
    return shelter;
  }
}

function addTo<Key extends string>(
  counts: Partial<Record<Key, number>>,
  key: Key,
  count: number,
): void {
  const sum = (counts[key] ?? 0) + count;
  if (sum === 0) delete counts[key];
  else counts[key] = sum;
}
