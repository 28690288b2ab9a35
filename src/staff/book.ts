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
  /** When it was let in, or that was taken back. */
  readonly asOf: string;
}

export class StaffBook {
  readonly papers = new OpenPapers();
  readonly #ledger: Pick<Ledger, 'facts' | 'beside'>;
  /** By number, then by list. */
  readonly #entries = new Map<string, Map<string, TicketEntry>>();
  #upto = 0;

  constructor(ledger: Pick<Ledger, 'facts' | 'beside'>) {
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

  /**
   * The latest entry of a ticket (as `ticketNumber` gives it) on `list`, or on whatever list, here or at another gate that
   * was heard; null: never entered.
   */
  entryOf(number: string, list: string | null = null): TicketEntry | null {
    const own = this.#ownEntryOf(number, list);
    const wanted = own?.list ?? list;
    const heard = this.#ledger.beside
      .factsOfTicket(number)
      .filter(({ body }) => wanted === null || body['list'] === wanted);
    return [...heard].sort((a, b) => (a.at < b.at ? -1 : 1)).reduce(after, own);
  }

  #ownEntryOf(number: string, list: string | null): TicketEntry | null {
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

  #enter(fact: Fact): void {
    const entry = entryBy(fact);
    if (entry !== null) this.#entriesOf(fact)?.set(entry.list, entry);
  }

  /** Also of an entry at another gate, which is not in this ledger. */
  #undo(fact: Fact): void {
    const entries = this.#entriesOf(fact);
    const entry = entries?.get(String(fact.body['list'])) ?? entryBy(fact);
    if (entry !== null) entries?.set(entry.list, { ...entry, undone: true, asOf: fact.at });
  }

  /** Of its ticket, by list. */
  #entriesOf({ body }: Fact): Map<string, TicketEntry> | null {
    const number = ticketNumber(String(body['ticket']));
    if (number === null) return null;
    const entries = this.#entries.get(number) ?? new Map<string, TicketEntry>();
    this.#entries.set(number, entries);
    return entries;
  }
}

/** What an entry is after something that was heard of it, if that is later. */
function after(entry: TicketEntry | null, fact: Fact): TicketEntry | null {
  if (entry !== null && fact.at <= entry.asOf) return entry;
  if (fact.event === 'entry.granted') return entryBy(fact);
  const isUndone = fact.event === 'entry.undone' && entry !== null;
  return isUndone ? { ...entry, undone: true, asOf: fact.at } : entry;
}

function entryBy({ subject, body, at, seq }: Fact): TicketEntry | null {
  if (subject === null) return null;
  const { ref } = body;
  const [list, ticket, gate] = [String(body['list']), String(body['ticket']), String(body['gate'])];
  return { list, ticket, subject, ref, at, gate, seq, undone: false, asOf: at };
}
