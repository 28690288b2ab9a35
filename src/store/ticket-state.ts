/** Whether a ticket has entered, by its card or by its number: what the ledger says, and what other gates told. */

import { entryInTheWay } from '../domain/entry-decision.ts';
import type { ReentryRule } from '../domain/entry-list.ts';
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

/** `before`: of the ledger's own facts only those with a lower number count. */
export function ticketState(
  ledger: Pick<Ledger, 'factsAbout' | 'beside' | 'now'>,
  { list, subject, ticket }: TicketOfRow,
  before = Number.POSITIVE_INFINITY,
): EntryState {
  const number = ticketNumber(ticket);
  const subjects = new Set([subject, ...(number === null ? [] : [ticketSubject(list, number)])]);
  const facts = [...subjects].flatMap((about) => [
    ...ledger.factsAbout(about).filter(({ seq }) => seq < before),
    ...ledger.beside.factsAbout(about),
  ]);
  return entryState(facts, ledger.now());
}

/**
 * For the transaction of an entry, after its fact: throws OvertakenError when another process, or another gate, has let the
 * ticket in.
 */
export function holdAgainstOthers(
  ledger: Pick<Ledger, 'factsAbout' | 'beside' | 'now' | 'lastFact'>,
  ticket: TicketOfRow,
  reentry?: ReentryRule,
): void {
  const before = ticketState(ledger, ticket, ledger.lastFact().seq);
  if (entryInTheWay(before, reentry) !== null) throw new OvertakenError();
}
