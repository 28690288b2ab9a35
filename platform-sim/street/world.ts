/** The street: the platform, its places with a terminal each, and residents with their cards; each program a process of its own. */

import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { SHIOMI_CODE } from '../evacuation/evacuee.ts';
import { municipalityCertificate } from '../evacuation/municipality-keys.ts';
import type { Population, Resident } from '../people.ts';
import { CentreView } from './centre-view.ts';
import { Program } from './child.ts';
import {
  addTrust,
  authorityFolder,
  permitEnrolment,
  publishList,
  settle,
  tellHolders,
  tellRenewals,
} from './city.ts';
import { CALLED_AT_HOME } from './evacuees.ts';
import type { ApplicationShown, PlatformShown, TownShown } from './messages.ts';
import { PinCounters } from './pin-counters.ts';
import { Place, type Surroundings } from './place.ts';
import { anotherShelter, GATE, isOfEvacuation, KIOSK, PLACES, type PlaceKind } from './places.ts';
import { PlatformView } from './platform-view.ts';
import type { StreetAssurance } from './requests.ts';
import { closeSheetDesk } from './sheet-desk.ts';
import { linkCards } from './television-visitor.ts';
import { canSkewClock } from './terminal.ts';
import { TownHall } from './town-hall.ts';

export const PLATFORM_PORT = 8410;
export const PLATFORM_TLS_PORT = 8411;

/** Whoever sits at the page may be faster. */
const CLERK_AFTER = '2m';

const NOTHING_KNOWN: PlatformShown = {
  facts: 0,
  newest: [],
  perMinute: [],
  entries: 0,
  doubles: 0,
  list: null,
};

export interface StreetOptions {
  readonly directory: string;
  /** Of the street's page; the screens of the terminals are on the next ones. */
  readonly port: number;
  /** What people should read, line by line. */
  readonly say: (line: string) => void;
  /** The ids of those that stand here; default: all. A street with fewer opens sooner. */
  readonly places?: readonly string[];
}

export class Street {
  readonly options: StreetOptions;
  /** In the order in which they stand. */
  readonly places: readonly Place[];
  /** Null where no terminal is about an evacuation. */
  readonly townHall: TownHall | null;
  readonly tries: PinCounters;
  /** Another one after each `reset`. */
  run = randomUUID();
  isOpening = true;
  /** The least that tonight's list asks every card for. */
  assurance: StreetAssurance = 'possession';
  #canSkewClock = false;
  readonly #platformState: string;
  readonly #listeners = new Set<() => void>();
  #population: Population = { residents: [], revoked: [], crl: Buffer.alloc(0) };
  readonly #around: Surroundings;
  #platform: Program | null = null;
  /** What stands elsewhere, while a scenario needs it; and how many there were. */
  #another: Place | null = null;
  #others = 0;
  #platformView: PlatformView | null = null;
  #centreView: CentreView | null = null;

  private constructor(options: StreetOptions) {
    this.options = options;
    const { directory, port, say } = options;
    this.#platformState = join(directory, 'platform');
    this.tries = new PinCounters(join(directory, 'pin-tries.json'));
    this.#around = {
      ...{ directory, say, pagePort: port, tries: this.tries },
      municipalityKey: municipalityCertificate(this.#platformState, SHIOMI_CODE),
      residents: () => this.residents,
      canSkewClock: () => this.#canSkewClock,
      centre: () => this.centre,
      takeFromElsewhere: (who, here) => this.#takeFromElsewhere(who, here),
      onChange: () => this.#changed(),
    };
    this.places = numbered(options.places).map(
      ([kind, number]) => new Place(kind, number, this.#around),
    );
    this.townHall = this.places.some(({ kind }) => isOfEvacuation(kind)) ? this.#townHall() : null;
  }

  /** Builds everything and resolves when every terminal serves. Yesterday's event is gone; residents keep their cards. */
  static async open(options: StreetOptions): Promise<Street> {
    const street = new Street(options);
    try {
      await street.#build();
    } catch (error) {
      await street.close();
      throw error;
    }
    return street;
  }

  get gate(): Place {
    return this.place(GATE.id);
  }

  /** Whether all of these stand here. */
  has(...ids: readonly string[]): boolean {
    return ids.every((id) => this.places.some((place) => place.id === id));
  }

  get kiosk(): Place {
    return this.place(KIOSK.id);
  }

  /** Beside the street, in no drawing: a kiosk of another shop, with all that one has, as long as `story` goes on. */
  withAnotherKiosk<Result>(story: (place: Place) => Promise<Result>): Promise<Result> {
    return this.#withAnother((number) => ({ ...KIOSK, id: `shop-${number}` }), story);
  }

  /** As the one before: the reader of another shelter. */
  withAnotherShelter<Result>(story: (place: Place) => Promise<Result>): Promise<Result> {
    return this.#withAnother((number) => anotherShelter(`hall-${number}`), story);
  }

  /** Each has a name that nobody had. */
  async #withAnother<Result>(
    kindOf: (number: number) => PlaceKind,
    story: (place: Place) => Promise<Result>,
  ): Promise<Result> {
    this.#others += 1;
    const place = new Place(kindOf(this.#others), PLACES.length, this.#around);
    this.#another = place;
    try {
      await place.clear();
      await place.open(PLATFORM_TLS_PORT);
      await this.#openTerminal(place);
      return await story(place);
    } finally {
      this.#another = null;
      await place.close();
    }
  }

  /** Without an id: the first one, which is the gate where there is one. Throws on an id that is none. */
  place(id?: string): Place {
    const found = this.places.find((place) => id === undefined || place.id === id);
    if (found !== undefined) return found;
    const known = this.places.map((place) => place.id).join(', ');
    throw new Error(`no terminal here is called "${id}"; there are: ${known}`);
  }

  get residents(): readonly Resident[] {
    return this.#population.residents;
  }

  resident(id: string): Resident {
    const found = this.residents.find(({ person }) => person.id === id);
    if (found !== undefined) return found;
    const known = this.residents.map(({ person }) => person.id).join(', ');
    throw new Error(`nobody here is called "${id}"; there are: ${known}`);
  }

  get platform(): PlatformView {
    if (this.#platformView === null) throw new Error('the street has no platform yet');
    return this.#platformView;
  }

  get centre(): CentreView {
    if (this.#centreView === null) throw new Error('the street has no centre yet');
    return this.#centreView;
  }

  /** Newest first. */
  applicationsShown(): readonly ApplicationShown[] {
    return this.#centreView?.applications() ?? [];
  }

  /** What is real and what is modelled, a line each. */
  get says(): readonly string[] {
    return this.places.flatMap(({ says }) => says);
  }

  townShown(): TownShown | null {
    return this.townHall?.shown() ?? null;
  }

  platformShown(): PlatformShown {
    return this.#platformView?.shown(Date.now()) ?? NOTHING_KNOWN;
  }

  platformHasNews(): boolean {
    return this.#platformView?.look() ?? false;
  }

  /** The place where this resident's card lies, or null. */
  placeOf(who: string): Place | null {
    return this.places.find(({ heldCard }) => heldCard === who) ?? null;
  }

  /** No card lies on any reader, or on none but those of other places. */
  async removeCards(from: readonly Place[] = this.places): Promise<void> {
    await Promise.all(from.map(({ hands }) => hands.remove()));
  }

  /** Calls the listener whenever a person changed something, until the returned function is called. */
  watch(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Publishes the tickets as the next version of the list. */
  publishList(): Promise<void> {
    return publishList(this.options.directory, this.#platformState, this.assurance);
  }

  /** Publishes the list anew, asking every card for this from then on. */
  async ask(assurance: StreetAssurance): Promise<void> {
    this.assurance = assurance;
    await this.publishList();
    this.#changed();
  }

  /** Everything from the beginning: another evening, nobody has entered, nothing is broken. */
  async reset(): Promise<void> {
    this.isOpening = true;
    this.#changed();
    await this.townHall?.faults.restore();
    await Promise.all(this.places.map((place) => place.leave()));
    await this.#closePlatform();
    this.assurance = 'possession';
    await this.#prepare();
    await this.#openTerminals();
    this.#opened();
  }

  async close(): Promise<void> {
    await this.#another?.close();
    await Promise.all(this.places.map(({ terminal }) => terminal.end()));
    await this.#closePlatform();
    await Promise.all(this.places.map((place) => place.close()));
    await closeSheetDesk();
  }

  async #closePlatform(): Promise<void> {
    await this.townHall?.close();
    this.#platformView?.close();
    this.#centreView?.close();
    this.#platformView = null;
    this.#centreView = null;
    await this.#platform?.end();
  }

  #townHall(): TownHall {
    return new TownHall({
      directory: this.options.directory,
      state: this.#platformState,
      platform: {
        cut: async () => {
          this.#platform?.kill('SIGKILL');
          await this.#platform?.exited;
        },
        restore: () => this.#startPlatform(),
      },
      onChange: () => this.#changed(),
    });
  }

  async #build(): Promise<void> {
    this.#canSkewClock = await canSkewClock();
    // Devices need no platform to be there. Both are waited for: whoever closes the street finds nothing half open.
    const built = await Promise.allSettled([this.#prepare(), this.#openPlaces()]);
    for (const part of built) if (part.status === 'rejected') throw part.reason;
    for (const line of this.says) this.options.say(line);
    await this.#openTerminals();
    this.#opened();
  }

  async #openPlaces(): Promise<void> {
    for (const place of this.places) await place.open(PLATFORM_TLS_PORT);
  }

  /** The platform with tonight's list, and an empty place for the state of each terminal. */
  async #prepare(): Promise<void> {
    const { directory } = this.options;
    await rm(this.#platformState, { recursive: true, force: true });
    for (const place of this.places) await place.clear();
    this.#population = await settle(directory);
    await addTrust(directory, this.#platformState);
    await tellRenewals(directory, this.#platformState, this.#population);
    await tellHolders(directory, this.#platformState);
    await this.publishList();
    await this.townHall?.prepare(this.residents);
    await this.#startPlatform();
    this.#platformView = new PlatformView(this.#platformState);
    this.#centreView = new CentreView(this.#platformState);
    await this.townHall?.open();
  }

  /** Terminals that nobody knows yet. */
  async #openTerminals(): Promise<void> {
    await Promise.all(this.places.map((place) => this.#openTerminal(place)));
  }

  async #openTerminal(place: Place): Promise<void> {
    const { id, terminal } = place;
    await terminal.enrol(await permitEnrolment(this.#platformState, id));
    await terminal.start();
    if (place.television !== null) await this.#linkFamily(place);
  }

  /** A street on which that fails is open all the same. */
  async #linkFamily(place: Place): Promise<void> {
    const family = CALLED_AT_HOME.map((who) => this.resident(who));
    await linkCards(place, family).catch((error: Error) => this.options.say(error.message));
  }

  async #takeFromElsewhere(who: string, here: Place): Promise<void> {
    const place = [...this.places, this.#another].find((each) => each?.heldCard === who);
    if (place && place !== here) await place.hands.remove();
  }

  #opened(): void {
    this.run = randomUUID();
    this.isOpening = false;
    this.#changed();
  }

  #changed(): void {
    for (const listener of this.#listeners) listener();
  }

  async #startPlatform(): Promise<void> {
    let said = '';
    await new Promise<void>((resolve, reject) => {
      this.#platform = new Program({
        entry: 'platform-sim/main.ts',
        args: [
          ...['serve', '--state', this.#platformState, '--port', String(PLATFORM_PORT)],
          ...['--tls-port', String(PLATFORM_TLS_PORT)],
          ...['--ocsp', authorityFolder(this.options.directory)],
          ...['--clerk-after', CLERK_AFTER, '--all-hours'],
        ],
        onLine: ({ event }) => {
          if (event === 'platform.ready') resolve();
        },
        onText: (text) => {
          said += text;
        },
      });
      void this.#platform.exited.then(() => reject(new Error(said.trim() || 'the platform ended')));
    });
  }
}

/** Each with its number, which is that of all places: its ports stay its own, whoever else is there. */
function numbered(ids?: readonly string[]): (readonly [PlaceKind, number])[] {
  const all = PLACES.map((kind, number) => [kind, number] as const);
  return all.filter(([{ id }]) => ids?.includes(id) ?? true);
}
