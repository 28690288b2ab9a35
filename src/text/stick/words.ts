/** What is said of a stick that brings something: on the staff's screen, and in Japanese and English at the keyboard. */

import type { StickFault, StickResult } from '../../domain/stick-screen.ts';

export interface StickTexts {
  /** In the menu. */
  readonly menu: string;
  readonly title: string;
  /** `until`: a day and a time, or a time. */
  readonly shelter: (given: { readonly name: string; readonly until: string }) => string;
  readonly end: string;
  readonly list: (given: { readonly list: string; readonly version: number }) => string;
  readonly accept: string;
  readonly leave: string;
  /** Above why nothing is taken. */
  readonly refused: string;
  readonly unchanged: string;
  /** The list is in use, and the order that came with it was not taken: above why. */
  readonly listAlone: {
    readonly title: string;
    readonly body: (given: { readonly list: string; readonly version: number }) => string;
  };
  /** Each a sentence. */
  readonly faults: Readonly<Record<StickFault, string>>;
  readonly done: Readonly<Record<StickResult, { readonly title: string; readonly body: string }>>;
}
