/** Who has entered, as a pure function of the set of facts: whatever the order in which they arrived. */

import type { EventName } from '../src/domain/events.ts';
import { ticketNumber } from '../src/domain/ticket-number.ts';
import {
  bootKey,
  type ClockOrigin,
  correctedTime,
  inOrderOfTime,
  type StampedFact,
} from './fact-order.ts';

export interface EntryFact extends StampedFact {
  readonly event: Extract<
    EventName,
    'entry.granted' | 'entry.passed' | 'entry.not-passed' | 'entry.left' | 'entry.undone'
  >;
  /** Null when staff acted on the number of a ticket alone, whose row they could not open. */
  readonly ref: string | null;
  readonly ticket: string | null;
  readonly gate: string;
  /** Of a grant: another fact says whether its person walked through. */
  readonly isAwaited?: boolean;
  /** Of that other fact: the number of the grant. */
  readonly grant?: number | null;
}

export interface Entry {
  readonly at: string;
  readonly gate: string;
  readonly terminal: string;
  /** How often the ticket was granted again while it was in use: two gates that could not see each other. */
  readonly doubles: number;
  /** They went out again, and may not come back in. */
  readonly left?: true;
  /** Staff let somebody in by a number that is of no row, or of more than one. */
  readonly flag: 'unknown-ticket' | null;
}

/** A grant as it counts: `time` corrected, ms since the epoch; `doubles`: how many came before it that are in force. */
export type OnGrant = (key: string, fact: EntryFact, time: number, doubles: number) => void;

export interface EntryRules {
  /** As the list's manifest has it. */
  readonly reentry?: 'after-exit' | undefined;
  /** ms since the epoch; without it, long after the last fact. */
  readonly now?: number;
  readonly onGrant?: OnGrant;
}

/** How long a gate that nobody has walked through yet keeps the others closed (docs/protocol.md). */
const HOLD_MS = 20_000;

/** A fact, and what it is about: a row, or a number that is of none. */
interface Placed {
  readonly fact: EntryFact;
  readonly key: string;
  readonly flag: Entry['flag'];
}

/** `time`: corrected, ms since the epoch. */
interface Timed extends Placed {
  readonly time: number;
}

/** What the platform knows of a row, by whatever list it stands on. */
export interface KnownTicket {
  readonly ticket: string;
  readonly ref: string;
}

/**
 * Entries in force by row reference, or by `ticket:number` where the number is of no row. Facts count in the order of
 * corrected time, those of one ledger in its own; ties fall the same way always. `listed`: the list's tickets; what it does not have is learnt from facts
 * that name both ticket and row.
 */
export function entriesOf(
  facts: readonly EntryFact[],
  origins: readonly ClockOrigin[],
  listed: readonly KnownTicket[] = [],
  { reentry, now = Number.POSITIVE_INFINITY, onGrant = () => {} }: EntryRules = {},
): ReadonlyMap<string, Entry> {
  const rows = rowsByNumber(facts, listed);
  const clocks = new Map(origins.map((clock) => [bootKey(clock), clock.origin]));
  const timed: Timed[] = facts.map((fact) => {
    return { fact, ...placeOf(fact, rows), time: correctedTime(fact, clocks.get(bootKey(fact))) };
  });
  const placed = inOrderOfTime(timed, ({ fact, key, time }) => ({ fact, time, about: key }));
  const passed = passagesOf(placed);
  const entries = new Map<string, Entry>();
  for (const { fact, time, key, flag } of placed) {
    const before = entries.get(key);
    if (fact.event === 'entry.undone') entries.delete(key);
    else if (fact.event === 'entry.left') {
      if (reentry === 'after-exit') entries.delete(key);
      else if (before) entries.set(key, { ...before, left: true });
    } else if (fact.event === 'entry.granted') {
      const isHeld = Math.abs(now - time) < HOLD_MS;
      if (fact.isAwaited && !(passed.get(grantKey(key, fact, fact.seq)) ?? isHeld)) continue;
      const at = new Date(time).toISOString();
      const { gate, terminal } = fact;
      const first = { at, gate, terminal, doubles: 0, flag };
      const entry = before ? { ...before, doubles: before.doubles + 1 } : first;
      entries.set(key, entry);
      onGrant(key, fact, time, entry.doubles);
    }
  }
  return entries;
}

/** Whether those who were let in walked through, by grant; a gate that said both has seen them do it. */
function passagesOf(placed: readonly Placed[]): ReadonlyMap<string, boolean> {
  const passed = new Map<string, boolean>();
  for (const { fact, key } of placed) {
    const grant = grantKey(key, fact, fact.grant ?? 0);
    if (fact.event === 'entry.passed') passed.set(grant, true);
    else if (fact.event === 'entry.not-passed' && !passed.has(grant)) passed.set(grant, false);
  }
  return passed;
}

function grantKey(row: string, { terminal }: EntryFact, seq: number): string {
  return `${row} ${terminal} ${seq}`;
}

function placeOf(
  { ref, ticket }: EntryFact,
  rows: ReadonlyMap<string, string | null>,
): Pick<Placed, 'key' | 'flag'> {
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
