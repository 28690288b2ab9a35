/** What a card shows of itself at one tap: its certificate, and the proof of its key where somebody wants one. */

import {
  CardError,
  type CardIdentity,
  type CardReader,
  type Institution,
  type PinAsked,
  type PinOutcome,
  type SignedProof,
  type Tap,
} from '../devices/card/card.ts';
import { type Assurance, assuranceReaches } from './domain/entry-list.ts';

export interface CardEvidence extends CardIdentity {
  /** What was shown; whether the certificate itself is valid is not asked here. */
  readonly assurance: Assurance;
  /** Why it is not more, for the journal. */
  readonly lacks: string;
  /** What the card signed; null when it proved nothing. */
  readonly proof: SignedProof | null;
  /** CLOCK_MONOTONIC in ms: when the exchange after the reading was over; null when there was none. */
  readonly provedAt: number | null;
}

/** Asks for no more than `least` wants, in one session. Rejects with `CardError`. */
export async function askCard(
  reader: CardReader,
  tap: Tap,
  least: Assurance,
  institution: Institution | null,
): Promise<CardEvidence> {
  if (institution === null || assuranceReaches('identified', least)) {
    const identity = await reader.identify(tap);
    const lacks = 'this terminal has no institution key';
    return { ...identity, assurance: 'identified', lacks, proof: null, provedAt: null };
  }
  const { notProved, ...proof } = await reader.prove(tap, institution);
  return {
    ...proof,
    assurance: notProved === null ? 'possession' : 'identified',
    lacks: notProved ?? 'there is no PIN',
  };
}

/**
 * The same card once more, with the proof of its key, when it showed less until now and this terminal can ask for it.
 * Rejects with `CardError`; with `card-removed` when another card took its place.
 */
export async function proofOf(
  seen: CardEvidence,
  reader: CardReader | null,
  tap: Tap,
  institution: Institution | null,
): Promise<CardEvidence> {
  if (institution === null || assuranceReaches(seen.assurance, 'possession')) return seen;
  if (reader === null) throw new CardError('card-removed', 'the reader is gone');
  const proved = await askCard(reader, tap, 'possession', institution);
  if (Buffer.compare(proved.certificate, seen.certificate) === 0) return proved;
  throw new CardError('card-removed', 'another card took its place');
}

/** What came of a PIN: what was shown of the card with it, and what the person has to be told. */
export type PinEvidence = CardEvidence & PinOutcome;

/**
 * Has the holder prove that they know the card's PIN, in one session. Only `proved` reaches `possession+pin`: a wrong or
 * blocked PIN shows a certificate, and nothing more. Overwrites `asked.pin` whatever happens and rejects with
 * `CardError`, as `CardReader.provePin`.
 */
export async function askCardWithPin(
  reader: CardReader,
  tap: Tap,
  asked: PinAsked,
): Promise<PinEvidence> {
  const outcome = await reader.provePin(tap, asked);
  if (outcome.result === 'proved') {
    const { message, signature } = outcome;
    return { ...outcome, proof: { message, signature }, assurance: 'possession+pin', lacks: '' };
  }
  const lacks = outcome.result === 'not-proved' ? outcome.detail : outcome.result;
  return { ...outcome, proof: null, assurance: 'identified', lacks };
}
