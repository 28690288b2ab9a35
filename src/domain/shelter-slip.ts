/** Who came without a card has a mark that is random, and a number that is read off a slip of paper and typed. */

import { checkDigit } from './check-digit.ts';

/** Random ones; a check digit stands behind them. */
const RANDOM_DIGITS = 6;
/** Digits of the number; three, and then the others, on paper and screen. */
export const SLIP_DIGITS = RANDOM_DIGITS + 1;

/** `mark`: 32 hex characters. The same mark has the same number, and says nothing of anybody. */
export function slipNumber(mark: string): string {
  const number = Number.parseInt(mark.slice(0, 12), 16) % 10 ** RANDOM_DIGITS;
  const digits = String(number).padStart(RANDOM_DIGITS, '0');
  return digits + checkDigit(digits);
}

/** 123 4561 */
export function slipShown(number: string): string {
  return `${number.slice(0, 3)} ${number.slice(3)}`;
}
