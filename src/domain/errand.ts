/** What a visit that begins with a choice on the screen hands back: a kiosk serves people who have not held a card yet. */

import type { ErrandId } from './kiosk-screen.ts';
import type { Language } from './screen.ts';

export interface ErrandInput {
  readonly errand: ErrandId;
  /** At the time of choosing; what comes later is the screen's affair. */
  readonly language: Language;
}

/** `failed`: a defect, told to whoever runs the terminal; the person was told before. */
export interface ErrandEnd {
  readonly why: 'done' | 'left' | 'failed';
  readonly error: unknown;
}
