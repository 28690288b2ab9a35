/**
 * What the daemon and its card process say to each other, over Node's IPC channel with structured cloning. Both ends
 * are ours and of the same version, so nothing is parsed: the types are the protocol.
 */

import type { CardFault, CardIdentity, Tap } from './card.ts';

/** Limits inside the card process, in ms. */
export interface CardLimits {
  /** How long to look for the reader when opening. */
  readonly readerMs: number;
  /** The longest answer to one command. */
  readonly transmitMs: number;
  /** The longest identification, from request to answer. */
  readonly identifyMs: number;
  /** How long to wait for another program that holds the card. */
  readonly sharingMs: number;
  /** Pause between two proofs that the card of a tap is still the one in the field. */
  readonly probeMs: number;
  /** A call into PC/SC that takes longer than this means that reader or service hang. */
  readonly hangMs: number;
}

/** The card process gets this as its one argument, as JSON. */
export interface CardProcessOptions {
  /** What the name of the reader begins with; empty for the first reader. */
  readonly reader: string;
  readonly limits: CardLimits;
}

export type ToCardProcess =
  | { readonly do: 'identify'; readonly request: number; readonly tap: Tap }
  | { readonly do: 'ping' }
  /** Release the card, then end. */
  | { readonly do: 'close' };

export type FromCardProcess =
  /** The first one, or `lost` instead. */
  | { readonly is: 'ready'; readonly reader: string }
  | { readonly is: 'present'; readonly tap: Tap; readonly sensedAt: number }
  | { readonly is: 'gone'; readonly tap: Tap }
  | { readonly is: 'identified'; readonly request: number; readonly identity: CardIdentity }
  | {
      readonly is: 'failed';
      readonly request: number;
      readonly fault: CardFault;
      readonly detail: string;
    }
  | { readonly is: 'pong' }
  | { readonly is: 'lost'; readonly reason: string };

/** CLOCK_MONOTONIC in ms, comparable between the processes of one machine. */
export function monotonicNow(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}
