/**
 * Where somebody stands: cards that are laid down by a click or a key go there, and things break there. The town hall has
 * no reader, and is a place to stand before all the same.
 */

import { signal } from '@preact/signals';
import type { FaultShown, PlaceShown, StreetState } from '../../platform-sim/street/messages.ts';
import { inWords, text } from './language.ts';

/** As requests call it. */
export const TOWN_HALL = 'town-hall';

/** Along one street, each of them as much as a wide page shows at once: one for every day, one that has to leave. */
const TOWNS = ['kazasu', 'shiomi'] as const;
export type TownId = (typeof TOWNS)[number];

export interface Somewhere {
  readonly id: string;
  readonly name: string;
  readonly town: TownId;
  readonly faults: readonly FaultShown[];
  /** Null: the town hall. */
  readonly place: PlaceShown | null;
}

const chosen = signal<string | null>(null);

export function standBefore(place: string): void {
  chosen.value = place;
}

/** Where one can stand: the terminals that are there, in their order, and the town hall, which is the first of its town. */
export function somewheres({ places, town }: StreetState): readonly Somewhere[] {
  const terminals = places.map((place) => ({
    ...{ id: place.id, name: inWords(place.name), faults: place.faults, place },
    town: townOf(place),
  }));
  if (town === null) return terminals;
  const { faults } = town;
  const hall = { id: TOWN_HALL, name: text.value.townHall, faults, place: null };
  return [
    ...terminals.filter(({ town: its }) => its === 'kazasu'),
    { ...hall, town: 'shiomi' },
    ...terminals.filter(({ town: its }) => its === 'shiomi'),
  ];
}

/** The first one until another one was chosen. Undefined where there is none. */
export function hereIn(state: StreetState): Somewhere | undefined {
  const all = somewheres(state);
  return all.find(({ id }) => id === chosen.value) ?? all[0];
}

/** The towns that have anything to stand before. */
export function townsOf(state: StreetState): readonly TownId[] {
  const all = somewheres(state);
  return TOWNS.filter((id) => all.some(({ town }) => town === id));
}

/** Goes to that town, and stands before its first reader; stays where one stands, if that is there. */
export function goTo(town: TownId, state: StreetState): void {
  if (hereIn(state)?.town === town) return;
  const there = somewheres(state).filter((each) => each.town === town);
  const first = there.find(({ place }) => place !== null) ?? there[0];
  if (first !== undefined) standBefore(first.id);
}

function townOf({ television, shelter }: PlaceShown): TownId {
  return television === null && shelter === null ? 'kazasu' : 'shiomi';
}
