/**
 * What the daemon and its card process say to each other, over Node's IPC channel with structured cloning. Both ends
 * are ours and of the same version, so nothing is parsed: the types are the protocol.
 */

import type { CardFault, CardIdentity, PinFate, Tap } from './card.ts';
import type { PinAnswer, PinRequest } from './pin.ts';
import type { PossessionOutcome, PossessionRequest } from './possession.ts';
import type { SigningAnswer, SigningRequest } from './signing.ts';

/** Limits inside the card process, in ms. */
export interface CardLimits {
  /** How long to look for the reader when opening. */
  readonly readerMs: number;
  /** The longest answer to one command. */
  readonly transmitMs: number;
  /** The longest identification, from request to answer; with a proof, both together. */
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

/** Not judged yet: whether the signature is right is for the daemon to find out. */
export interface ProvedIdentity extends CardIdentity {
  readonly outcome: PossessionOutcome;
  readonly provedAt: number;
}

/** Not judged yet, as `ProvedIdentity`. */
export interface Answered<Answer> extends CardIdentity {
  readonly answer: Answer;
  readonly provedAt: number;
}

export type ToCardProcess =
  | { readonly do: 'identify'; readonly request: number; readonly tap: Tap }
  | {
      readonly do: 'prove';
      readonly request: number;
      readonly tap: Tap;
      readonly proof: PossessionRequest;
    }
  | { readonly do: 'count-tries'; readonly request: number; readonly tap: Tap }
  /** The PIN itself is in its own pipe (pcsc-pin-pipe.ts). `stopAt`: no later than that is it sent, CLOCK_MONOTONIC in ms. */
  | {
      readonly do: 'prove-pin';
      readonly request: number;
      readonly tap: Tap;
      readonly proof: PinRequest;
      readonly stopAt: number;
    }
  | { readonly do: 'count-signing-tries'; readonly request: number; readonly tap: Tap }
  /** The password is in that pipe, too. */
  | {
      readonly do: 'sign';
      readonly request: number;
      readonly tap: Tap;
      readonly signing: SigningRequest;
      readonly stopAt: number;
    }
  /** The institution's signature for a challenge; null when there is none. */
  | { readonly do: 'answer'; readonly request: number; readonly signature: Uint8Array | null }
  | { readonly do: 'ping' }
  /** Release the card, then end. */
  | { readonly do: 'close' };

export type FromCardProcess =
  /** The first one, or `lost` instead. */
  | { readonly is: 'ready'; readonly reader: string }
  | { readonly is: 'present'; readonly tap: Tap; readonly sensedAt: number }
  | { readonly is: 'gone'; readonly tap: Tap }
  | { readonly is: 'identified'; readonly request: number; readonly identity: CardIdentity }
  /** Waits for `answer`: the institution's key is not in this process. */
  | { readonly is: 'challenged'; readonly request: number; readonly challenge: Uint8Array }
  | { readonly is: 'proved'; readonly request: number; readonly proved: ProvedIdentity }
  | { readonly is: 'tries-counted'; readonly request: number; readonly triesLeft: number }
  | {
      readonly is: 'pin-answered';
      readonly request: number;
      readonly answered: Answered<PinAnswer>;
    }
  | {
      readonly is: 'signing-tries-counted';
      readonly request: number;
      readonly triesLeft: number | null;
    }
  | {
      readonly is: 'sign-answered';
      readonly request: number;
      readonly answered: Answered<SigningAnswer>;
    }
  | {
      readonly is: 'failed';
      readonly request: number;
      readonly fault: CardFault;
      readonly detail: string;
      readonly pin: PinFate;
    }
  | { readonly is: 'pong' }
  | { readonly is: 'lost'; readonly reason: string };

/** CLOCK_MONOTONIC in ms, comparable between the processes of one machine. */
export function monotonicNow(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}
