/** What the street does when asked, and what it says: the same for commands and for pages. */

import { NOT_STOPPED } from '../../src/domain/assurance-limits.ts';
import { obeyAtKiosk, verified } from './at-the-kiosk.ts';
import { evacuationIn, obeyAtTown, townHallOf } from './at-the-town.ts';
import type { Board } from './board.ts';
import type { Faults } from './faults.ts';
import type { Health, PlaceShown, ScenarioShown } from './messages.ts';
import type { Place } from './place.ts';
import type { Player } from './player.ts';
import { describeTap } from './report.ts';
import type { Request } from './requests.ts';
import { isTownFault } from './town-faults.ts';
import { TOWN_HALL } from './town-hall.ts';
import { walkThrough } from './walk.ts';
import type { Street } from './world.ts';

export class Doing {
  readonly #street: Street;
  readonly #player: Player;
  readonly #board: Board;
  readonly #say: (line: string) => void;
  #walking = false;

  constructor(street: Street, player: Player, board: Board, say: (line: string) => void) {
    this.#street = street;
    this.#player = player;
    this.#board = board;
    this.#say = say;
  }

  /** Resolves with words for people; rejects with why not. */
  async obey(request: Request): Promise<string> {
    const looks = this.#look(request);
    if (looks !== null) return looks;
    if (this.#street.isOpening) throw new Error('the street is being built: a moment');
    if (this.#player.playing !== null) {
      throw new Error(`the scenario "${this.#player.playing}" is being played`);
    }
    if (this.#walking) throw new Error('the residents are coming by, one after the other');
    return this.#act(request);
  }

  /** Null for what changes something. */
  #look(request: Request): string | Promise<string> | null {
    const { residents, places } = this.#street;
    switch (request.do) {
      case 'people':
        return residents
          .map(
            ({ person: { id, name, decisions } }) =>
              `${id.padEnd(18)} ${name}  ${decisions.join(', then ')}`,
          )
          .join('\n');
      case 'papers':
        return allPapers(places);
      case 'scenarios':
        return this.#player.shown().map(describeScenario).join('\n');
      case 'health':
        return this.#board.state().places.map(describeHealth).join('\n');
      case 'platform':
        return this.#platform();
      case 'evacuation':
        return evacuationIn(this.#street);
      case 'verify':
        return verified(this.#street, request.code);
      case 'verify-paper': {
        const pdf = this.#board.pdfOf(request.paper);
        if (pdf === null) throw new Error(`paper ${request.paper} is no certificate`);
        return verified(this.#street, pdf);
      }
      default:
        return null;
    }
  }

  async #act(request: Request): Promise<string> {
    const street = this.#street;
    switch (request.do) {
      case 'tap':
        return this.#tap(request.who, street.place(request.at), request.early === true);
      case 'hold':
        await street.place(request.at).hold(street.resident(request.who));
        return `the card of ${request.who} lies on the reader`;
      case 'remove':
        await street.removeCards(placesMeant(street, request));
        return 'no card lies on the reader';
      case 'fault':
        return this.#told(await faultsAt(street, request.at).apply(request.name));
      case 'restore':
        return this.#told(await mend(street, request));
      case 'play':
        return describeOutcome(await this.#player.play(request.name));
      case 'assurance':
        await street.ask(request.level);
        return this.#told(
          `the list asks for "${request.level}" now: ${NOT_STOPPED[request.level].en}`,
        );
      case 'reset-pin':
        return this.#resetPin(request.who);
      case 'walk':
        return this.#walk();
      case 'reset':
        this.#player.forget();
        await street.reset();
        return this.#told('another evening: nobody has entered, nothing is broken');
      default: {
        const said = (await obeyAtTown(street, request)) ?? (await obeyAtKiosk(street, request));
        if (said === null) throw new Error(`the street does not know "${request.do}"`);
        this.#board.changed();
        return said;
      }
    }
  }

  async #tap(who: string, place: Place, early: boolean): Promise<string> {
    const resident = this.#street.resident(who);
    if (place.television !== null) {
      await place.hold(resident);
      return `the card of ${who} rests on the remote control`;
    }
    const text = describeTap(resident.person, await place.tap(resident, { early }));
    this.#say(text);
    return text;
  }

  /** A card that lies on a reader is taken away for it: a chip is reset at the window, not at a gate. */
  async #resetPin(who: string): Promise<string> {
    const { person } = this.#street.resident(who);
    await this.#street.placeOf(person.id)?.hands.remove();
    this.#street.tries.reset(person.id);
    return this.#told(`the municipality has reset the PIN of ${person.id}: three tries`);
  }

  async #walk(): Promise<string> {
    this.#walking = true;
    const lines: string[] = [];
    try {
      const { wrong } = await walkThrough(this.#street, (line) => {
        lines.push(line);
        this.#say(line);
      });
      lines.push(wrong.length === 0 ? 'every decision was right' : 'A DECISION WAS WRONG');
    } finally {
      this.#walking = false;
    }
    return lines.join('\n');
  }

  #told(text: string): string {
    this.#say(`          * ${text}`);
    return text;
  }

  #platform(): string {
    const { facts, entries, doubles, perMinute, newest, list } = this.#street.platformShown();
    const lines = newest.map(({ at, terminal, event, reason, ticket }) =>
      [at, terminal, event, reason, ticket].filter((part) => part !== null).join('  '),
    );
    const count = `${facts} facts, ${entries} entries, ${doubles} double entries`;
    const asks =
      list === null
        ? 'no list'
        : `list version ${list.version} asks for "${list.assurance}": ${list.notStopped.en}`;
    return [count, asks, `entries per minute: ${perMinute.join(' ')}`, ...lines].join('\n');
  }
}

/** Without a name: all of them. */
function placesMeant(street: Street, { at }: { readonly at?: string }): readonly Place[] {
  return at === undefined ? street.places : [street.place(at)];
}

async function allPapers(places: readonly Place[]): Promise<string> {
  const papers = await Promise.all(places.map((place) => place.newPapers(0)));
  return papers
    .flat()
    .map(({ text }) => text)
    .join('\n\n');
}

function faultsAt(street: Street, at?: string): Pick<Faults, 'apply'> {
  return at === TOWN_HALL ? townHallOf(street).faults : street.place(at).faults;
}

/** Without a terminal: at all of them, and at the town hall. */
async function mend(
  street: Street,
  { name, at }: { readonly name?: string; readonly at?: string },
): Promise<string> {
  const mended: string[] = [];
  const isEverywhere = at === undefined;
  // First, as terminals serve sooner when the platform is there.
  if (at === TOWN_HALL || (isEverywhere && (name === undefined || isTownFault(name)))) {
    mended.push(...((await street.townHall?.faults.restore(name)) ?? []));
  }
  if (at !== TOWN_HALL && !isTownFault(name)) {
    for (const { faults } of placesMeant(street, at === undefined ? {} : { at })) {
      mended.push(...(await faults.restore(name)));
    }
  }
  return mended.length === 0 ? 'nothing was broken' : `mended: ${mended.join(', ')}`;
}

function describeHealth(place: PlaceShown): string {
  const { list, waiting, ...levels } = place.health;
  const age = list?.contact ? ` (not confirmed since ${list.contact})` : '';
  const known = list === null ? 'none' : `version ${list.version}${age}`;
  const said: Readonly<Record<keyof Health, string>> = {
    ...levels,
    list: known,
    waiting: `${waiting} facts`,
  };
  return [
    `${place.id}: ${place.state}${place.reason === null ? '' : ` (${place.reason})`}`,
    ...place.levels.map((level) => `  ${level.padEnd(8)} ${said[level]}`),
    `  card     ${place.held ?? 'none'}`,
  ].join('\n');
}

function describeScenario({ name, state, title, source }: ScenarioShown): string {
  return `${name.padEnd(18)} ${state.padEnd(11)} ${title.en}${source === null ? '' : ` (${source.en})`}`;
}

/** Rejecting is for what could not be played; a scenario that was not proved says so. */
function describeOutcome({ name, state, proved, seen }: ScenarioShown): string {
  const lines = proved.map(({ ja, en }) => `  ○ ${en}  ${ja}`);
  const verdict = state === 'proved' ? 'PROVED' : `NOT PROVED: ${seen}`;
  return [`${name}: ${verdict}`, ...lines].join('\n');
}
