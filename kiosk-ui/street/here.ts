/** The place that somebody stands before: cards that are laid down by a click or a key go there, and things break there. */

import { signal } from '@preact/signals';
import type { PlaceShown } from '../../platform-sim/street/messages.ts';

const chosen = signal<string | null>(null);

export function standBefore(place: string): void {
  chosen.value = place;
}

/** The first one until another one was chosen. Undefined where there is none. */
export function placeHere(places: readonly PlaceShown[]): PlaceShown | undefined {
  return places.find(({ id }) => id === chosen.value) ?? places[0];
}
