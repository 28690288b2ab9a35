/** Who has entered, as a pure function of the set of facts: whatever the order in which they arrived. */

import type { EventName } from '../src/domain/events.ts';
import type { ClockQuality } from '../src/domain/fact.ts';
import { ticketNumber } from '../src/domain/ticket-number.ts';

export interface EntryFact {
  readonly event: Extract<
    EventName,
    'entry.granted' | 'entry.passed' | 'entry.not-passed' | 'entry.left' | 'entry.undone'
  >;
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
  /** Of a grant: another fact says whether its person walked through. */
  readonly isAwaited?: boolean;
  /** Of that other fact: the number of the grant. */
  readonly grant?: number | null;
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
  const placed = inOrder(
    facts.map((fact) => ({ fact, ...placeOf(fact, rows) })),
    origins,
  );
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

/**
 * In the order of corrected time, but the facts of one ledger about one ticket never against its own, which knows better
 * what came first than any clock; ties fall the same way always.
 */
function inOrder(facts: readonly Placed[], origins: readonly ClockOrigin[]): Timed[] {
  const clocks = new Map(origins.map((clock) => [bootKey(clock), clock.origin]));
  const byNumber = [...facts].sort(
    (a, b) => compareNames(a.fact, b.fact) || a.fact.seq - b.fact.seq,
  );
  const latest = new Map<string, number>();
  const ranked = byNumber.map((placed) => {
    const time = correctedTime(placed.fact, clocks);
    const ledger = `${placed.key} ${placed.fact.terminal} ${placed.fact.epoch}`;
    const rank = Math.max(time, latest.get(ledger) ?? time);
    latest.set(ledger, rank);
    return { ...placed, time, rank };
  });
  // Stable: facts of one moment stay as they were put.
  return ranked.sort((a, b) => a.rank - b.rank);
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
