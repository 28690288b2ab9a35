/**
 * The port of the log: where the facts of all terminals are, in whatever store. What services and sessions know of it is this
 * file; facts.ts and embedded-fact-log.ts are one store behind it, in a file of this machine.
 *
 * What an implementation owes, and test/platform/fact-log-contract.ts holds it to: `take` is one transaction. The facts, what
 * follows from them for their ledger (succession, suspicion, quarantine) and the cursor are durable together when it resolves,
 * and none of them is when it rejects. Two calls at once have an order. Facts are never refused.
 */

import type { EventName } from '../src/domain/events.ts';
import type { TerminalFrame } from '../src/link/protocol.ts';
import type { BootOf, ClockSample } from './clock-samples.ts';

/** The platform's own facts (a cancelled ticket) stand in a ledger of this name; no terminal may have it. */
export const PLATFORM_TERMINAL = 'platform';

/** Why a ledger is not trusted blindly any more: another fact at a known number, or a number that fell. */
export type Suspicion = 'fork' | 'ledger-went-back' | 'boot-went-back';

/** One ledger of one terminal. */
export interface StreamName {
  readonly terminal: string;
  readonly epoch: string;
}

/** How far a ledger is held, and the hash of the last fact there. */
export interface Held {
  readonly upto: number;
  readonly hash: string;
}

type Hello = Extract<TerminalFrame, { frame: 'hello' }>;

/** What a terminal said that is to be kept. */
export type Told =
  | { readonly kind: 'hello'; readonly hello: Hello }
  | {
      readonly kind: 'facts';
      readonly of: StreamName;
      readonly from: number;
      /** Exact JSON texts of the facts `from`, `from + 1`, ... */
      readonly items: readonly string[];
      /** Their terminal has none before them any more; where some are missing here, they are set apart. */
      readonly isAll: boolean;
    };

export type StoreOutcome =
  | { readonly kind: 'gap'; readonly upto: number }
  | {
      readonly kind: 'stored';
      /** The last fact that was told, held or set apart like every one before it. */
      readonly upto: number;
      readonly stored: number;
      readonly repeated: number;
      readonly quarantined: number;
    };

/** What is known of a ledger whose terminal is here. `upto`: for one that is not told the hash. */
export interface Welcomed {
  readonly upto: number;
  readonly held: Held;
  readonly suspected: readonly Suspicion[];
}

/** What became of it. `not-facts`: nothing of this one is kept; `message` names the place, never the content. */
export type Taken =
  | ({ readonly kind: 'welcomed' } & Welcomed)
  | StoreOutcome
  | { readonly kind: 'not-facts'; readonly message: string };

export interface FactLog {
  /** Keeps all of it, in this order, or rejects and keeps nothing. `now`: ms since the epoch. As many answers as were told. */
  take(told: readonly Told[], now: number): Promise<readonly Taken[]>;
  /** What more is known of clocks: worth keeping, and no loss. */
  noteClocks(notes: readonly (readonly [BootOf, ClockSample])[]): Promise<void>;
}

/** Facts as they are read by what follows from them. The reader keeps its cursor with what it makes of them, in one transaction. */
export interface FactFeed {
  /** Facts of these events that arrived after the cursor `after`, in the order of their arrival, and the cursor behind them. */
  ofEventsAfter(
    events: readonly EventName[],
    after: number,
  ): Promise<{ readonly upto: number; readonly facts: readonly string[] }>;
  /** A hint that is at hand: differs from an earlier answer whenever there may be something new. */
  changeMark(): string;
}
