/**
 * The code that an operator reads from the platform and somebody types at the terminal: ten groups of five characters
 * (Crockford's base32: no I, L, O, U), the last character of each group a check of that group. It carries 128 bits of the
 * SHA-256 of the platform CA's public key, so that it is given to no other platform, and a secret of 72 bits.
 */

export interface EnrolmentCode {
  /** The first 16 bytes of the SHA-256 of the CA's SubjectPublicKeyInfo. */
  readonly platform: Uint8Array;
  /** 9 bytes. */
  readonly secret: Uint8Array;
}

export const CODE_PLATFORM_BYTES = 16;
export const CODE_SECRET_BYTES = 9;

/** What was typed is no code. `message` says where it was mistyped, and never what it says. */
export class EnrolmentCodeError extends Error {
  override readonly name = 'EnrolmentCodeError';
}

const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const GROUPS = 10;
const GROUP = 5;

/** As it is printed: `XXXXX-XXXXX-...`. Throws RangeError on other lengths than the code has. */
export function writeEnrolmentCode({ platform, secret }: EnrolmentCode): string {
  if (platform.length !== CODE_PLATFORM_BYTES || secret.length !== CODE_SECRET_BYTES) {
    throw new RangeError('a code has 16 bytes of the platform and 9 bytes of secret');
  }
  const digits = toDigits([...platform, ...secret]);
  const groups = Array.from({ length: GROUPS }, (_, index) => {
    const group = digits.slice(index * (GROUP - 1), (index + 1) * (GROUP - 1));
    return [...group, checkOf(index, group)].map((digit) => ALPHABET[digit]).join('');
  });
  return groups.join('-');
}

/** Case, blanks and hyphens say nothing; I and L are read as 1, O as 0. Throws EnrolmentCodeError. */
export function readEnrolmentCode(typed: string): EnrolmentCode {
  const text = typed
    .normalize('NFKC')
    .toUpperCase()
    .replaceAll(/[\s‐-―-]/gu, '');
  const digits = [...text].map((character, at) => digitOf(character, at));
  if (digits.length !== GROUPS * GROUP) {
    throw new EnrolmentCodeError(
      `the code has ${GROUPS} groups of ${GROUP} characters; ${digits.length} of ${GROUPS * GROUP} were typed`,
    );
  }
  const data = Array.from({ length: GROUPS }, (_, index) => {
    const group = digits.slice(index * GROUP, (index + 1) * GROUP - 1);
    if (checkOf(index, group) !== digits[(index + 1) * GROUP - 1]) {
      throw new EnrolmentCodeError(`group ${index + 1} of the code is mistyped, or out of place`);
    }
    return group;
  });
  const bytes = toBytes(data.flat());
  return {
    platform: bytes.subarray(0, CODE_PLATFORM_BYTES),
    secret: bytes.subarray(CODE_PLATFORM_BYTES),
  };
}

function digitOf(character: string, at: number): number {
  const read = character === 'I' || character === 'L' ? '1' : character === 'O' ? '0' : character;
  const digit = ALPHABET.indexOf(read);
  if (digit >= 0 && read.length === 1) return digit;
  const group = Math.floor(at / GROUP) + 1;
  throw new EnrolmentCodeError(`group ${group} of the code has a character that no code has`);
}

/**
 * A polynomial check in GF(32): each place has a weight of its own, so one wrong character, and two that changed places,
 * are always found; the weights go on from group to group, so that groups in another order are found, too.
 */
function checkOf(index: number, group: readonly number[]): number {
  return group.reduce((sum, digit, at) => sum ^ times(digit, index * (GROUP - 1) + at + 1), 0);
}

/** `digit` times the generator to the `power`, modulo x^5 + x^2 + 1, which is primitive. */
function times(digit: number, power: number): number {
  let product = digit;
  for (let step = 0; step < power % 31; step += 1) {
    product <<= 1;
    if (product > 31) product ^= 0b100101;
  }
  return product;
}

/** Five bits each, from the first: 25 bytes are 40 digits. */
function toDigits(bytes: readonly number[]): number[] {
  const bits = bytes.map((byte) => byte.toString(2).padStart(8, '0')).join('');
  return (bits.match(/.{5}/gu) ?? []).map((five) => Number.parseInt(five, 2));
}

function toBytes(digits: readonly number[]): Uint8Array {
  const bits = digits.map((digit) => digit.toString(2).padStart(5, '0')).join('');
  return Uint8Array.from(bits.match(/.{8}/gu) ?? [], (eight) => Number.parseInt(eight, 2));
}
