/**
 * The card reader as the rest of the daemon sees it: cards come and go, and a card can be asked who it is.
 *
 * A driver never heals itself. It opens, works, and when the reader (or the service behind it) is gone it says so
 * once with `onLost`; `state-machines/device.ts` closes it and opens a new one.
 */

import type { Reason } from '../../src/domain/reason.ts';

export type CardFault = Extract<
  Reason,
  'card-removed' | 'card-unreadable' | 'card-not-supported' | 'phone-not-supported'
>;

/** An expected failure of the card in the field. Anything else that a driver throws is a defect. */
export class CardError extends Error {
  readonly fault: CardFault;
  constructor(fault: CardFault, detail: string, options?: ErrorOptions) {
    super(detail, options);
    this.name = 'CardError';
    this.fault = fault;
  }
}

/** One stay of one card in the field. A new number whenever another card could be there. */
export type Tap = number;

export interface CardReaderListener {
  /** `sensedAt`: CLOCK_MONOTONIC in ms (`process.hrtime`), comparable between processes of this machine. */
  onCardPresent(tap: Tap, sensedAt: number): void;
  onCardGone(tap: Tap): void;
  /** The device can't be used any more. Called at most once. */
  onLost(reason: string): void;
}

export interface CardIdentity {
  /** DER of the user-authentication certificate, EF 000A, exactly as long as its DER length says. */
  readonly certificate: Uint8Array;
  /** CLOCK_MONOTONIC in ms: when the first byte was sent to the card, and when the last came back. */
  readonly startedAt: number;
  readonly finishedAt: number;
}

/** In whose name a card is asked to prove its key. Where the institution's key is, is its store's business. */
export interface Institution {
  /** The institution's card-verifiable certificate: the objects 5F4E and 5F37, one after the other, 568 bytes. */
  readonly certificate: Uint8Array;
  /** What stands for this terminal in the message that the card signs: the DER of its certificate. */
  readonly terminal: Uint8Array;
  /** RSASSA-PKCS1-v1_5 with SHA-256 by the institution's key, 256 bytes; null when the key can't be used now. */
  sign(data: Uint8Array): Promise<Uint8Array | null>;
}

export interface CardProof extends CardIdentity {
  /** Why the card did not prove that it holds the private key of its certificate, for the journal; null: it did. */
  readonly notProved: string | null;
  /** CLOCK_MONOTONIC in ms: when the exchange after the reading was over. */
  readonly provedAt: number;
}

export interface CardReader {
  /** The PC/SC name of the reader. */
  readonly name: string;
  /** True when cards and times are those of a model, so that every figure shown says so. */
  readonly modelled: boolean;
  /**
   * Reads the certificate of the card of this tap. Rejects with `CardError`; with `card-removed` when the card of
   * this tap is no longer the one in the field, also when another one is.
   */
  identify(tap: Tap): Promise<CardIdentity>;
  /**
   * Reads the certificate as `identify` does, and has the card prove its private key in the same session, without a PIN.
   * Whether the certificate itself is worth anything is not asked. Rejects as `identify`.
   */
  prove(tap: Tap, institution: Institution): Promise<CardProof>;
  close(): Promise<void>;
}

export type OpenCardReader = (listener: CardReaderListener) => Promise<CardReader>;
