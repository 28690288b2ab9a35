/** What the ledger keeps and the platform learns: something that happened at a terminal, numbered and chained. */

import type { EventName } from './events.ts';

export type ClockQuality = 'synced' | 'holdover' | 'unset';

/** When something happened, as well as the terminal knows. */
export interface Stamp {
  /** ISO 8601 in UTC, never before the terminal's trusted high-water mark. */
  readonly at: string;
  readonly clock: ClockQuality;
  /** How often this state folder was started. */
  readonly boot: number;
  /** Milliseconds since the start of the machine. */
  readonly mono: number;
}

export type FactBody = Readonly<Record<string, unknown>>;

/** What a caller hands to the ledger. */
export interface NewFact {
  readonly event: EventName;
  /** What later facts will be asked for: for an entry, `list/ref` of its row, or `list/ticket:number` without a card. */
  readonly subject: string | null;
  readonly body: FactBody;
}

/** As it stands in the ledger. `prev` is the SHA-256 of the predecessor's exact JSON text (hex; 64 zeros for seq 1). */
export interface Fact extends Stamp, NewFact {
  readonly terminal: string;
  readonly epoch: string;
  readonly seq: number;
  readonly prev: string;
}

/** A person who was let in walks through within this time, in ms, or is taken not to have. */
export const PASSAGE_HOLD_MS = 20_000;

/** What notices whether people who were let in walk through. */
export type PassageWitness = 'turnstile' | 'attendant';

/** Whether a ticket has been used: the fold of the facts about its row and about its number, of whatever terminals. */
export interface EntryState {
  /** The entry that stands; also of somebody who went out again: whether they may come back is for the list to say. */
  readonly entered: {
    readonly at: string;
    readonly gate: string;
    readonly seq: number;
    /** Staff let them in by the number of their ticket; no paper belongs to such an entry. */
    readonly byNumber?: true;
  } | null;
  /** When and where its holder went out, if they have not come in again since. */
  readonly left: { readonly at: string; readonly gate: string } | null;
  /** The ticket was let in before, walked through or not, and staff did not take that back: its paper was dealt with. */
  readonly wasGranted: boolean;
}

/**
 * A function of the set of facts, in whatever order they are handed over; `now`: ms since the epoch. A grant of a gate that
 * notices whether people walk through is no entry when nobody did, and while nobody has said so only for `PASSAGE_HOLD_MS`.
 */
export function entryState(facts: readonly Fact[], now: number): EntryState {
  const outcomes = outcomesOf(facts);
  let entered: EntryState['entered'] = null;
  let left: EntryState['left'] = null;
  let wasGranted = false;
  for (const fact of inOrder(facts)) {
    const { event, at, seq, body } = fact;
    const gate = String(body['gate']);
    if (event === 'entry.undone') {
      entered = null;
      left = null;
      wasGranted = false;
    } else if (event === 'entry.left' && entered !== null) {
      left = { at, gate };
    } else if (event === 'entry.granted') {
      wasGranted = true;
      if (!isEntry(fact, outcomes, now) || (entered !== null && left === null)) continue;
      const byNumber = body['assurance'] === 'attendant' ? ({ byNumber: true } as const) : {};
      entered = { at, gate, seq, ...byNumber };
      left = null;
    }
  }
  return { entered, left, wasGranted };
}

/** Whether those who were granted walked through, by grant. That somebody saw them walk through outweighs the contrary. */
function outcomesOf(facts: readonly Fact[]): ReadonlyMap<string, boolean> {
  const outcomes = new Map<string, boolean>();
  for (const { event, terminal, body } of facts) {
    if (event !== 'entry.passed' && event !== 'entry.not-passed') continue;
    const grant = `${terminal} ${body['grant']}`;
    outcomes.set(grant, event === 'entry.passed' || outcomes.get(grant) === true);
  }
  return outcomes;
}

function isEntry(
  { terminal, seq, at, body }: Fact,
  outcomes: ReadonlyMap<string, boolean>,
  now: number,
): boolean {
  if (body['passage'] === undefined) return true;
  // A clock that is further off than this is none to be held by.
  const isHeld = Math.abs(now - Date.parse(at)) < PASSAGE_HOLD_MS;
  return outcomes.get(`${terminal} ${seq}`) ?? isHeld;
}

/**
 * By time, then terminal, epoch and number. The clock of a terminal may have been set back between two facts; its ledger
 * still says which of its own came first, so none counts as earlier than one before it.
 */
export function inOrder(facts: readonly Fact[]): Fact[] {
  const byNumber = [...facts].sort((a, b) => compare(ledgerOf(a), ledgerOf(b)) || a.seq - b.seq);
  let latest = '';
  let ledger = '';
  const timed = byNumber.map((fact) => {
    const own = ledgerOf(fact);
    latest = own === ledger && latest > fact.at ? latest : fact.at;
    ledger = own;
    return { fact, at: latest };
  });
  // Stable: facts of one moment stay as they were put.
  return timed.sort((a, b) => compare(a.at, b.at)).map(({ fact }) => fact);
}

function ledgerOf({ terminal, epoch }: Fact): string {
  return `${terminal} ${epoch}`;
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
