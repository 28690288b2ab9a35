/**
 * Where a PIN or password is while it is typed: one buffer, overwritten as soon as it is not needed. Its characters are never
 * in a string, an event, a machine's context or a message.
 */

import { pinDigit } from './domain/card-pin.ts';
import { passwordCharacter, SIGNING_PASSWORD } from './domain/signing-password.ts';

/** Of the staff's PIN. */
export const PIN_DIGITS = { least: 4, most: 12 } as const;

export function hasPinLength(digits: number): boolean {
  return digits >= PIN_DIGITS.least && digits <= PIN_DIGITS.most;
}

/** The ASCII code of a typed character, as it is kept; null for one that is not taken. */
type CodeOf = (character: string) => number | null;

/** For the password of a card's signing key: letters and digits, as the card knows them. */
export function passwordVault(): PinVault {
  return new PinVault(SIGNING_PASSWORD.most, passwordCharacter);
}

export class PinVault {
  readonly #digits: Buffer;
  readonly #codeOf: CodeOf;
  #length = 0;

  constructor(digitsMax: number = PIN_DIGITS.most, codeOf: CodeOf = pinDigit) {
    // Memory of its own: what V8 keeps on its heap it copies when it tidies up, and nobody overwrites the old place.
    this.#digits = Buffer.from(new ArrayBuffer(digitsMax));
    this.#codeOf = codeOf;
  }

  get length(): number {
    return this.#length;
  }

  /** One typed character. One that is not taken here, or one too many, changes nothing and is answered with false. */
  add(character: string): boolean {
    const code = this.#codeOf(character);
    if (code === null || this.#length === this.#digits.length) return false;
    this.#digits[this.#length] = code;
    this.#length += 1;
    return true;
  }

  /** As `add`, for a byte of ASCII. */
  addByte(byte: number): boolean {
    return this.add(String.fromCharCode(byte));
  }

  /** Takes the last character away. */
  erase(): void {
    if (this.#length === 0) return;
    this.#length -= 1;
    this.#digits[this.#length] = 0;
  }

  equals(other: PinVault): boolean {
    return this.#digits.equals(other.#digits);
  }

  /** Hands what was typed to `use` and overwrites them when it is through with them, however it ends. */
  async take<Result>(use: (pin: Buffer) => Promise<Result>): Promise<Result> {
    const pin = Buffer.from(this.#digits.subarray(0, this.#length));
    this.wipe();
    try {
      return await use(pin);
    } finally {
      pin.fill(0);
    }
  }

  wipe(): void {
    this.#digits.fill(0);
    this.#length = 0;
  }
}
