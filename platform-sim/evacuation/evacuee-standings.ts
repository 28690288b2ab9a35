/**
 * What the platform tells televisions of the people whom they call, and whom it pokes when that changes; and for those that only
 * look, which terminals are there. It does nothing while no municipality has brought in its register.
 */

import type { z } from 'zod';
import type { Worded } from '../../src/domain/alert.ts';
import type { STANDING_ANSWER } from '../../src/link/evacuation-protocol.ts';
import type { Plans } from '../alerts/plans.ts';
import { Contacts } from '../contacts.ts';
import { FollowedTown, type TownFeed } from '../town/followed-town.ts';
import type { Shelter } from './evacuee.ts';
import type { ResidentStore } from './residents.ts';

type StandingSaid = z.infer<typeof STANDING_ANSWER>['standings'][number];

export interface EvacueeStandingsParts {
  readonly feed: TownFeed;
  readonly residents: ResidentStore;
  readonly plans: Plans;
  /** ms since the epoch. */
  readonly now: () => number;
}

export class EvacueeStandings {
  readonly #directory: string;
  readonly #residents: ResidentStore;
  readonly #plans: Plans;
  readonly #town: FollowedTown;
  readonly #now: () => number;
  #contacts: Contacts | null = null;
  /** As they were when their terminals were last poked. */
  readonly #told = new Map<string, string>();
  #following: Promise<unknown> = Promise.resolve();
  /** Of whom something was heard since the last tick. */
  readonly #touched = new Set<string>();

  /** `directory`: the platform's folder. */
  constructor(directory: string, { feed, residents, plans, now }: EvacueeStandingsParts) {
    this.#directory = directory;
    this.#residents = residents;
    this.#plans = plans;
    this.#town = new FollowedTown(feed, residents, now);
    this.#now = now;
  }

  /** `linked`: terminals that are there. Returns those that are to ask again. */
  async tick(linked: ReadonlySet<string>): Promise<readonly string[]> {
    if (this.#contacts === null) {
      if (this.#residents.size === 0) return [];
      this.#contacts = new Contacts(this.#directory);
    }
    this.#contacts.tell(linked, this.#now());
    await this.#follow();
    const { standings } = this.#town;
    const poked = new Set<string>();
    for (const ref of this.#touched) {
      const { standing } = standings.stateOf(ref);
      const terminals = standings.terminalsOf(ref);
      const named = terminals.map((terminal) => this.#whereOf(ref, terminal)?.ja ?? '');
      const [now, before] = [[standing, ...named].join('\n'), this.#told.get(ref) ?? 'unknown'];
      if (before.trimEnd() === now.trimEnd()) continue;
      this.#told.set(ref, now);
      for (const terminal of terminals) poked.add(terminal);
    }
    this.#touched.clear();
    return [...poked].filter((terminal) => linked.has(terminal));
  }

  /**
   * Whoever is in the register no more is not in the answer. Of people whom this terminal does not call, as far as is known here,
   * nothing is told but that: its facts may be on their way.
   */
  async of(terminal: string, refs: readonly string[]): Promise<StandingSaid[]> {
    await this.#follow();
    const { standings } = this.#town;
    return refs.flatMap((ref): StandingSaid[] => {
      if (standings.resident(ref) === null) return [];
      const nothing: StandingSaid = { ref, standing: 'unknown', at: null, where: null };
      if (!standings.terminalsOf(ref).includes(terminal)) return [nothing];
      const { standing, at } = standings.stateOf(ref);
      const where = this.#whereOf(ref, terminal);
      return [{ ref, standing, at: at === null ? null : new Date(at).toISOString(), where }];
    });
  }

  /**
   * The name of the shelter where they are, at a television for which they agreed to it. Never of anybody whose whereabouts
   * nobody is told, nor of those with whom they live: where one of them is, the other may be. Null in each case, and nothing
   * tells one from the other.
   */
  #whereOf(ref: string, terminal: string): Worded | null {
    const { standings } = this.#town;
    const resident = standings.resident(ref);
    if (resident === null) return null;
    const home = [resident, ...standings.householdOf(resident)];
    if (home.some((each) => each.protected)) return null;
    const until = standings.showsWhereUntil(ref, terminal);
    if (until === null || until <= this.#now()) return null;
    const { by, stays } = standings.stateOf(ref);
    const [stay] = by === 'shelter' ? stays : [];
    const { municipality } = this.#residents;
    if (stay === undefined || municipality === null) return null;
    const { shelters } = this.#plans.planOf(municipality);
    const shelter = shelters.find(({ id }) => id === stay.shelter);
    return shelter === undefined ? null : placeNamed(shelter);
  }

  close(): void {
    this.#contacts?.close();
  }

  /** One after another: each takes up what came since the last. */
  #follow(): Promise<unknown> {
    const before = this.#following.catch(() => undefined);
    this.#following = before.then(async () => {
      const { touched } = await this.#town.tick();
      for (const ref of touched) this.#touched.add(ref);
    });
    return this.#following;
  }
}

/** As a line of a screen has room for: who does not read kanji has the kana. */
function placeNamed({ name, kana, english }: Shelter): Worded {
  return { ja: name, 'ja-simple': kana, en: english };
}
