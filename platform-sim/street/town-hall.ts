/**
 * The municipality of the street, 汐見市: its register made of those who live here, its key, its two clerks, and its page, which
 * is a process of its own. What the clerks do here goes through the same desk as on that page.
 */

import type { Worded } from '../../src/domain/alert.ts';
import { AlertDesk, type AlertEntry } from '../alerts/alert-desk.ts';
import { Contacts } from '../contacts.ts';
import { SHIOMI_CODE } from '../evacuation/evacuee.ts';
import { publishEvacuees } from '../evacuation/evacuee-list.ts';
import { municipalityKey } from '../evacuation/municipality-keys.ts';
import { readResidentCsv } from '../evacuation/resident-csv.ts';
import { SHIOMI_DISTRICTS, SHIOMI_SHELTERS } from '../evacuation/shiomi.ts';
import type { Resident } from '../people.ts';
import { nameAlertKey } from '../root.ts';
import { offlineFolder, openKeys, openStores, type Stores } from '../stores.ts';
import { Clerks } from '../town/clerks.ts';
import { beginIncident } from '../town/incidents.ts';
import { Town } from '../town/town.ts';
import { AlertBooks, NEXT_TOWN } from './alert-books.ts';
import { Program } from './child.ts';
import { EVACUEES, homeOf, numberedResident, writeRegister } from './evacuees.ts';
import type { TownPersonShown, TownShown } from './messages.ts';
import type { Request } from './requests.ts';
import { TownFaults, type TownPower } from './town-faults.ts';

export const TOWN_PORT = 8420;
/** As `at` of a request has it. */
export const TOWN_HALL = 'town-hall';
const NAME = '汐見市';

/** Nothing is at stake: these stand on the wall. */
const CLERKS = [
  { name: '浜野 あかり', password: 'akari-no-shiomi' },
  { name: '磯部 なぎさ', password: 'nagisa-no-shiomi' },
] as const;
const ALERT_MINUTES = 180;
/** The television's district. */
const DISTRICTS = ['kawara'];

const ARRIVED: readonly string[] = ['shelter.arrived', 'shelter.came-back'];

type AlertRequest = Extract<Request, { do: 'alert' }>;

export interface TownHallOptions {
  /** Of the street, where the residents' cards are. */
  readonly directory: string;
  /** The platform's folder. */
  readonly state: string;
  /** Of the platform behind it. */
  readonly platform: TownPower;
  readonly onChange: () => void;
}

interface Opened {
  readonly stores: Stores;
  readonly contacts: Contacts;
  readonly town: Town;
  readonly desk: AlertDesk;
  readonly books: AlertBooks;
  /** Who each person of the register is on the street. */
  readonly whoIs: ReadonlyMap<string, string>;
}

export class TownHall {
  readonly faults: TownFaults;
  readonly #options: TownHallOptions;
  #opened: Opened | null = null;
  #page: Program | null = null;
  #seen = '';

  constructor(options: TownHallOptions) {
    this.#options = options;
    const { platform, onChange } = options;
    const power: TownPower = {
      cut: async () => {
        await Promise.all([this.#endPage('SIGKILL'), platform.cut()]);
      },
      restore: async () => {
        await platform.restore();
        await this.#startPage();
      },
    };
    this.faults = new TownFaults(power, onChange);
  }

  /** The platform's folder. */
  get state(): string {
    return this.#options.state;
  }

  get isDown(): boolean {
    return this.faults.isDown;
  }

  /** Before the platform runs on that folder: keys, register, the shelters' list, clerks. */
  async prepare(residents: readonly Resident[]): Promise<void> {
    const { directory, state } = this.#options;
    const csv = await writeRegister(directory, residents);
    const keys = await openKeys(state);
    await municipalityKey(state, SHIOMI_CODE);
    for (const code of [SHIOMI_CODE, NEXT_TOWN]) {
      await nameAlertKey(keys, offlineFolder(state), code, Date.now());
    }
    const stores = openStores(state);
    try {
      stores.residents.claim(SHIOMI_CODE);
      stores.residents.replace(readResidentCsv(csv, SHIOMI_DISTRICTS));
      const listed = [...stores.residents.registered()].flatMap(({ fingerprint, ...resident }) =>
        fingerprint === null ? [] : [{ ...resident, fingerprint }],
      );
      await publishEvacuees(stores.registry, keys, listed, { list: EVACUEES }, Date.now());
      const clerks = new Clerks(stores.residents.db);
      for (const { name, password } of CLERKS)
        await clerks.put({ name, role: 'operator' }, password);
    } finally {
      stores.close();
    }
  }

  /** The page, and what is shown of the town here. Rejects when the page was not built, or its port is taken. */
  async open(): Promise<void> {
    const { state } = this.#options;
    const stores = openStores(state);
    const contacts = new Contacts(state);
    const { residents, facts, alerts, plans } = stores;
    const keys = await openKeys(state);
    const now = Date.now;
    const desk = new AlertDesk({ store: alerts, keys, plans, now, onSigned: () => {} });
    const town = new Town({
      municipality: { code: SHIOMI_CODE, name: NAME },
      districts: SHIOMI_DISTRICTS,
      shelters: SHIOMI_SHELTERS,
      feed: facts,
      desk: null,
      ...{ residents, contacts, now },
    });
    const whoIs = new Map(
      [...residents.registered()].map(({ ref, number }) => [ref, numberedResident(number)]),
    );
    const books = new AlertBooks(state, keys);
    this.#opened = { stores, contacts, town, desk, books, whoIs };
    await this.#startPage();
  }

  async close(): Promise<void> {
    await this.#endPage('SIGTERM');
    this.#opened?.books.close();
    this.#opened?.contacts.close();
    this.#opened?.stores.close();
    this.#opened = null;
  }

  /** Takes up what is new, of the facts and of what clerks did at the page; resolves with whether anything is. */
  async look(): Promise<boolean> {
    await this.#opened?.town.tick();
    const seen = JSON.stringify(this.shown());
    const isNews = seen !== this.#seen;
    this.#seen = seen;
    return isNews;
  }

  /** Null while it is not open. */
  shown(): TownShown | null {
    if (this.#opened === null) return null;
    const { town, whoIs } = this.#opened;
    const { counts, shelters } = town.shared;
    const { all, help, unknown, leaving, safe, unlisted } = counts;
    return {
      name: NAME,
      url: `http://127.0.0.1:${TOWN_PORT}/`,
      isDown: this.isDown,
      clerks: CLERKS,
      counts: { all, help, unknown, leaving, safe, unlisted },
      shelters: shelters.map(({ id, name, people, capacity }) => ({ id, name, people, capacity })),
      people: [...whoIs].flatMap(([ref, who]) => this.#person(ref, who) ?? []),
      alerts: this.alerts().map(({ alert: id, level, drill, what }) => {
        return { id, level, drill, what: { ja: what.ja, en: what.en } };
      }),
      faults: this.faults.shown(),
    };
  }

  /** Null: in no register. */
  standingOf(who: string): TownPersonShown | null {
    return this.shown()?.people.find((person) => person.who === who) ?? null;
  }

  /** The reference id of somebody of the street in the register. Throws for who is in none. */
  refOf(who: string): string {
    const found = [...this.#now().whoIs].find(([, each]) => each === who);
    if (found === undefined) throw new Error(`${who} is in no register of ${NAME}`);
    return found[0];
  }

  get books(): AlertBooks {
    return this.#now().books;
  }

  /** Who was taken in at the reader of this name, and has not left for good; it is for whoever has to find them there. */
  takenInAt(terminal: string): string[] {
    const { town, whoIs } = this.#now();
    return [...whoIs].flatMap(([ref, who]) => {
      const isHere = town.standings.stateOf(ref).stays.length > 0;
      const arrivals = town.standings.courseOf(ref).filter(({ event }) => ARRIVED.includes(event));
      return isHere && arrivals.some((fact) => fact.terminal === terminal) ? [who] : [];
    });
  }

  /** What was told before is of another day. */
  begin(): void {
    const now = Date.now();
    beginIncident(this.#now().stores.residents.db, now, CLERKS[0].name, now);
    this.books.lapse();
  }

  /** Those in force, the most severe first. */
  alerts(): AlertEntry[] {
    const entries = this.#opened?.desk.list() ?? [];
    return entries
      .filter(({ standing }) => standing === 'in-force')
      .sort((a, b) => b.level - a.level);
  }

  /** What one clerk proposes and the other one consents to. Resolves with words for people. */
  async alert({ is, level = 4, drill = false }: AlertRequest): Promise<string> {
    const [by, with_] = CLERKS;
    const what = is === 'raise' ? [await this.raise({ level, drill })] : await this.#end(is);
    if (what.length === 0) throw new Error('no alert is in force');
    const done = { raise: 'raised', cancel: 'cancelled', 'all-clear': 'ended' }[is];
    const said = what.map(({ level: of, alert }) => `level ${of} (${alert})`).join(', ');
    return `${done}: ${said}; proposed by ${by.name}, ${with_.name} consented`;
  }

  /** As one order of the two clerks, for where the television is. */
  async raise(order: {
    readonly level: AlertEntry['level'];
    readonly drill?: boolean;
    readonly what?: Worded;
  }): Promise<AlertEntry> {
    const { level, drill = false, what } = order;
    const said = {
      level,
      drill,
      districts: DISTRICTS,
      minutes: ALERT_MINUTES,
      ...(what && { what }),
    };
    return this.#decide({ do: 'alert', municipality: SHIOMI_CODE, ...said });
  }

  async #end(is: 'cancel' | 'all-clear'): Promise<AlertEntry[]> {
    const ended: AlertEntry[] = [];
    for (const { alert } of this.alerts()) ended.push(await this.#decide({ do: is, alert }));
    return ended;
  }

  async #decide(order: Parameters<AlertDesk['propose']>[0]): Promise<AlertEntry> {
    if (this.isDown) throw new Error('the town hall has no power');
    const { desk } = this.#now();
    const [proposes, consents] = CLERKS;
    const { id, sha256 } = desk.propose(order, proposes.name);
    const sent = await desk.consent(id, sha256, consents.name);
    this.#options.onChange();
    return sent;
  }

  #now(): Opened {
    if (this.#opened === null) throw new Error('the town hall is not open yet');
    return this.#opened;
  }

  #person(ref: string, who: string): TownPersonShown | null {
    const person = this.#opened?.town.person(ref) ?? null;
    if (person === null) return null;
    const { standing, stays, protected: isProtected } = person;
    return {
      who,
      standing,
      // The town says nothing of where somebody protected is.
      shelters: stays.map(({ shelter }) => shelter),
      protected: isProtected,
      household: homeOf(who)?.household ?? '',
    };
  }

  async #startPage(): Promise<void> {
    let said = '';
    await new Promise<void>((resolve, reject) => {
      this.#page = new Program({
        entry: 'platform-sim/main.ts',
        args: ['town', '--state', this.#options.state, '--port', String(TOWN_PORT)],
        onLine: ({ event }) => {
          if (event === 'town.ready') resolve();
        },
        onText: (text) => {
          said += text;
        },
      });
      void this.#page.exited.then(() => reject(new Error(said.trim() || 'the page ended')));
    });
  }

  async #endPage(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    const page = this.#page;
    this.#page = null;
    if (signal === 'SIGTERM') return page?.end();
    page?.kill(signal);
    await page?.exited;
  }
}
