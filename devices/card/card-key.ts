/** The two private keys of the JPKI application: how each is opened with its PIN or password, and made to sign. */

import { CARD_PIN_TRIES } from '../../src/domain/card-pin.ts';
import { SIGNING_PASSWORD_TRIES } from '../../src/domain/signing-password.ts';
import { command, exchange, hexOf, INS, SW, sendOnce, type Transmit } from './apdu.ts';
import { CardError } from './card.ts';
import { SIGNATURE_BYTES, sha256 } from './card-signature.ts';
import { selectApplication, selectFile } from './jpki-card.ts';
import type { PinEntry } from './pin-entry.ts';

/** P2 of VERIFY and of the signature: the selected file. */
const SELECTED = 0x80;
/** DigestInfo of SHA-256 up to the digest (RFC 8017 9.2, note 1): the card signs what it is given. */
const DIGEST_INFO = Buffer.from('3031300D060960864801650304020105000420', 'hex');

export interface CardKey {
  /** EF of the key, and of the PIN or password that opens it. */
  readonly file: number;
  readonly reference: number;
  /** How often that may be wrong in a row. */
  readonly tries: number;
}

export const USER_KEY: CardKey = { file: 0x0017, reference: 0x0018, tries: CARD_PIN_TRIES };
export const SIGNING_KEY: CardKey = {
  file: 0x001a,
  reference: 0x001b,
  tries: SIGNING_PASSWORD_TRIES,
};

/** How often it may still be wrong, 0: blocked; or what the card refused, in words for the journal. */
export type Refusal = { readonly triesLeft: number } | { readonly refused: string };

/** Status word of SELECT of what opens the key. */
export async function selectReference(card: Transmit, { reference }: CardKey): Promise<number> {
  return (await selectFile(card, reference)).sw;
}

/**
 * How often what is selected may still be wrong. The empty VERIFY (ISO 7816-4 7.5.6) costs no try. Rejects with
 * `card-unreadable` for a count that no such card has.
 */
export async function countTries(card: Transmit, key: CardKey): Promise<number> {
  const sw = await askForTries(card);
  const tries = triesIn(sw, key);
  if (tries === null) throw new CardError('card-unreadable', `the tries of the PIN: ${hexOf(sw)}`);
  return tries;
}

/** Shows the card the PIN or password, once; a card that is blocked is not shown it. Null: the key is open. */
export async function openKey(
  card: Transmit,
  key: CardKey,
  entry: PinEntry,
): Promise<Refusal | null> {
  const selected = await selectReference(card, key);
  if (selected !== SW.ok) return { refused: `SELECT of the PIN: ${hexOf(selected)}` };
  const before = await askForTries(card);
  if (triesIn(before, key) === 0) return { triesLeft: 0 };
  const verified = await entry.verify(card);
  if (verified === SW.ok) return null;
  const triesLeft = triesIn(verified, key);
  return triesLeft === null ? { refused: `VERIFY: ${hexOf(verified)}` } : { triesLeft };
}

/** RSASSA-PKCS1-v1_5 with SHA-256 by an open key, 256 bytes. */
export async function signWith(
  card: Transmit,
  key: CardKey,
  message: Uint8Array,
): Promise<{ readonly signature: Uint8Array } | { readonly refused: string }> {
  const selected = await selectFile(card, key.file);
  if (selected.sw !== SW.ok) return { refused: `SELECT of the key: ${hexOf(selected.sw)}` };
  const data = Buffer.concat([DIGEST_INFO, sha256(message)]);
  const ask = command(0x80, INS.performSecurityOperation, 0x00, SELECTED, { data, le: 256 });
  const response = await exchange(card, ask);
  if (response.sw !== SW.ok) return { refused: `the signature: ${hexOf(response.sw)}` };
  const { data: signature } = response;
  if (signature.length === SIGNATURE_BYTES) return { signature };
  return { refused: `the signature: ${signature.length} bytes` };
}

/** The card stays in the field, and its key open, longer than what it was opened for: selecting anew closes it. */
export async function logOut(card: Transmit): Promise<void> {
  try {
    await selectApplication(card);
  } catch (error) {
    // It left with its power, and what was asked of it is done.
    if (!(error instanceof CardError)) throw error;
  }
}

async function askForTries(card: Transmit): Promise<number> {
  return (await sendOnce(card, command(0x00, INS.verify, 0x00, SELECTED))).sw;
}

/** What a status word says of the counter: 63Cx, or one of the two for a blocked reference (6983, 6984). */
function triesIn(sw: number, { tries }: CardKey): number | null {
  if (sw === 0x6983 || sw === 0x6984) return 0;
  const left = sw & 0x000f;
  return sw >> 4 === 0x63c && left <= tries ? left : null;
}
