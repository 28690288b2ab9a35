/** What the tool and the processes of its terminals say to each other, over Node's channel between them. */

import type { WirePlace } from '../../src/link/alert-protocol.ts';

/** Who the terminals of one process are. */
export interface Crew {
  /** The number of the first one; their names end with their numbers. */
  readonly from: number;
  readonly count: number;
  /** So many of them stop reading once they were welcomed. */
  readonly slow: number;
  /** Where they connect: `ws://`. */
  readonly url: string;
  /** The entry list that they ask for. */
  readonly list: string;
  /** Where they stand; absent: nowhere, and no alert concerns them. */
  readonly place?: WirePlace;
}

/**
 * `open`: connect all. `head`: wait until each has heard of this version of the list. `alert`: wait until each has heard so many alerts. `tap`: so many facts each, the next one when
 * the last was acknowledged. `cut`: drop every connection at once, and come back. `say`: where every ledger stands.
 * `stop`: end what is under way and report what there is of it.
 */
export type Order =
  | { readonly do: 'open' }
  | { readonly do: 'head'; readonly version: number }
  | { readonly do: 'alert'; readonly count: number }
  | { readonly do: 'tap'; readonly taps: number }
  | { readonly do: 'cut' }
  | { readonly do: 'say' }
  | { readonly do: 'stop' };

/** One terminal's ledger, for whoever asks the platform what it holds of it. */
export interface LedgerState {
  readonly terminal: string;
  readonly epoch: string;
  /** Facts written. */
  readonly seq: number;
  /** Facts that the platform said it holds. */
  readonly acknowledged: number;
}

/** The answer to an order, once. */
export interface Told {
  readonly did: Order['do'];
  /** False when it was stopped before all were through. */
  readonly isWhole: boolean;
  /** When the order began, and when each terminal (or each tap) was through: ms since the epoch. */
  readonly begun: number;
  readonly at: readonly number[];
  /** Of each tap, how long its acknowledgement took, in ms. */
  readonly took: readonly number[];
  readonly ledgers: readonly LedgerState[];
  /** Connections that were lost and came back since the last answer, besides those that were cut on purpose. */
  readonly lost: number;
  /** What the platform said or did that is not of the protocol; the first few. */
  readonly faults: readonly string[];
}

/** Ms since the epoch with fractions, on a clock that all processes of a machine share and nobody sets meanwhile. */
export function epochMs(): number {
  return performance.timeOrigin + performance.now();
}
