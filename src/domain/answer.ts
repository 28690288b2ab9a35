/** What a service tells the person who held a card, in a form that machines and screens can pass on. */

import type { PassageWitness } from './fact.ts';
import type { Reason } from './reason.ts';
import type { Told } from './told.ts';

export type Answer =
  /** `passage`: who says whether the person walks through; they have not entered before. */
  | { readonly answer: 'granted'; readonly passage?: PassageWitness }
  /** The paper that was owed is printed now. */
  | { readonly answer: 'claimed' }
  | { readonly answer: 'refused'; readonly reason: Reason }
  /** Nothing was decided: the card has to be held again. */
  | { readonly answer: 'hold-again'; readonly reason: Reason }
  /** Nothing was decided, because it could not be kept. */
  | { readonly answer: 'not-recorded'; readonly reason: Reason }
  /** What the service found, whichever way it is; it is durable. */
  | { readonly answer: 'told'; readonly told: Told }
  /** Nothing was decided: the person did not go on. */
  | { readonly answer: 'cancelled' }
  /** The card is an attendant's: the staff's menu opens. */
  | { readonly answer: 'attendant'; readonly by: string }
  /** The software failed. The daemon ends and is started again. */
  | { readonly answer: 'defect'; readonly error: unknown };

/** How one step of a service ended. A step never throws for what cards and people can do. */
export type StepResult =
  /** `passage`: of an entry that was recorded, as of the answer. */
  | { readonly next: 'go-on'; readonly passage?: PassageWitness }
  | { readonly next: 'claim-receipt' }
  | { readonly next: 'ask-pin' }
  /** So many wrong PINs in a row does the card still take. */
  | { readonly next: 'pin'; readonly tries: number }
  | { readonly next: 'tell'; readonly told: Told }
  | { readonly next: 'attendant'; readonly by: string }
  | { readonly next: 'refuse'; readonly reason: Reason }
  | { readonly next: 'hold-again'; readonly reason: Reason }
  | { readonly next: 'not-recorded'; readonly reason: Reason };
