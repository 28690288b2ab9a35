/** What a visit that begins with a choice on the screen hands back: a kiosk serves people who have not held a card yet. */

import { ERRANDS, type ErrandId } from './kiosk-screen.ts';
import type { Language } from './screen.ts';
import { SHELTER_ERRANDS, type ShelterErrandId } from './shelter-screen.ts';

/** Of whatever terminal. */
export type AnyErrandId = ErrandId | ShelterErrandId;
export const ANY_ERRANDS: readonly AnyErrandId[] = [...ERRANDS, ...SHELTER_ERRANDS];

export interface ErrandInput {
  readonly errand: AnyErrandId;
  /** At the time of choosing; what comes later is the screen's affair. */
  readonly language: Language;
}

/** `failed`: a defect, told to whoever runs the terminal; the person was told before. */
export interface ErrandEnd {
  readonly why: 'done' | 'left' | 'failed';
  readonly error: unknown;
}
