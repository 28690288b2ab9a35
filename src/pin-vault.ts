/**
 * Where a PIN is while it is typed: one buffer, overwritten as soon as it is not needed. Its digits are never in a string,
 * an event, a machine's context or a message.
 */

import { pinDigit } from './domain/card-pin.ts';

/** Of the staff's PIN. */
export const PIN_DIGITS = { least: 4, most: 12 } as const;

export function hasPinLength(digits: number): boolean {
  return digits >= PIN_DIGITS.least && digits <= PIN_DIGITS.most;
}

export class PinVault {
  readonly #digits: Buffer;
  #length = 0;

  constructor(digitsMax: number = PIN_DIGITS.most) {
    // Memory of its own: what V8 keeps on its heap it copies when it tidies up, and nobody overwrites the old place.
    this.#digits = Buffer.from(new ArrayBuffer(digitsMax));
  }

  get length(): number {
    return this.#length;
  }

  /** One typed character. What is no digit, or one too many, changes nothing and is answered with false. */
  add(character: string): boolean {
    const digit = pinDigit(character);
    if (digit === null || this.#length === this.#digits.length) return false;
    this.#digits[this.#length] = digit;
    this.#length += 1;
    return true;
  }

  /** As `add`, for a byte of ASCII. */
  addByte(byte: number): boolean {
    return this.add(String.fromCharCode(byte));
  }

  /** Takes the last digit away. */
  erase(): void {
    if (this.#length === 0) return;
    this.#length -= 1;
    this.#digits[this.#length] = 0;
  }

  equals(other: PinVault): boolean {
    return this.#digits.equals(other.#digits);
  }

  /** Hands the digits to `use` and overwrites them when it is through with them, however it ends. */
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
