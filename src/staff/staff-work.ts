/** What the staff's menu leads to at one kind of terminal; src/staff/staff-desk.ts has what all kinds share. */

import type { PaperShown, StaffErrandId } from '../domain/screen.ts';
import type {
  CaseSaid,
  PaperSaid,
  StaffDecision,
  StaffOutcome,
  StaffWaiting,
  TicketKnown,
} from '../domain/staff-answer.ts';
import { isNotRecorded } from './decisions.ts';

export interface StaffWork {
  readonly errands: readonly StaffErrandId[];
  /** `allPapers`: for the checks of the terminal. */
  waiting(): Promise<{ readonly shown: StaffWaiting; readonly allPapers: readonly PaperShown[] }>;
  /** Where there are tickets. */
  readonly tickets?: TicketWork;
  /** Where there are cases. */
  readonly decide?: (said: CaseSaid) => Promise<StaffOutcome>;
}

export interface TicketWork {
  lookUp(typed: string): Promise<TicketKnown>;
  record(decision: StaffDecision): StaffOutcome;
  /** Null: the paper does not wait for this answer any more. */
  settle(said: PaperSaid): StaffOutcome | null;
}

/** What can't be made durable was not decided, and is said so. */
export function durably<Outcome>(subject: string, decide: () => Outcome): Outcome | StaffOutcome {
  try {
    return decide();
  } catch (error) {
    if (!isNotRecorded(error)) throw error;
    return { result: 'not-recorded', subject, first: null };
  }
}
