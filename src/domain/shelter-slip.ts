/** Who came without a card has a mark that is random, and a number that is read off a slip of paper and typed. */

/** Digits of the number; two groups of three on paper and screen. */
export const SLIP_DIGITS = 6;

/** `mark`: 32 hex characters. The same mark has the same number, and says nothing of anybody. */
export function slipNumber(mark: string): string {
  const number = Number.parseInt(mark.slice(0, 12), 16) % 10 ** SLIP_DIGITS;
  return String(number).padStart(SLIP_DIGITS, '0');
}

/** 123 456 */
export function slipShown(number: string): string {
  return `${number.slice(0, 3)} ${number.slice(3)}`;
}
