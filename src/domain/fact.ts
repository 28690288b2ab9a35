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

/** Whether a row has been used: the fold of the facts about it and about its ticket's number, oldest first. */
export interface EntryState {
  readonly entered: {
    readonly at: string;
    readonly gate: string;
    readonly seq: number;
    /** Staff let them in by the number of their ticket; no paper belongs to such an entry. */
    readonly byNumber?: true;
  } | null;
}

export function entryState(facts: readonly Fact[]): EntryState {
  let entered: EntryState['entered'] = null;
  for (const fact of facts) {
    if (fact.event === 'entry.granted') {
      const byNumber = fact.body['assurance'] === 'attendant' ? ({ byNumber: true } as const) : {};
      entered = { at: fact.at, gate: String(fact.body['gate']), seq: fact.seq, ...byNumber };
    } else if (fact.event === 'entry.undone') {
      entered = null;
    }
  }
  return { entered };
}
