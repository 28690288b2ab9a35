/** Base45 (RFC 9285): bytes in the characters of a QR code's alphanumeric mode. */

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:';
const BASE = ALPHABET.length;
const BYTE = 256;
/** Two bytes are three characters; one byte at the end is two. */
const GROUP = { bytes: 2, characters: 3 } as const;

export function toBase45(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += GROUP.bytes) {
    const [high = 0, low] = bytes.subarray(at, at + GROUP.bytes);
    let rest = low === undefined ? high : high * BYTE + low;
    for (let left = low === undefined ? 2 : GROUP.characters; left > 0; left -= 1) {
      text += ALPHABET.charAt(rest % BASE);
      rest = Math.floor(rest / BASE);
    }
  }
  return text;
}

/** Null for what no bytes encode to. */
export function fromBase45(text: string): Buffer | null {
  const bytes: number[] = [];
  for (let at = 0; at < text.length; at += GROUP.characters) {
    const digits = [...text.slice(at, at + GROUP.characters)].map((digit) =>
      ALPHABET.indexOf(digit),
    );
    const value = digits.reduceRight((sum, digit) => sum * BASE + digit, 0);
    const count = digits.length - 1;
    if (count === 0 || digits.includes(-1) || value >= BYTE ** count) return null;
    if (count === GROUP.bytes) bytes.push(Math.floor(value / BYTE));
    bytes.push(value % BYTE);
  }
  return Buffer.from(bytes);
}
