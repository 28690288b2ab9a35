/**
 * What staff decides about entries and papers, each a fact with who and why. It works on an open ledger: the running
 * daemon's own, or one that a command opened beside it, so every decision is held against what others were faster to write,
 * inside the transaction that makes it durable.
 */

import type { Fact, NewFact } from '../domain/fact.ts';
import { codeOf } from '../store/disk.ts';
import { DiskFullError, type Ledger } from '../store/ledger.ts';
import type { Steps } from '../store/steps.ts';
import { OvertakenError, ticketState } from '../store/ticket-state.ts';
import type { StaffBook, TicketEntry } from './book.ts';

/** The two belong together: the book is of this ledger. */
export interface StaffRecords {
  readonly ledger: Ledger;
  readonly book: StaffBook;
}

export interface Decision {
  readonly by: string;
  readonly why: string;
}

export type UndoOutcome =
  | { readonly result: 'undone'; readonly fact: Fact }
  /** Never entered (null), taken back already, or not walked through. */
  | { readonly result: 'nothing-to-undo'; readonly entry: TicketEntry | null };

/**
 * Takes the latest entry of a ticket back, by card or by number. `number`: as `ticketNumber` gives it; `list` null: on
 * whatever list it was. Throws what `isNotRecorded` knows, having changed nothing.
 */
export function takeBack(
  records: StaffRecords,
  list: string | null,
  number: string,
  decision: Decision,
): UndoOutcome {
  records.book.read();
  const entry = records.book.entryOf(number, list);
  if (entry === null || !isInForce(records, entry)) return { result: 'nothing-to-undo', entry };
  const { by, why } = decision;
  const { ticket, ref, gate, subject } = entry;
  const body = { ticket, list: entry.list, ref, gate, by, why };
  const stillIn = (before: number) => {
    const latest = records.book.entryOf(number, entry.list);
    return latest?.seq === entry.seq && isInForce(records, latest, before);
  };
  const fact = recordWhile(records, stillIn, { event: 'entry.undone', subject, body });
  if (fact !== null) return { result: 'undone', fact };
  return { result: 'nothing-to-undo', entry: records.book.entryOf(number, list) };
}

function isInForce({ ledger }: StaffRecords, entry: TicketEntry, before?: number): boolean {
  return ticketState(ledger, entry, before).entered !== null;
}

/**
 * Closes a paper: one whose outcome could not be known (not printed: it is owed from now on), or an owed one that staff
 * has handed out otherwise. Null when the paper does not wait for this answer. Throws DiskFullError.
 */
export function closePaper(
  records: StaffRecords,
  paper: string,
  printed: boolean,
  { by, why }: Decision,
): Fact | null {
  const { ledger, book } = records;
  book.read();
  const subject = book.papers.subjectOf(paper);
  const number = numberOfPaper(paper);
  const find = () =>
    ledger.steps.about('receipt', subject ?? '').find((planned) => planned.number === number);
  const step = find();
  if (step === undefined) return null;
  const waits = () => {
    const state = find()?.state;
    return state === 'unknown' || (state === 'failed' && printed);
  };
  if (!waits()) return null;
  const { ticket, list, ref, request } = step.detail;
  const body = { paper, ticket, list, ref, request, printed, by, why };
  return recordWhile(records, waits, { event: 'print.settled', subject, body }, (steps) => {
    // One that did not come out can be handed out, or printed anew, later.
    steps.move(step.id, printed ? 'settled' : 'failed', { printed });
  });
}

/** e.g. 318 of `gate-1-000318` */
export function numberOfPaper(paper: string): number {
  return Number(paper.slice(paper.lastIndexOf('-') + 1));
}

/** Whether an error means that nothing was changed: the disk takes no fact, or another process keeps the ledger locked. */
export function isNotRecorded(error: unknown): boolean {
  return error instanceof DiskFullError || codeOf(error).startsWith('SQLITE_BUSY');
}

/**
 * Records a fact in one durable transaction if `isDue` still holds in it, once everything that is durable before it has
 * been read; it is told the number of this fact, which is not to count. Null, having changed nothing, when it does not. Throws DiskFullError, having changed nothing.
 */
export function recordWhile(
  { ledger, book }: StaffRecords,
  isDue: (before: number) => boolean,
  newFact: NewFact,
  move?: (steps: Steps) => void,
): Fact | null {
  try {
    const [fact] = ledger.record([newFact], (steps) => {
      const own = ledger.lastFact().seq;
      book.readBefore(own);
      if (!isDue(own)) throw new OvertakenError();
      move?.(steps);
    });
    if (fact === undefined) throw new Error('the ledger recorded nothing');
    return fact;
  } catch (error) {
    if (error instanceof OvertakenError) return null;
    throw error;
  }
}
