/** What the effects behind the staff's screen answer, in a form that its machine and screens can pass on. */

import type {
  CheckShown,
  FirstEntry,
  PaperShown,
  StaffErrand,
  StaffErrandId,
  StaffResult,
  UndoReason,
} from './screen.ts';
import type { CaseDecision, CaseShown, CaseWhy } from './staff-case.ts';
import type { StickNotTaken, StickResult, StickShown } from './stick-screen.ts';

/** How staff said who they are. */
export type StaffProof = 'card' | 'pin';

export type PinAnswer =
  | { readonly pin: 'right'; readonly by: string }
  | { readonly pin: 'wrong' }
  /** Nothing was tried. */
  | { readonly pin: 'too-short' }
  /** None is taken for so many whole seconds. */
  | { readonly pin: 'locked'; readonly waitSeconds: number };

/** What waits for staff; `more` do besides those that are named. */
export interface StaffWaiting {
  /** Of a gate: no more than `PAPERS_SHOWN_MAX`, oldest first. */
  readonly papers: readonly PaperShown[];
  /** Of a kiosk: no more than `PAPERS_SHOWN_MAX`, the most urgent first. */
  readonly cases: readonly CaseShown[];
  readonly more: number;
}

export interface StaffOverview extends StaffWaiting {
  /** What can be done at this terminal. */
  readonly errands: readonly StaffErrandId[];
  /** Null: none that brings anything is there. */
  readonly stick: StickShown | null;
  readonly checks: readonly CheckShown[];
}

/** What this gate knows of a typed number; `ticket` null: it is no number. */
export interface TicketKnown {
  readonly ticket: string | null;
  readonly entered: FirstEntry | null;
}

export interface StaffDecision {
  readonly errand: StaffErrand;
  readonly ticket: string;
  readonly why: UndoReason | null;
  readonly by: string;
}

export interface StaffOutcome {
  readonly result: StaffResult;
  /** The ticket or the paper that it is about. */
  readonly subject: string;
  readonly first: FirstEntry | null;
}

export interface PaperSaid {
  readonly paper: string;
  readonly printed: boolean;
  readonly by: string;
}

/** What staff said of a case of a kiosk. */
export interface CaseSaid {
  readonly shown: CaseShown;
  readonly decision: CaseDecision;
  readonly why: CaseWhy;
  readonly by: string;
}

/** What came of a stick that staff said is to be taken. */
export type StickTaken = { readonly is: 'taken'; readonly result: StickResult } | StickNotTaken;

/**
 * How somebody said who they are: they did, they left, nobody pressed a key for a while (`quiet`: perhaps they are still
 * there) or for long, or it could not be asked.
 */
export type SignInEnd =
  | { readonly end: 'signed-in'; readonly by: string }
  | { readonly end: 'left' | 'quiet' | 'idle' | 'stopped' | 'too-slow' }
  | { readonly end: 'failed'; readonly error: unknown };

/**
 * How a stay at the staff's screen ended: they left, pressed nothing for long, the terminal stopped, an effect took too
 * long, or one failed, which is a defect and comes with its error.
 */
export interface StaffEnd {
  /** Null: nobody said who they were. */
  readonly by: string | null;
  readonly why: 'left' | 'idle' | 'stopped' | 'too-slow' | 'failed';
  readonly error: unknown;
}
