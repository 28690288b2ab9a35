/** Whether a ticket has entered here, by its card or by its number: what the ledger says, whichever way it was. */

import { type EntryState, entryState } from '../domain/fact.ts';
import { ticketNumber, ticketSubject } from '../domain/ticket-number.ts';
import type { Ledger } from './ledger.ts';

export interface TicketOfRow {
  readonly list: string;
  /** Of the row's own facts. */
  readonly subject: string;
  readonly ticket: string;
}

/** Somebody else was faster. Thrown inside a transaction, so that nothing of it stays. */
export class OvertakenError extends Error {}

/** `before`: only facts with a lower number count. */
export function ticketState(
  ledger: Pick<Ledger, 'factsAbout'>,
  { list, subject, ticket }: TicketOfRow,
  before = Number.POSITIVE_INFINITY,
): EntryState {
  const number = ticketNumber(ticket);
  const byNumber = number === null ? [] : ledger.factsAbout(ticketSubject(list, number));
  const facts = [...ledger.factsAbout(subject), ...byNumber].filter(({ seq }) => seq < before);
  return entryState(facts.sort((a, b) => a.seq - b.seq));
}

/** For the transaction of an entry, after its fact: throws OvertakenError when another process has let the ticket in. */
export function holdAgainstOthers(ledger: Ledger, ticket: TicketOfRow): void {
  const { entered } = ticketState(ledger, ticket, ledger.lastFact().seq);
  if (entered !== null) throw new OvertakenError();
}
