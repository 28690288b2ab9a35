/**
 * How a card proves that its holder knows the PIN: VERIFY, then a signature over `kazasu-pin-1`.
 *
 * `PinProof` is the daemon's half, which judges; `pinExchange` is the half beside the card, which carries bytes. The PIN
 * is in neither: it is a `PinEntry`, which can be sent once.
 */

import { randomBytes } from 'node:crypto';
import { CARD_PIN_DIGITS, CARD_PIN_TRIES } from '../../src/domain/card-pin.ts';
import { command, exchange, hexOf, INS, limited, SW, sendOnce, type Transmit } from './apdu.ts';
import {
  CardError,
  type CardIdentity,
  type PinAsked,
  type PinFate,
  type PinOutcome,
} from './card.ts';
import {
  isSignedBy,
  NONCE_BYTES,
  SHA256_BYTES,
  SIGNATURE_BYTES,
  sha256,
} from './card-signature.ts';
import { selectApplication } from './jpki-card.ts';

const EF_USER_KEY = 0x0017;
const EF_USER_PIN = 0x0018;
/** P2 of VERIFY and of the signature: the selected file. */
const SELECTED = 0x80;

const VERIFY_HEADER = Uint8Array.of(0x00, INS.verify, 0x00, SELECTED, CARD_PIN_DIGITS);

const PIN_PREFIX = Buffer.from('kazasu-pin-1', 'ascii');
/** DigestInfo of SHA-256 up to the digest (RFC 8017 9.2, note 1): the card signs what it is given. */
const DIGEST_INFO = Buffer.from('3031300D060960864801650304020105000420', 'hex');

const DIGIT = { first: 0x30, last: 0x39 } as const;
/** Seven commands, and room for 61xx and 6Cxx. */
const APDUS_MAX = 24;

/** What the half beside the card needs to know; plain bytes, so that it can travel to another process. */
export interface PinRequest {
  /** The message up to the digest of the card's certificate, and from there on. */
  readonly before: Uint8Array;
  readonly after: Uint8Array;
}

/** What the card answered; `triesLeft` 0: blocked. `refused` in words for the journal. */
export type PinAnswer =
  | { readonly signature: Uint8Array }
  | { readonly triesLeft: number }
  | { readonly refused: string };

/** Throws RangeError, having overwritten the PIN, unless it is four ASCII digits. The message says nothing of it. */
export function refuseOtherPins(pin: Uint8Array): void {
  const isDigits = pin.every((byte) => byte >= DIGIT.first && byte <= DIGIT.last);
  if (pin.length === CARD_PIN_DIGITS && isDigits) return;
  pin.fill(0);
  throw new RangeError(`the PIN of a card is ${CARD_PIN_DIGITS} digits`);
}

/** One PIN as it was typed: it can be sent to a card once, and is overwritten then. */
export class PinEntry {
  /** The whole VERIFY command, so that the digits are in one place; null once it was sent or wiped. */
  #verify: Uint8Array | null;
  #fate: PinFate = 'not-sent';

  /** Overwrites `pin`. Throws as `refuseOtherPins`. */
  constructor(pin: Uint8Array) {
    refuseOtherPins(pin);
    // Memory of its own: what V8 keeps on its heap it copies when it tidies up, and nobody overwrites the old place.
    const memory = new ArrayBuffer(VERIFY_HEADER.length + CARD_PIN_DIGITS);
    this.#verify = new Uint8Array(memory);
    this.#verify.set(VERIFY_HEADER);
    this.#verify.set(pin, VERIFY_HEADER.length);
    pin.fill(0);
  }

  get fate(): PinFate {
    return this.#fate;
  }

  /** Status word of VERIFY for the selected file. Throws `CardError` when the PIN was sent or wiped before. */
  async verify(card: Transmit): Promise<number> {
    const verify = this.#verify;
    this.#verify = null;
    if (verify === null) throw new CardError('card-unreadable', 'the time for the PIN is over');
    this.#fate = 'unknown';
    try {
      const { sw } = await sendOnce(card, verify);
      if (sw === SW.ok) this.#fate = 'right';
      return sw;
    } finally {
      verify.fill(0);
    }
  }

  wipe(): void {
    this.#verify?.fill(0);
    this.#verify = null;
  }

  /** Runs a proof and wipes this, however it ends; a `CardError` tells what became of the PIN. */
  async during<Result>(proof: () => Promise<Result>): Promise<Result> {
    try {
      return await proof();
    } catch (error) {
      if (!(error instanceof CardError)) throw error;
      throw new CardError(error.fault, error.message, { cause: error, pin: this.#fate });
    } finally {
      this.wipe();
    }
  }
}

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
 * How often the PIN may still be wrong; 0: blocked. The empty VERIFY (ISO 7816-4 7.5.6) costs no try. Rejects with
 * `CardError`: `card-not-supported` without such a PIN, `card-unreadable` for a count that no such card has.
 */
export async function pinTriesLeft(transmit: Transmit): Promise<number> {
  const card = limited(transmit, APDUS_MAX);
  await selectApplication(card);
  const selected = await selectFile(card, EF_USER_PIN);
  if (selected !== SW.ok) {
    throw new CardError('card-not-supported', `SELECT of the PIN: ${hexOf(selected)}`);
  }
  const sw = await askForTries(card);
  const tries = triesIn(sw);
  if (tries === null) throw new CardError('card-unreadable', `the tries of the PIN: ${hexOf(sw)}`);
  return tries;
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
  const selected = await selectFile(card, EF_USER_PIN);
  if (selected !== SW.ok) return { refused: `SELECT of the PIN: ${hexOf(selected)}` };
  const before = await askForTries(card);
  if (triesIn(before) === 0) return { triesLeft: 0 };
  const verified = await entry.verify(card);
  if (verified !== SW.ok) {
    const triesLeft = triesIn(verified);
    return triesLeft === null ? { refused: `VERIFY: ${hexOf(verified)}` } : { triesLeft };
  }
  try {
    return await sign(card, messageFor(request, certificate));
  } finally {
    await logOut(card);
  }
}

async function sign(card: Transmit, message: Uint8Array): Promise<PinAnswer> {
  const selected = await selectFile(card, EF_USER_KEY);
  if (selected !== SW.ok) return { refused: `SELECT of the key: ${hexOf(selected)}` };
  const data = Buffer.concat([DIGEST_INFO, sha256(message)]);
  const ask = command(0x80, INS.performSecurityOperation, 0x00, SELECTED, { data, le: 256 });
  const response = await exchange(card, ask);
  if (response.sw !== SW.ok) return { refused: `the signature: ${hexOf(response.sw)}` };
  const { data: signature } = response;
  if (signature.length === SIGNATURE_BYTES) return { signature };
  return { refused: `the signature: ${signature.length} bytes` };
}

/** The card stays in the field, and its key open, longer than the proof: selecting anew closes it. */
async function logOut(card: Transmit): Promise<void> {
  try {
    await selectApplication(card);
  } catch (error) {
    // It left with its power, and what was asked of it is done.
    if (!(error instanceof CardError)) throw error;
  }
}

async function selectFile(card: Transmit, ef: number): Promise<number> {
  const data = Uint8Array.of(ef >> 8, ef & 0xff);
  return (await exchange(card, command(0x00, INS.select, 0x02, 0x0c, { data }))).sw;
}

async function askForTries(card: Transmit): Promise<number> {
  return (await sendOnce(card, command(0x00, INS.verify, 0x00, SELECTED))).sw;
}

/** What a status word says of the counter: 63Cx, or one of the two for a blocked reference (6983, 6984). */
function triesIn(sw: number): number | null {
  if (sw === 0x6983 || sw === 0x6984) return 0;
  const tries = sw & 0x000f;
  return sw >> 4 === 0x63c && tries <= CARD_PIN_TRIES ? tries : null;
}

function messageFor({ before, after }: PinRequest, certificate: Uint8Array): Buffer {
  return Buffer.concat([before, sha256(certificate), after]);
}
