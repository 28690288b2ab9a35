/** Who has entered, as a pure function of the set of facts: whatever the order in which they arrived. */

import type { EventName } from '../src/domain/events.ts';
import type { ClockQuality } from '../src/domain/fact.ts';

export interface EntryFact {
  readonly event: Extract<EventName, 'entry.granted' | 'entry.undone'>;
  readonly ref: string;
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
}

/** Entries in force by row reference. Facts count in the order of corrected time; ties fall the same way always. */
export function entriesOf(
  facts: readonly EntryFact[],
  origins: readonly ClockOrigin[],
): ReadonlyMap<string, Entry> {
  const clocks = new Map(origins.map((clock) => [bootKey(clock), clock.origin]));
  const timed = facts.map((fact) => ({ fact, time: correctedTime(fact, clocks) }));
  timed.sort((a, b) => a.time - b.time || compareNames(a.fact, b.fact) || a.fact.seq - b.fact.seq);
  const entries = new Map<string, Entry>();
  for (const { fact, time } of timed) {
    const before = entries.get(fact.ref);
    if (fact.event === 'entry.undone') entries.delete(fact.ref);
    else if (before) entries.set(fact.ref, { ...before, doubles: before.doubles + 1 });
    else {
      const at = new Date(time).toISOString();
      entries.set(fact.ref, { at, gate: fact.gate, terminal: fact.terminal, doubles: 0 });
    }
  }
  return entries;
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
