/**
 * Where a PIN is while it is typed: one buffer, overwritten as soon as it is not needed. Its digits are never in a string,
 * an event, a machine's context or a message.
 */

/** The most is also the size of the buffer. */
export const PIN_DIGITS = { least: 4, most: 12 } as const;

const ZERO = 0x30;
const NINE = 0x39;

export function hasPinLength(digits: number): boolean {
  return digits >= PIN_DIGITS.least && digits <= PIN_DIGITS.most;
}

export class PinVault {
  readonly #digits = Buffer.alloc(PIN_DIGITS.most);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** One typed character. What is no digit, or one too many, changes nothing and is answered with false. */
  add(character: string): boolean {
    return this.addByte(character.length === 1 ? character.charCodeAt(0) : 0);
  }

  /** As `add`, for a byte of ASCII. */
  addByte(byte: number): boolean {
    if (byte < ZERO || byte > NINE || this.#length === PIN_DIGITS.most) return false;
    this.#digits[this.#length] = byte;
    this.#length += 1;
    return true;
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
