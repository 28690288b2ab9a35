/**
 * What waits for a person at a kiosk, and what that person can say of it. A case names a request, never whose it is; each
 * decision is kept as a fact with who and why.
 */

import type { Difference } from './difference.ts';

export type CaseShown =
  /** What came was not what was asked for: nothing is issued here until somebody has looked. */
  | {
      readonly is: 'stop';
      readonly request: string;
      /** Which fields; never their values. */
      readonly differs: readonly Difference[];
    }
  /** The printer can't say which sheets came out: `done` of `of` are known to have. */
  | {
      readonly is: 'sheets';
      readonly request: string;
      readonly done: number;
      readonly of: number;
    }
  /** The payment unit can't say whether it took the money, or it took it and nothing came out for it. */
  | {
      readonly is: 'money';
      readonly request: string;
      readonly yen: number;
    }
  /** A receipt is owed, or nobody knows whether it came out. */
  | {
      readonly is: 'receipt';
      readonly request: string;
      readonly paper: string;
      readonly state: 'owed' | 'unknown';
    };
export type CaseDecision =
  /** The kiosk may go on. */
  | 'clear'
  /** All sheets came out; or not all did, and the order is void. */
  | 'all-printed'
  | 'not-all-printed'
  | 'charged'
  | 'not-charged'
  | 'handed-out'
  | 'not-handed-out'
  /** 再発行: a new paper with a number of its own. */
  | 'reissue';

export type CaseWhy =
  | 'checked-with-centre'
  | 'counted'
  | 'unit-checked'
  | 'person-said'
  | 'never-came'
  | 'unreadable'
  | 'test'
  | 'other';

export type CaseResult =
  | 'cleared'
  | 'order-settled'
  | 'money-settled'
  | 'receipt-settled'
  | 'reissued'
  /** The new paper did not come out either, or nobody knows: it waits as the old one did. */
  | 'reissue-waits'
  /** Somebody else was faster; nothing was changed. */
  | 'decided-already';

/** Why each can be decided, in the order in which the screen offers it; what is chosen is kept in the fact. */
export const CASE_WHYS: Readonly<Record<CaseDecision, readonly CaseWhy[]>> = {
  clear: ['checked-with-centre', 'test', 'other'],
  'all-printed': ['counted', 'person-said', 'test', 'other'],
  'not-all-printed': ['counted', 'person-said', 'test', 'other'],
  charged: ['unit-checked', 'person-said', 'test', 'other'],
  'not-charged': ['unit-checked', 'person-said', 'test', 'other'],
  'handed-out': ['counted', 'person-said', 'test', 'other'],
  'not-handed-out': ['counted', 'person-said', 'test', 'other'],
  reissue: ['never-came', 'unreadable', 'test', 'other'],
};

/** What can be said of this one. */
export function decisionsOf(shown: CaseShown): readonly CaseDecision[] {
  switch (shown.is) {
    case 'stop':
      return ['clear'];
    case 'sheets':
      return ['all-printed', 'not-all-printed'];
    case 'money':
      return ['charged', 'not-charged'];
    case 'receipt':
      return shown.state === 'owed' ? ['reissue', 'handed-out'] : ['handed-out', 'not-handed-out'];
  }
}

/** What the key `choose` carries for it: the same as long as it waits. */
export function idOfCase(shown: CaseShown): string {
  return shown.is === 'receipt' ? shown.paper : `${shown.is}.${shown.request}`;
}
