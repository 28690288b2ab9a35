/** What somebody without a card says of themselves at a shelter; little, for they are tired. */

import { isChecked } from './check-digit.ts';
import type { Need } from './evacuation.ts';
import { SLIP_DIGITS } from './shelter-slip.ts';

/** `kana`: a name; `year`: of birth; `number`: of a slip. */
export const SHELTER_FIELDS = ['kana', 'year', 'number'] as const;
export type ShelterField = (typeof SHELTER_FIELDS)[number];

export const SHELTER_FIELD_LIMITS: Readonly<
  Record<ShelterField, { readonly takes: RegExp; readonly max: number }>
> = {
  kana: { takes: /^[ぁ-ゖー]$/u, max: 30 },
  year: { takes: /^\d$/u, max: 4 },
  number: { takes: /^\d$/u, max: SLIP_DIGITS },
};

/** Why what was typed can't be taken so. */
export const SHELTER_PROBLEMS = [
  'empty',
  'no-year',
  'too-short',
  'wrong-digit',
  'no-slip',
] as const;
export type ShelterProblem = (typeof SHELTER_PROBLEMS)[number];

/** People who came together and are written down as one; more come in a second form. */
export const PEOPLE_MAX = 9;

export interface ShelterForm {
  readonly kana: string;
  /** Four digits; empty: not said. */
  readonly year: string;
  readonly people: number;
  readonly needs: readonly Need[];
}

const YEAR = /^(19|20)\d\d$/u;

/** Null: it can be taken. A year may be left out; a name may not. */
export function shelterProblem(field: ShelterField, text: string): ShelterProblem | null {
  switch (field) {
    case 'kana':
      return text === '' ? 'empty' : null;
    case 'year':
      return text === '' || YEAR.test(text) ? null : 'no-year';
    case 'number':
      if (text.length < SLIP_DIGITS) return 'too-short';
      return isChecked(text) ? null : 'wrong-digit';
  }
}
