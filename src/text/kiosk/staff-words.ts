/** What the staff of a kiosk reads; catalogue.ts has what staff reads everywhere. */

import type { Difference } from '../../domain/difference.ts';
import type { CaseDecision, CaseResult, CaseShown, CaseWhy } from '../../domain/staff-case.ts';

export interface KioskStaffTexts {
  /** In the menu. */
  readonly menu: (given: { readonly count: number }) => string;
  readonly cases: { readonly title: string; readonly none: string };
  /** The number that the person has on their screen and their receipt. */
  readonly request: (given: { readonly request: string }) => string;
  /** `title` in the list and above the case; `body`: what is asked of staff. */
  readonly kinds: Readonly<
    Record<CaseShown['is'], { readonly title: string; readonly body: string }>
  >;
  /** What is known of it. */
  readonly sheets: (given: { readonly done: number; readonly of: number }) => string;
  readonly papers: Readonly<Record<'owed' | 'unknown', string>>;
  readonly differs: string;
  readonly differences: Readonly<Record<Difference, string>>;
  /** Of differences that find no room. */
  readonly more: (given: { readonly count: number }) => string;
  readonly decisions: Readonly<Record<CaseDecision, string>>;
  readonly why: { readonly title: string } & Readonly<Record<CaseWhy, string>>;
  readonly done: Readonly<Record<CaseResult, { readonly title: string; readonly body: string }>>;
}
