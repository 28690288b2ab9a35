/**
 * What the ledger says about tickets and papers, in the words of staff: who has entered by ticket number, which papers wait.
 * A fold over the facts that is kept and carried on, so that the whole ledger is read once and never between two keys.
 */

import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Fact } from '../domain/fact.ts';
import { ticketNumber } from '../domain/ticket-number.ts';
import type { Ledger } from '../store/ledger.ts';
import { OpenPapers } from './open-papers.ts';

/** Facts in one go between two turns of the event loop: a few milliseconds. */
const SLICE = 500;

/** The latest entry of a ticket on one list. */
export interface TicketEntry {
  readonly list: string;
  /** The number as the entry has it. */
  readonly ticket: string;
  readonly subject: string;
  /** Of the row; undefined when staff let them in by the number. */
  readonly ref: unknown;
  readonly at: string;
  readonly gate: string;
  readonly seq: number;
  readonly undone: boolean;
}

export class StaffBook {
  readonly papers = new OpenPapers();
  readonly #ledger: Pick<Ledger, 'facts'>;
  /** By number, then by list. */
  readonly #entries = new Map<string, Map<string, TicketEntry>>();
  #upto = 0;

  constructor(ledger: Pick<Ledger, 'facts'>) {
    this.#ledger = ledger;
  }

  /** Carries the book on to the newest fact. */
  read(): void {
    for (const fact of this.#ledger.facts(this.#upto)) this.#take(fact);
  }

  /** As `read`, letting others work in between: a ledger of years takes seconds, once. */
  async readInSlices(): Promise<void> {
    let count = 0;
    for (const fact of this.#ledger.facts(this.#upto)) {
      this.#take(fact);
      count += 1;
      if (count % SLICE === 0) await nextTurn();
    }
  }

  /** Inside the transaction that appended fact `own`: carries the book on to what others were faster to write. */
  readBefore(own: number): void {
    for (const fact of this.#ledger.facts(this.#upto)) {
      if (fact.seq >= own) return;
      this.#take(fact);
    }
  }

  /** The latest entry of a ticket (as `ticketNumber` gives it) on `list`, or on whatever list; null: never entered. */
  entryOf(number: string, list: string | null = null): TicketEntry | null {
    const entries = this.#entries.get(number);
    if (entries === undefined) return null;
    if (list !== null) return entries.get(list) ?? null;
    return [...entries.values()].reduce((a, b) => (a.seq > b.seq ? a : b));
  }

  #take(fact: Fact): void {
    // A slice that was let out of hand may meet facts that another reading has taken.
    if (fact.seq <= this.#upto) return;
    this.#upto = fact.seq;
    this.papers.take(fact);
    if (fact.event === 'entry.granted') this.#enter(fact);
    if (fact.event === 'entry.undone') this.#undo(fact);
  }

  #enter({ subject, body, at, seq }: Fact): void {
    const ticket = String(body['ticket']);
    const number = ticketNumber(ticket);
    if (number === null || subject === null) return;
    const list = String(body['list']);
    const entries = this.#entries.get(number) ?? new Map<string, TicketEntry>();
    this.#entries.set(number, entries);
    const { ref } = body;
    const gate = String(body['gate']);
    entries.set(list, { list, ticket, subject, ref, at, gate, seq, undone: false });
  }

  #undo({ body }: Fact): void {
    const number = ticketNumber(String(body['ticket']));
    const list = String(body['list']);
    const entries = number === null ? undefined : this.#entries.get(number);
    const entry = entries?.get(list);
    if (entry !== undefined) entries?.set(list, { ...entry, undone: true });
  }
}
