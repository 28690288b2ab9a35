/** Who has entered, as a pure function of the set of facts: whatever the order in which they arrived. */

import type { EventName } from '../src/domain/events.ts';
import type { ClockQuality } from '../src/domain/fact.ts';
import { ticketNumber } from '../src/domain/ticket-number.ts';

export interface EntryFact {
  readonly event: Extract<EventName, 'entry.granted' | 'entry.undone'>;
  /** Null when staff acted on the number of a ticket alone, whose row they could not open. */
  readonly ref: string | null;
  readonly ticket: string | null;
  readonly gate: string;
  readonly terminal: string;
  readonly epoch: string;
  readonly seq: number;
  readonly at: string;
  readonly clock: ClockQuality;
  readonly boot: number;
  readonly mono: number;
}

/** `origin`: the platform's time (ms since the epoch) at which the terminal's monotonic clock of this boot was zero. */
export interface ClockOrigin {
  readonly terminal: string;
  readonly epoch: string;
  readonly boot: number;
  readonly origin: number;
}

export interface Entry {
  readonly at: string;
  readonly gate: string;
  readonly terminal: string;
  /** How often the ticket was granted again while it was in use: two gates that could not see each other. */
  readonly doubles: number;
  /** Staff let somebody in by a number that is of no row, or of more than one. */
  readonly flag: 'unknown-ticket' | null;
}

/** A grant as it counts: `time` corrected, ms since the epoch; `doubles`: how many came before it that are in force. */
export type OnGrant = (key: string, fact: EntryFact, time: number, doubles: number) => void;

/** What the platform knows of a row, by whatever list it stands on. */
export interface KnownTicket {
  readonly ticket: string;
  readonly ref: string;
}

/**
 * Entries in force by row reference, or by `ticket:number` where the number is of no row. Facts count in the order of
 * corrected time; ties fall the same way always. `listed`: the list's tickets; what it does not have is learnt from facts
 * that name both ticket and row.
 */
export function entriesOf(
  facts: readonly EntryFact[],
  origins: readonly ClockOrigin[],
  listed: readonly KnownTicket[] = [],
  onGrant: OnGrant = () => {},
): ReadonlyMap<string, Entry> {
  const clocks = new Map(origins.map((clock) => [bootKey(clock), clock.origin]));
  const timed = facts.map((fact) => ({ fact, time: correctedTime(fact, clocks) }));
  timed.sort((a, b) => a.time - b.time || compareNames(a.fact, b.fact) || a.fact.seq - b.fact.seq);
  const rows = rowsByNumber(facts, listed);
  const entries = new Map<string, Entry>();
  for (const { fact, time } of timed) {
    const { key, flag } = placeOf(fact, rows);
    const before = entries.get(key);
    if (fact.event === 'entry.undone') entries.delete(key);
    else if (before) {
      onGrant(key, fact, time, before.doubles + 1);
      entries.set(key, { ...before, doubles: before.doubles + 1 });
    } else {
      onGrant(key, fact, time, 0);
      const at = new Date(time).toISOString();
      entries.set(key, { at, gate: fact.gate, terminal: fact.terminal, doubles: 0, flag });
    }
  }
  return entries;
}

function placeOf(
  { ref, ticket }: EntryFact,
  rows: ReadonlyMap<string, string | null>,
): { readonly key: string; readonly flag: Entry['flag'] } {
  if (ref !== null) return { key: ref, flag: null };
  const number = ticketNumber(ticket ?? '') ?? '';
  const row = rows.get(number) ?? null;
  if (row !== null) return { key: row, flag: null };
  return { key: `ticket:${number}`, flag: 'unknown-ticket' };
}

/** Rows by the number of their ticket; null where a number is of several. */
function rowsByNumber(
  facts: readonly EntryFact[],
  listed: readonly KnownTicket[],
): ReadonlyMap<string, string | null> {
  const rows = rowsOf(listed);
  const told = facts.flatMap(({ ref, ticket }) =>
    ref === null || ticket === null ? [] : [{ ref, ticket }],
  );
  for (const [number, ref] of rowsOf(told)) if (!rows.has(number)) rows.set(number, ref);
  return rows;
}

function rowsOf(known: readonly KnownTicket[]): Map<string, string | null> {
  const rows = new Map<string, string | null>();
  for (const { ticket, ref } of known) {
    const number = ticketNumber(ticket);
    if (number === null) continue;
    const before = rows.get(number);
    rows.set(number, before === undefined || before === ref ? ref : null);
  }
  return rows;
}

function correctedTime(fact: EntryFact, clocks: ReadonlyMap<string, number>): number {
  const origin = clocks.get(bootKey(fact));
  if (fact.clock === 'synced' || origin === undefined || !isPlausibleMono(fact.mono)) {
    return Date.parse(fact.at);
  }
  return Math.round(origin + fact.mono);
}

/** Whether `mono` can be the milliseconds since a machine started: nothing of the wire is added to a date unseen. */
export function isPlausibleMono(mono: number): boolean {
  return mono >= 0 && mono < 1e12;
}

function bootKey(of: { terminal: string; epoch: string; boot: number }): string {
  return `${of.terminal} ${of.epoch} ${of.boot}`;
}

function compareNames(a: EntryFact, b: EntryFact): number {
  const left = `${a.terminal} ${a.epoch}`;
  const right = `${b.terminal} ${b.epoch}`;
  if (left === right) return 0;
  return left < right ? -1 : 1;
}
