/** A PIN or password on its way to a card: one buffer, sent once, overwritten then. */

import { CARD_PIN_DIGITS } from '../../src/domain/card-pin.ts';
import { isPasswordByte, SIGNING_PASSWORD } from '../../src/domain/signing-password.ts';
import { INS, SW, sendOnce, type Transmit } from './apdu.ts';
import { CardError, type PinFate } from './card.ts';

/** P2 of VERIFY: the selected file. */
const SELECTED = 0x80;
const HEADER_BYTES = 5;

/** What can be a secret of its kind; for anything else no try is spent. */
export interface SecretForm {
  readonly least: number;
  readonly most: number;
  allows(byte: number): boolean;
  /** What it is, for whoever gave something else. */
  readonly says: string;
}

/** Of the user-authentication key: four ASCII digits. */
export const PIN_FORM: SecretForm = {
  least: CARD_PIN_DIGITS,
  most: CARD_PIN_DIGITS,
  allows: (byte) => byte >= 0x30 && byte <= 0x39,
  says: `the PIN of a card is ${CARD_PIN_DIGITS} digits`,
};

/** Of the signing key. */
export const PASSWORD_FORM: SecretForm = {
  ...SIGNING_PASSWORD,
  allows: isPasswordByte,
  says: `the password of a signing key is ${SIGNING_PASSWORD.least} to ${SIGNING_PASSWORD.most} capitals and digits`,
};

/** Throws RangeError, having overwritten the secret, unless it has that form. The message says nothing of it. */
export function refuseOtherSecrets(secret: Uint8Array, form: SecretForm): void {
  const { length } = secret;
  if (length >= form.least && length <= form.most && secret.every(form.allows)) return;
  secret.fill(0);
  throw new RangeError(form.says);
}

/** One PIN or password as it was typed: it can be sent to a card once, and is overwritten then. */
export class PinEntry {
  /** The whole VERIFY command, so that the secret is in one place; null once it was sent or wiped. */
  #verify: Uint8Array | null;
  #fate: PinFate = 'not-sent';

  /** Overwrites `secret`. Throws as `refuseOtherSecrets`. */
  constructor(secret: Uint8Array, form: SecretForm = PIN_FORM) {
    refuseOtherSecrets(secret, form);
    // Memory of its own: what V8 keeps on its heap it copies when it tidies up, and nobody overwrites the old place.
    this.#verify = new Uint8Array(new ArrayBuffer(HEADER_BYTES + secret.length));
    this.#verify.set([0x00, INS.verify, 0x00, SELECTED, secret.length]);
    this.#verify.set(secret, HEADER_BYTES);
    secret.fill(0);
  }

  get fate(): PinFate {
    return this.#fate;
  }

  /** Status word of VERIFY for the selected file. Throws `CardError` when it was sent or wiped before. */
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

  /** Runs what needs it and wipes it, however that ends; a `CardError` tells what became of it. */
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
