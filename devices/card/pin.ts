/**
 * How a card proves that its holder knows the PIN: VERIFY, then a signature over `kazasu-pin-1`.
 *
 * `PinProof` is the daemon's half, which judges; `pinExchange` is the half beside the card, which carries bytes. The PIN
 * is in neither: it is a `PinEntry` (pin-entry.ts), which can be sent once.
 */

import { randomBytes } from 'node:crypto';
import { hexOf, limited, SW, type Transmit } from './apdu.ts';
import { CardError, type CardIdentity, type PinAsked, type PinOutcome } from './card.ts';
import {
  countTries,
  logOut,
  openKey,
  type Refusal,
  selectReference,
  signWith,
  USER_KEY,
} from './card-key.ts';
import { isSignedBy, NONCE_BYTES, SHA256_BYTES, sha256 } from './card-signature.ts';
import { selectApplication } from './jpki-card.ts';
import type { PinEntry } from './pin-entry.ts';

const PIN_PREFIX = Buffer.from('kazasu-pin-1', 'ascii');
/** Seven commands, and room for 61xx and 6Cxx. */
const APDUS_MAX = 24;

/** What the half beside the card needs to know; plain bytes, so that it can travel to another process. */
export interface PinRequest {
  /** The message up to the digest of the card's certificate, and from there on. */
  readonly before: Uint8Array;
  readonly after: Uint8Array;
}

/** What the card answered. */
export type PinAnswer = { readonly signature: Uint8Array } | Refusal;

/** One proof, from its nonce to the verdict. Good for one exchange. */
export class PinProof {
  readonly request: PinRequest;

  /** Throws RangeError when `request` is not 32 bytes. */
  constructor({ terminal, request }: Pick<PinAsked, 'terminal' | 'request'>) {
    if (request.length !== SHA256_BYTES) throw new RangeError('a request is a SHA-256 digest');
    this.request = {
      before: Buffer.concat([PIN_PREFIX, randomBytes(NONCE_BYTES), sha256(terminal)]),
      after: Uint8Array.from(request),
    };
  }

  /** `provedAt`: CLOCK_MONOTONIC in ms, when the exchange was over. */
  judge(identity: CardIdentity, answer: PinAnswer, provedAt: number): PinOutcome {
    const { certificate, startedAt, finishedAt } = identity;
    const known = { certificate, startedAt, finishedAt, provedAt };
    if ('refused' in answer) return { ...known, result: 'not-proved', detail: answer.refused };
    if ('triesLeft' in answer) {
      const { triesLeft } = answer;
      if (triesLeft === 0) return { ...known, result: 'blocked' };
      return { ...known, result: 'wrong-pin', triesLeft };
    }
    const { signature } = answer;
    const message = messageFor(this.request, certificate);
    if (isSignedBy(certificate, message, signature)) {
      return { ...known, result: 'proved', signature, message };
    }
    const detail = 'the signature is not of the key in the certificate';
    return { ...known, result: 'not-proved', detail };
  }
}

/**
 * How often the PIN may still be wrong; 0: blocked. Costs no try. Rejects with `CardError`: `card-not-supported` without
 * such a PIN, `card-unreadable` for a count that no such card has.
 */
export async function pinTriesLeft(transmit: Transmit): Promise<number> {
  const card = limited(transmit, APDUS_MAX);
  await selectApplication(card);
  const selected = await selectReference(card, USER_KEY);
  if (selected !== SW.ok) {
    throw new CardError('card-not-supported', `SELECT of the PIN: ${hexOf(selected)}`);
  }
  return countTries(card, USER_KEY);
}

/**
 * Shows the PIN to the card whose certificate was read on the same connection, and has it sign. A card that is blocked
 * is not shown it. Rejects with `CardError` when the card goes or can't be understood; a card that refuses is an answer.
 */
export async function pinExchange(
  transmit: Transmit,
  request: PinRequest,
  certificate: Uint8Array,
  entry: PinEntry,
): Promise<PinAnswer> {
  const card = limited(transmit, APDUS_MAX);
  // Anew, so that no PIN of before counts.
  await selectApplication(card);
  const refusal = await openKey(card, USER_KEY, entry);
  if (refusal !== null) return refusal;
  try {
    return await signWith(card, USER_KEY, messageFor(request, certificate));
  } finally {
    await logOut(card);
  }
}

function messageFor({ before, after }: PinRequest, certificate: Uint8Array): Buffer {
  return Buffer.concat([before, sha256(certificate), after]);
}
