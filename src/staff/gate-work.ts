/** At an event gate: entries by ticket number, taking entries back, and seat tickets whose outcome is open. */

import type { ReentryRule } from '../domain/entry-list.ts';
import { PAPERS_SHOWN_MAX } from '../domain/screen.ts';
import type { StaffDecision, StaffOutcome } from '../domain/staff-answer.ts';
import { ticketNumber } from '../domain/ticket-number.ts';
import type { Ledger } from '../store/ledger.ts';
import { StaffBook } from './book.ts';
import { closePaper, type StaffRecords, takeBack } from './decisions.ts';
import { durably, type StaffWork } from './staff-work.ts';
import { enterByTicket, standingEntry } from './ticket-entry.ts';

/** In facts: why a paper was settled. */
const SEEN_AT_THE_GATE = 'staff-screen';

export interface GateWorkParts {
  readonly list: string;
  /** How people call this gate. */
  readonly gate: string;
  /** Of the list that is active; undefined while there is none. */
  version(): number | undefined;
  /** As `version`. */
  reentry(): ReentryRule;
  readonly ledger: Ledger;
}

export function gateWork(parts: GateWorkParts): StaffWork {
  const { ledger, list } = parts;
  const records: StaffRecords = { ledger, book: new StaffBook(ledger) };
  return {
    errands: ['entry', 'undo', 'papers', 'health'],
    async waiting() {
      await records.book.readInSlices();
      const allPapers = records.book.papers.all;
      const papers = allPapers.slice(0, PAPERS_SHOWN_MAX);
      const more = allPapers.length - papers.length;
      return { shown: { papers, cases: [], more }, allPapers };
    },
    tickets: {
      async lookUp(typed) {
        await records.book.readInSlices();
        const ticket = ticketNumber(typed);
        if (ticket === null) return { ticket, entered: null };
        const entry = standingEntry(records, list, ticket, parts.reentry());
        return { ticket, entered: entry && { at: entry.at, gate: entry.gate } };
      },
      record(decision) {
        const { ticket: subject, errand, by, why } = decision;
        return durably(subject, () => {
          if (errand === 'entry') return enter(parts, records, decision);
          const undone = takeBack(records, list, subject, { by, why: why ?? '' });
          return { result: undone.result, subject, first: null };
        });
      },
      settle({ paper, printed, by }) {
        return durably(paper, (): StaffOutcome | null => {
          const fact = closePaper(records, paper, printed, { by, why: SEEN_AT_THE_GATE });
          return fact && { result: 'settled', subject: paper, first: null };
        });
      },
    },
  };
}

function enter(
  { list, gate, version, reentry }: GateWorkParts,
  records: StaffRecords,
  { ticket: subject, by }: StaffDecision,
): StaffOutcome {
  const listed = { list, version: version(), reentry: reentry() };
  const entry = enterByTicket(records, { ...listed, gate, number: subject, by });
  if (entry.result === 'entered') return { result: 'entered', subject, first: null };
  const { at, gate: where } = entry.first;
  return { result: 'already-entered', subject, first: { at, gate: where } };
}
