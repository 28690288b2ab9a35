/** A service: one machine tied to its effects. `index.ts` lists them all. */

import type { AnyStateMachine } from 'xstate';
import type { CardReader } from '../../devices/card/card.ts';
import type { Reason } from '../domain/reason.ts';
import type { Papers } from '../papers.ts';
import type { ListKeys } from '../pki/converted-value.ts';
import type { TrustStore } from '../pki/trust-store.ts';
import type { Recorder } from '../recorder.ts';
import type { ListShelf } from '../store/list-shelf.ts';

/** What a terminal offers its services. Devices and trust come and go: ask at the time of use. */
export interface TerminalParts {
  readonly terminal: string;
  /** ms since the epoch, never before the trusted high-water mark; see src/clock.ts. */
  now(): number;
  reader(): CardReader | null;
  trust(): TrustStore;
  listKeys(list: string): ListKeys | null;
  readonly shelf: ListShelf;
  readonly recorder: Recorder;
  readonly papers: Papers;
}

export interface Service {
  readonly id: string;
  readonly needs: readonly ('card' | 'receipt')[];
  /** The entry lists that the service works with. */
  readonly lists: readonly string[];
  /** What stands in the way of this service now. */
  obstacle(): Reason | null;
  /** Serves one tap: input `SensedTap`, output `Answer`. */
  readonly machine: AnyStateMachine;
  /** Calls `owed` when the receipt of this tap turns out not to come; returns how to stop listening. */
  watchReceipt(tap: number, owed: () => void): () => void;
}
