/**
 * Entry by ticket number, for people without their card. A row opens only with its own card's certificate, so whether there
 * is such a ticket can't be looked up here: the attendant has it in hand and decides. What is known here is whether it has
 * entered at this gate, by card or by number. No receipt is printed, for the seat is in the row.
 */

import type { Fact } from '../domain/fact.ts';
import { ticketSubject } from '../domain/ticket-number.ts';
import type { TicketEntry } from './book.ts';
import { recordWhile, type StaffRecords } from './decisions.ts';

export interface TicketEntryRequest {
  readonly list: string;
  /** Of the list that is active, where that is known. */
  readonly version?: number | undefined;
  readonly gate: string;
  /** As `ticketNumber` gives it. */
  readonly number: string;
  readonly by: string;
  readonly why?: string;
}

export type TicketEntryOutcome =
  | { readonly result: 'entered'; readonly fact: Fact }
  | { readonly result: 'already-entered'; readonly first: TicketEntry };

/** The entry that stands, or null. `number`: as `ticketNumber` gives it. */
export function standingEntry(
  { book }: StaffRecords,
  list: string,
  number: string,
): TicketEntry | null {
  const entry = book.entryOf(number, list);
  return entry === null || entry.undone ? null : entry;
}

/** Of two who do this at the same time, one gets `already-entered`. Throws DiskFullError, having changed nothing. */
export function enterByTicket(
  records: StaffRecords,
  request: TicketEntryRequest,
): TicketEntryOutcome {
  const { list, version, gate, number, by, why } = request;
  const standing = () => standingEntry(records, list, number);
  records.book.read();
  const first = standing();
  if (first !== null) return { result: 'already-entered', first };
  const fact = recordWhile(records, () => standing() === null, {
    event: 'entry.granted',
    subject: ticketSubject(list, number),
    body: { ticket: number, list, version, gate, assurance: 'attendant', by, why },
  });
  if (fact !== null) return { result: 'entered', fact };
  const faster = standing();
  if (faster === null) throw new Error('an entry that stood in the way is gone');
  return { result: 'already-entered', first: faster };
}
