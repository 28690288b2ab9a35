/** How it stands with somebody, told apart by shape alone: filled "!", dashed ring, open ring, closed ring. */

import type { StreetState, TownPersonShown } from '../../platform-sim/street/messages.ts';
import { text } from './language.ts';

export type StandingShown = TownPersonShown['standing'];

/** Most urgent first. */
export const STANDINGS = ['help', 'unknown', 'leaving', 'safe'] as const satisfies StandingShown[];

const SHAPES = {
  help: (
    <>
      <circle class="filled" cx="10" cy="10" r="9.5" />
      <path class="cut" d="M10 5v5.5M10 14.6v.1" />
    </>
  ),
  unknown: <circle class="dashed" cx="10" cy="10" r="8" />,
  leaving: <path class="stroke" d="M6 16.3A7.5 7.5 0 1 1 17.2 12.2" />,
  safe: <circle class="stroke" cx="10" cy="10" r="7.5" />,
} as const satisfies Record<StandingShown, unknown>;

export function StandingMark({ standing }: { readonly standing: StandingShown }) {
  return (
    <svg class="standing" data-standing={standing} viewBox="0 0 20 20" aria-hidden="true">
      {SHAPES[standing]}
    </svg>
  );
}

interface Whereabouts {
  readonly standing: StandingShown;
  readonly words: string;
  /** Where, if that may be told: every shelter to which the same person came. */
  readonly at: string;
}

/** As the municipality has somebody; null for whoever is not in its register. */
export function whereabouts({ town }: StreetState, who: string): Whereabouts | null {
  const person = town?.people.find((each) => each.who === who);
  if (person === undefined) return null;
  const { standing, shelters } = person;
  const { standings, severalShelters } = text.value;
  const where = shelters.length > 1 ? severalShelters(shelters.length) : (shelters[0] ?? '');
  return { standing, words: `${standings[standing]} ${where}`, at: shelters.join(' ') };
}
