/** What scenarios of an evacuation have in common: the living room, the shelter, the town hall, and a day that begins anew. */

import type { Screen } from '../../src/domain/screen.ts';
import type { AlertEntry } from '../alerts/alert-desk.ts';
import type { Resident } from '../people.ts';
import { townHallOf } from './at-the-town.ts';
import type { JsonLine } from './child.ts';
import { CALLED_AT_HOME } from './evacuees.ts';
import type { Mark } from './journal.ts';
import type { Place } from './place.ts';
import { SHELTER, SHELTER_BESIDE, TELEVISION } from './places.ts';
import type { PlatformFact } from './platform-view.ts';
import { leaveShelter } from './shelter-visitor.ts';
import type { Stage } from './stage.ts';
import type { TownHall } from './town-hall.ts';

type AlertScreen = Extract<Screen, { screen: 'tv-alert' }>;

/** The terminals that they need. */
export const EVACUATION = [TELEVISION.id, SHELTER.id] as const;

const LINE_MS_MAX = 60_000;
const TAKEN_IN: readonly unknown[] = ['shelter.arrived', 'shelter.came-back'];

export class EvacuationStage {
  readonly stage: Stage;
  readonly tv: Stage;
  readonly shelter: Stage;
  readonly townHall: TownHall;

  constructor(stage: Stage) {
    this.stage = stage;
    this.tv = stage.at(TELEVISION.id);
    this.shelter = stage.at(SHELTER.id);
    this.townHall = townHallOf(stage.street);
  }

  /** Nobody is at a shelter, no alert is in force, and what anybody said before is of another day. */
  static async onANewDay(stage: Stage): Promise<EvacuationStage> {
    const day = new EvacuationStage(stage);
    await day.#end();
    day.townHall.begin();
    return day;
  }

  /** The first of those whom the television calls: whose answer its buttons give. */
  get called(): Resident {
    return this.stage.street.resident(CALLED_AT_HOME[0]);
  }

  get family(): readonly Resident[] {
    return CALLED_AT_HOME.map((who) => this.stage.street.resident(who));
  }

  /** The two clerks raise it; resolves when the television has drawn it, with how many ms that took. */
  async raise(level: AlertEntry['level'] = 4): Promise<AlertEntry & { readonly ms: number }> {
    const since = this.tv.mark();
    const begun = performance.now();
    const alert = await this.townHall.raise({ level });
    await this.drawn(alert, since);
    return { ...alert, ms: Math.round(performance.now() - begun) };
  }

  /** The line of the television that drew this update of the alert. */
  drawn({ alert }: AlertEntry, since: Mark): Promise<JsonLine> {
    return this.#line(this.tv, since, 'the alert on the television', (line) => {
      return line['event'] === 'alert.shown' && line['alert'] === alert;
    });
  }

  /** As those who sit before the television see it: an alert in force, with somebody whose answer the buttons give. */
  shown(): Promise<AlertScreen> {
    const isIt = (screen: Screen): screen is AlertScreen =>
      screen.screen === 'tv-alert' && screen.alert.state === 'active' && screen.chosen !== null;
    return this.tv.place.atScreen(
      (browser) => browser.until(isIt, LINE_MS_MAX) as Promise<AlertScreen>,
    );
  }

  /** Somebody on the sofa presses it; resolves with the answer's line. */
  async answer(button: 'blue' | 'green' | 'red'): Promise<JsonLine> {
    const since = this.tv.mark();
    await this.tv.place.television?.press(button);
    const said = { blue: 'leaving', green: 'safe', red: 'help' }[button];
    return this.#line(this.tv, since, 'the answer', ({ event, answer }) => {
      return event === 'alert.answered' && answer === said;
    });
  }

  /** Somebody holds their card until they are taken in, and takes it away; resolves with the line. */
  async arrive(who: string, at: Stage = this.shelter): Promise<JsonLine> {
    const since = at.mark();
    await at.place.hold(at.street.resident(who));
    const line = await this.#line(at, since, `${who} taken in`, ({ event }) =>
      TAKEN_IN.includes(event),
    );
    await at.place.hands.remove();
    return line;
  }

  /** The arrivals that this terminal told the platform of this person, after the arrival number. */
  arrivalsOf(who: string, told: number, at: Stage = this.shelter): readonly PlatformFact[] {
    const ref = this.townHall.refOf(who);
    return at
      .told(told)
      .filter(({ event, body }) => event === 'shelter.arrived' && body['ref'] === ref);
  }

  /** Resolves as soon as the municipality knows it so. */
  townSays(what: string, holds: (townHall: TownHall) => boolean): Promise<void> {
    return this.stage.until(what, async () => {
      await this.townHall.look();
      return holds(this.townHall);
    });
  }

  /** Everybody of these, as the municipality knows them. */
  standings(people: readonly Resident[] = this.family): string {
    return people
      .map(({ person }) => this.townHall.standingOf(person.id)?.standing ?? 'nobody')
      .join();
  }

  #line(
    at: Stage,
    since: Mark,
    what: string,
    matches: (line: JsonLine) => boolean,
  ): Promise<JsonLine> {
    return at.place.terminal.journal.next(matches, { since, limitMs: LINE_MS_MAX, what });
  }

  async #end(): Promise<void> {
    if (this.townHall.alerts().length > 0) await this.townHall.alert({ do: 'alert', is: 'cancel' });
    for (const at of [this.shelter, ...this.#beside()]) {
      await at.everythingArrived();
      await this.townHall.look();
      await this.#emptied(at.place);
      await at.everythingArrived();
    }
  }

  #beside(): Stage[] {
    const { street } = this.stage;
    return street.has(SHELTER_BESIDE.id) ? [this.stage.at(SHELTER_BESIDE.id)] : [];
  }

  async #emptied(place: Place): Promise<void> {
    const here = this.townHall.takenInAt(place.id);
    if (here.length === 0) return;
    await leaveShelter(
      place,
      here.map((who) => this.stage.street.resident(who)),
    );
  }
}
