/** The town that the page shows: how it stands with everybody, who looks after whom, what the alerts are. One for all clerks. */

import type { Contacts } from '../contacts.ts';
import type { District, Evacuee, Shelter } from '../evacuation/evacuee.ts';
import type { ResidentStore } from '../evacuation/residents.ts';
import { Assignments } from './assignments.ts';
import type { Clerk } from './clerks.ts';
import { FollowedTown, type TownFeed } from './followed-town.ts';
import { beginIncident, incidentSince } from './incidents.ts';
import type {
  DistrictShown,
  PersonShown,
  RowShown,
  TownState,
  UnlistedShown,
  ViewAsked,
} from './messages.ts';
import { plainText } from './search.ts';
import { personOf, rowOf, shelterOf } from './shown.ts';
import type { Standings } from './standings.ts';
import type { TownAlertDesk } from './town-alert-desk.ts';

export interface TownParts {
  readonly municipality: TownState['municipality'];
  readonly districts: readonly District[];
  readonly shelters: readonly Shelter[];
  readonly feed: TownFeed;
  readonly residents: ResidentStore;
  readonly contacts: Contacts;
  /** Null: alerts are sent elsewhere. */
  readonly desk: TownAlertDesk | null;
  readonly now: () => number;
}

/** What all clerks see alike. */
export type SharedState = Omit<TownState, 'clerk' | 'idle'>;
type SharedPart = keyof SharedState;

/** What has changed: parts of the state, and whether lists may be others. */
export interface TownChange {
  readonly parts: Partial<SharedState>;
  readonly lists: boolean;
}

export class Town {
  readonly #parts: TownParts;
  readonly #followed: FollowedTown;
  readonly #assignments: Assignments;
  readonly #listeners = new Set<(change: TownChange) => void>();
  /** JSON of each part as it was told. */
  readonly #told = new Map<SharedPart, string>();
  #texts = new Map<string, string>();
  #shared: SharedState;
  #lists = false;

  constructor(parts: TownParts) {
    this.#parts = parts;
    this.#followed = new FollowedTown(parts.feed, parts.residents, parts.now);
    this.#assignments = new Assignments(parts.residents.db);
    this.#shared = this.#see();
  }

  get standings(): Standings {
    return this.#followed.standings;
  }

  get desk(): TownAlertDesk | null {
    return this.#parts.desk;
  }

  get municipality(): TownState['municipality'] {
    return this.#parts.municipality;
  }

  get shelters(): readonly Shelter[] {
    return this.#parts.shelters;
  }

  get shared(): SharedState {
    return this.#shared;
  }

  /** Until the returned function is called. */
  watch(listener: (change: TownChange) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** Takes up what is new and tells it. */
  async tick(): Promise<void> {
    const { isAnew, touched } = await this.#followed.tick();
    if (isAnew) this.#texts = new Map();
    this.#lists ||= isAnew || touched.size > 0;
    this.#tell();
  }

  /** How many there are in this view, and the refs of its window. */
  find({ district, search, from, count }: ViewAsked): {
    readonly total: number;
    readonly refs: readonly string[];
  } {
    const { standings } = this;
    const wanted = plainText(search);
    const refs: string[] = [];
    let total = 0;
    for (const ref of standings.open()) {
      if ((district !== '' || wanted !== '') && !this.#matches(ref, district, wanted)) continue;
      if (total >= from && refs.length < count) refs.push(ref);
      total += 1;
      // Without a filter, how many there are is known.
      if (district === '' && wanted === '' && refs.length === count) {
        return { total: standings.openCount, refs };
      }
    }
    return { total, refs };
  }

  /** Null: not in the register. */
  row(ref: string): RowShown | null {
    const resident = this.standings.resident(ref);
    return resident && rowOf(this.standings, this.#assignments, resident);
  }

  person(ref: string): PersonShown | null {
    const resident = this.standings.resident(ref);
    const nameOf = (id: string) => this.#parts.shelters.find((one) => one.id === id)?.name ?? id;
    return resident && personOf(this.standings, this.#assignments, resident, nameOf);
  }

  unlisted(): UnlistedShown[] {
    const found: UnlistedShown[] = [];
    for (const { key, state } of this.standings.unlisted()) {
      const [stay] = state.stays;
      if (stay === undefined) continue;
      const { shelter: id, since: at } = stay;
      const shelter = this.#parts.shelters.find((one) => one.id === id)?.name ?? id;
      found.push({ key, shelter, at, people: state.people });
    }
    return found.sort((a, b) => a.at - b.at);
  }

  assign(ref: string, who: string, { name }: Clerk): void {
    this.#assignments.note(ref, { who, by: name, at: this.#parts.now() });
    this.#lists = true;
    this.#tell();
  }

  /** Facts count from now on. `since`: until now; false: somebody else has begun, and nothing is changed. */
  async begin(since: number, { name }: Clerk): Promise<boolean> {
    const { residents, now } = this.#parts;
    if (incidentSince(residents.db) !== since) return false;
    const at = now();
    beginIncident(residents.db, at, name, at);
    await this.tick();
    return true;
  }

  #matches(ref: string, district: string, wanted: string): boolean {
    const resident = this.standings.resident(ref);
    if (resident === null) return false;
    // Where somebody protected lives is not to be found out by asking for one district after another.
    if (district !== '' && (resident.protected || resident.district !== district)) return false;
    if (wanted === '') return true;
    return (
      this.#textOf(resident).includes(wanted) ||
      plainText(this.#assignments.whoOf(ref)).includes(wanted)
    );
  }

  #textOf(resident: Evacuee): string {
    const known = this.#texts.get(resident.ref);
    if (known !== undefined) return known;
    const { name, kana, address, support } = resident;
    const said = resident.protected ? [name, kana] : [name, kana, address, support];
    const text = said.map(plainText).join(' ');
    this.#texts.set(resident.ref, text);
    return text;
  }

  #tell(): void {
    const shared = this.#see();
    this.#shared = shared;
    const parts: Partial<Record<SharedPart, unknown>> = {};
    for (const part of Object.keys(shared) as SharedPart[]) {
      const json = JSON.stringify(shared[part]);
      if (this.#told.get(part) === json) continue;
      this.#told.set(part, json);
      parts[part] = shared[part];
    }
    const lists = this.#lists;
    this.#lists = false;
    if (!lists && Object.keys(parts).length === 0) return;
    for (const listener of this.#listeners)
      listener({ parts: parts as Partial<SharedState>, lists });
  }

  #see(): SharedState {
    const { municipality, districts, shelters, contacts, desk, now } = this.#parts;
    const { standings } = this;
    const at = now();
    const known = contacts.all(at);
    return {
      municipality,
      since: this.#followed.since,
      counts: this.#counts(),
      shelters: shelters.map((shelter) => shelterOf(standings, shelter, known, at)),
      districts: districts.map((district) => this.#district(district)),
      arrivals: { minutes: standings.tallies.arrivals() },
      alerts: desk?.list() ?? null,
    };
  }

  #counts(): TownState['counts'] {
    const { standings } = this;
    const { standing, ...more } = standings.tallies.totals();
    const { unknownOld, safeAtShelter, safeByAnswer, unlisted } = more;
    let helpAssigned = 0;
    let seen = 0;
    for (const ref of standings.open()) {
      // Those who need help are on top.
      if (seen === standing.help) break;
      seen += 1;
      if (this.#assignments.whoOf(ref) !== '') helpAssigned += 1;
    }
    const all = standings.size;
    return { all, ...standing, helpAssigned, unknownOld, safeAtShelter, safeByAnswer, unlisted };
  }

  #district({ id, name }: District): DistrictShown {
    const { help, unknown, leaving, safe } = this.standings.tallies.district(id);
    const open = help + unknown + leaving;
    return { id, name, help, open, all: open + safe };
  }
}
