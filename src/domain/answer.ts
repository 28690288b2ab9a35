/** What a service tells the person who held a card, in a form that machines and screens can pass on. */

import type { Reason } from './reason.ts';

export type Answer =
  | { readonly answer: 'granted' }
  /** The paper that was owed is printed now. */
  | { readonly answer: 'claimed' }
  | { readonly answer: 'refused'; readonly reason: Reason }
  /** Nothing was decided: the card has to be held again. */
  | { readonly answer: 'hold-again'; readonly reason: Reason }
  /** Nothing was decided, because it could not be kept. */
  | { readonly answer: 'not-recorded'; readonly reason: Reason }
  /** The card is an attendant's: the staff's menu opens. */
  | { readonly answer: 'attendant'; readonly by: string }
  /** The software failed. The daemon ends and is started again. */
  | { readonly answer: 'defect'; readonly error: unknown };

/** How one step of a service ended. A step never throws for what cards and people can do. */
export type StepResult =
  | { readonly next: 'go-on' }
  | { readonly next: 'claim-receipt' }
  | { readonly next: 'attendant'; readonly by: string }
  | { readonly next: 'refuse'; readonly reason: Reason }
  | { readonly next: 'hold-again'; readonly reason: Reason }
  | { readonly next: 'not-recorded'; readonly reason: Reason };
