/** What a card shows of itself at one tap: its certificate, and the proof of its key where somebody wants one. */

import { createHash } from 'node:crypto';
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
import type { Reason } from './domain/reason.ts';
import { requestLines } from './link/question-protocol.ts';
import type { PinVault } from './pin-vault.ts';

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

/** What a step says when the card did not let its work come to an end. */
export type CardFailed =
  | { readonly next: 'hold-again'; readonly reason: 'card-removed' | 'card-unreadable' }
  | { readonly next: 'refuse'; readonly reason: Reason };

/**
 * A card that goes or can't be understood is a result of `work`, as everything is that cards can do; `failed` hears of it first.
 * Without a reader there is no card, and nothing is heard.
 */
export async function withCard<Result>(
  reader: CardReader | null,
  work: (reader: CardReader) => Promise<Result>,
  failed: (how: CardFailed, detail: string) => void,
): Promise<Result | CardFailed> {
  if (reader === null) return { next: 'hold-again', reason: 'card-removed' };
  try {
    return await work(reader);
  } catch (error) {
    if (!(error instanceof CardError)) throw error;
    const how = failureOf(error);
    failed(how, error.message);
    return how;
  }
}

function failureOf({ fault }: CardError): CardFailed {
  const isAgain = fault === 'card-removed' || fault === 'card-unreadable';
  return isAgain ? { next: 'hold-again', reason: fault } : { next: 'refuse', reason: fault };
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

/** What the card signs with its PIN: this question, asked at this terminal, and no other one. */
export interface QuestionToSign {
  /** Its identity, as the card binds it. */
  readonly terminal: PinAsked['terminal'];
  readonly question: Parameters<typeof requestLines>[0];
}

/**
 * As `askCardWithPin`, with the PIN that is taken out of the vault, once, by the card that was `read` before.
 * Rejects with `CardError`; with `card-removed` when another card took its place.
 */
export async function proveQuestion(
  {
    reader,
    tap,
    read,
  }: { readonly reader: CardReader; readonly tap: Tap; readonly read: CardEvidence },
  { terminal, question }: QuestionToSign,
  vault: PinVault,
): Promise<PinEvidence> {
  const request = createHash('sha256').update(requestLines(question), 'utf8').digest();
  const shown = await vault.take((pin) => askCardWithPin(reader, tap, { pin, terminal, request }));
  if (Buffer.from(read.certificate).equals(shown.certificate)) return shown;
  throw new CardError('card-removed', 'another certificate than the one that was read');
}
