/**
 * Entry by ticket number, for people without their card. A row opens only with its own card's certificate, so whether there
 * is such a ticket can't be looked up here: the attendant has it in hand and decides. What is known here is whether it has
 * entered at this gate, by card or by number. No receipt is printed, for the seat is in the row.
 */

import { entryInTheWay } from '../domain/entry-decision.ts';
import type { ReentryRule } from '../domain/entry-list.ts';
import type { Fact } from '../domain/fact.ts';
import { ticketSubject } from '../domain/ticket-number.ts';
import { ticketState } from '../store/ticket-state.ts';
import type { TicketEntry } from './book.ts';
import { recordWhile, type StaffRecords } from './decisions.ts';

export interface TicketEntryRequest {
  readonly list: string;
  /** Of the list that is active, where that is known. */
  readonly version?: number | undefined;
  readonly reentry?: ReentryRule;
  readonly gate: string;
  /** As `ticketNumber` gives it. */
  readonly number: string;
  readonly by: string;
  readonly why?: string;
}

export type TicketEntryOutcome =
  | { readonly result: 'entered'; readonly fact: Fact }
  | { readonly result: 'already-entered'; readonly first: TicketEntry };

/** The entry that stands in the way of another, or null. `number`: as `ticketNumber` gives it; `before` as of `ticketState`. */
export function standingEntry(
  { ledger, book }: StaffRecords,
  list: string,
  number: string,
  reentry?: ReentryRule,
  before?: number,
): TicketEntry | null {
  const entry = book.entryOf(number, list);
  if (entry === null) return null;
  return entryInTheWay(ticketState(ledger, entry, before), reentry) && entry;
}

/** Of two who do this at the same time, one gets `already-entered`. Throws DiskFullError, having changed nothing. */
export function enterByTicket(
  records: StaffRecords,
  request: TicketEntryRequest,
): TicketEntryOutcome {
  const { list, version, reentry, gate, number, by, why } = request;
  const standing = (before?: number) => standingEntry(records, list, number, reentry, before);
  records.book.read();
  const first = standing();
  if (first !== null) return { result: 'already-entered', first };
  const fact = recordWhile(records, (before) => standing(before) === null, {
    event: 'entry.granted',
    subject: ticketSubject(list, number),
    body: { ticket: number, list, version, gate, assurance: 'attendant', by, why },
  });
  if (fact !== null) return { result: 'entered', fact };
  const faster = standing();
  if (faster === null) throw new Error('an entry that stood in the way is gone');
  return { result: 'already-entered', first: faster };
}
