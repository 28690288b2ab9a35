/**
 * How a card signs with its signing key (署名用電子証明書): VERIFY of the password, the certificate, which nobody can read
 * before, and a signature over what is asked with the digest of that certificate behind it.
 *
 * `judgeSigning` is the daemon's half, `signingExchange` the half beside the card, which carries bytes. What they mean, CMS
 * or anything else, neither knows.
 */

import { hexOf, limited, SW, type Transmit } from './apdu.ts';
import {
  type ApplicationAsked,
  CardError,
  type CardIdentity,
  type SigningOutcome,
} from './card.ts';
import {
  countTries,
  logOut,
  openKey,
  type Refusal,
  SIGNING_KEY,
  selectReference,
  signWith,
} from './card-key.ts';
import { isSignedBy, sha256 } from './card-signature.ts';
import { hasSigningCertificate, readSigningCertificate, selectApplication } from './jpki-card.ts';
import type { PinEntry } from './pin-entry.ts';

/** 26 commands with the largest certificate; the rest is for 61xx and 6Cxx. */
const APDUS_MAX = 64;
const MESSAGE_BYTES_MAX = 1024;

/** What the half beside the card needs to know; plain bytes, so that it can travel to another process. */
export type SigningRequest = Omit<ApplicationAsked, 'password'>;

/** What the card answered; `none`: it has no signing certificate; `other`: it is not the card that is meant. */
export type SigningAnswer =
  | { readonly signingCertificate: Uint8Array; readonly signature: Uint8Array }
  | { readonly none: true }
  | { readonly other: true }
  | Refusal;

/** Throws RangeError unless there is something to sign, 1 to 1,024 bytes. */
export function signingRequest({ authCertificate, message }: SigningRequest): SigningRequest {
  if (message.length < 1 || message.length > MESSAGE_BYTES_MAX) {
    throw new RangeError(`what is signed has 1 to ${MESSAGE_BYTES_MAX} bytes`);
  }
  return { authCertificate: Uint8Array.from(authCertificate), message: Uint8Array.from(message) };
}

/** `provedAt`: CLOCK_MONOTONIC in ms, when the exchange was over. Throws `CardError` for another card than the one that is meant. */
export function judgeSigning(
  request: SigningRequest,
  { certificate, startedAt, finishedAt }: CardIdentity,
  answer: SigningAnswer,
  provedAt: number,
): SigningOutcome {
  const known = { certificate, startedAt, finishedAt, provedAt };
  if ('other' in answer) throw new CardError('card-removed', 'another card took its place');
  if ('none' in answer) return { ...known, result: 'no-signing-certificate' };
  if ('refused' in answer) return { ...known, result: 'not-signed', detail: answer.refused };
  if ('triesLeft' in answer) {
    const { triesLeft } = answer;
    if (triesLeft === 0) return { ...known, result: 'blocked' };
    return { ...known, result: 'wrong-pin', triesLeft };
  }
  const { signingCertificate, signature } = answer;
  const message = messageFor(request, signingCertificate);
  if (isSignedBy(signingCertificate, message, signature)) {
    return { ...known, result: 'signed', signingCertificate, signature, message };
  }
  const detail = 'the signature is not of the key in the signing certificate';
  return { ...known, result: 'not-signed', detail };
}

/**
 * How often the password may still be wrong, 0: blocked; null: the card has no signing certificate. Costs no try. Rejects
 * with `CardError`: `card-unreadable` for a count that no such card has.
 */
export async function signingTriesLeft(transmit: Transmit): Promise<number | null> {
  const card = limited(transmit, APDUS_MAX);
  await selectApplication(card);
  if (!(await hasSigningCertificate(card))) return null;
  const selected = await selectReference(card, SIGNING_KEY);
  if (selected === SW.fileNotFound) return null;
  if (selected !== SW.ok) {
    throw new CardError('card-unreadable', `SELECT of the password: ${hexOf(selected)}`);
  }
  return countTries(card, SIGNING_KEY);
}

/**
 * Shows the password to the card whose certificate, `certificate`, was read on the same connection, reads the signing
 * certificate, and has the card sign. A card that is blocked, that has no signing certificate, or that is not the one of
 * `request` is not shown it. Rejects with `CardError` when the card goes or can't be understood; a card that refuses is an
 * answer.
 */
export async function signingExchange(
  transmit: Transmit,
  request: SigningRequest,
  certificate: Uint8Array,
  entry: PinEntry,
): Promise<SigningAnswer> {
  if (Buffer.compare(certificate, request.authCertificate) !== 0) return { other: true };
  const card = limited(transmit, APDUS_MAX);
  // Anew, so that no password of before counts.
  await selectApplication(card);
  if (!(await hasSigningCertificate(card))) return { none: true };
  const refusal = await openKey(card, SIGNING_KEY, entry);
  if (refusal !== null) return refusal;
  try {
    return await signOpened(card, request);
  } finally {
    await logOut(card);
  }
}

async function signOpened(card: Transmit, request: SigningRequest): Promise<SigningAnswer> {
  const signingCertificate = await readSigningCertificate(card);
  if (signingCertificate === null) return { none: true };
  if (typeof signingCertificate === 'number') {
    return { refused: `the signing certificate: ${hexOf(signingCertificate)}` };
  }
  const message = messageFor(request, signingCertificate);
  const signed = await signWith(card, SIGNING_KEY, message);
  return 'refused' in signed ? signed : { ...signed, signingCertificate };
}

function messageFor({ message }: SigningRequest, signingCertificate: Uint8Array): Buffer {
  return Buffer.concat([message, sha256(signingCertificate)]);
}
