/** The town as the facts have it now: follows the log by its cursor, and begins anew when the register is another. */

import { revisionOf } from '../evacuation/database.ts';
import type { ResidentStore } from '../evacuation/residents.ts';
import type { FactFeed } from '../fact-log.ts';
import type { ClockOrigin } from '../fact-order.ts';
import { incidentSince } from './incidents.ts';
import { reconciledRefs } from './reconciled.ts';
import { Standings } from './standings.ts';
import { TOWN_FACTS, townFactOf } from './town-facts.ts';

/** The log, and what is known of the terminals' clocks. */
export interface TownFeed extends FactFeed {
  clockOrigins(): readonly ClockOrigin[];
}

/** What is another than before. */
export interface Followed {
  /** Everything: the register, or the day on which facts begin to count. */
  readonly isAnew: boolean;
  /** Refs, and keys of people without a row. */
  readonly touched: ReadonlySet<string>;
}

const NOTHING: Followed = { isAnew: false, touched: new Set() };

export class FollowedTown {
  readonly #feed: TownFeed;
  readonly #residents: ResidentStore;
  readonly #now: () => number;
  #standings: Standings;
  #revision = -1;
  #since = 0;
  #mark = '';
  #cursor = 0;

  constructor(feed: TownFeed, residents: ResidentStore, now: () => number) {
    this.#feed = feed;
    this.#residents = residents;
    this.#now = now;
    this.#standings = new Standings({ residents: [], now: now() });
  }

  get standings(): Standings {
    return this.#standings;
  }

  /** Since when facts count, ms since the epoch. */
  get since(): number {
    return this.#since;
  }

  /** Takes up what is new. Cheap when nothing is. */
  async tick(): Promise<Followed> {
    const revision = revisionOf(this.#residents.db);
    const isAnew = revision !== this.#revision;
    if (isAnew) this.#begin(revision);
    const mark = this.#feed.changeMark();
    if (mark === this.#mark && !isAnew) return NOTHING;
    const { upto, facts } = await this.#feed.ofEventsAfter(TOWN_FACTS, this.#cursor);
    const read = facts.flatMap((text) => townFactOf(text) ?? []);
    const touched = this.#standings.take(read, this.#feed.clockOrigins());
    this.#cursor = upto;
    this.#mark = mark;
    return { isAnew, touched };
  }

  #begin(revision: number): void {
    const { db } = this.#residents;
    this.#since = incidentSince(db);
    this.#standings = new Standings({
      residents: this.#residents.all(),
      since: this.#since,
      reconciled: reconciledRefs(db),
      now: this.#now(),
    });
    this.#revision = revision;
    this.#cursor = 0;
  }
}
