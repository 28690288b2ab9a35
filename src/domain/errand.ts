/** What a visit that begins with a choice on the screen hands back: a kiosk serves people who have not held a card yet. */

import { ERRANDS, type ErrandId } from './kiosk-screen.ts';
import type { Language } from './screen.ts';
import { SHELTER_ERRANDS, type ShelterErrandId } from './shelter-screen.ts';
import type { PROGRAMME } from './television-screen.ts';

/** Of whatever terminal. */
export type AnyErrandId = ErrandId | ShelterErrandId;
export const ANY_ERRANDS: readonly AnyErrandId[] = [...ERRANDS, ...SHELTER_ERRANDS];

/** Chosen, or what a television shows for as long as it runs. */
export type VisitId = AnyErrandId | typeof PROGRAMME;

export interface ErrandInput {
  readonly errand: VisitId;
  /** At the time of choosing; what comes later is the screen's affair. */
  readonly language: Language;
}

/** `failed`: a defect, told to whoever runs the terminal; the person was told before. */
export interface ErrandEnd {
  readonly why: 'done' | 'left' | 'failed';
  readonly error: unknown;
}
