/**
 * A check digit by H. M. Damm (2004): a totally anti-symmetric quasigroup of order 10, so that no number with one digit wrong, and
 * none with two neighbours swapped, is right.
 */

const OPERATION = [
  '0317598642',
  '7092154863',
  '4206871359',
  '1750983426',
  '6123045978',
  '3674209581',
  '5869720134',
  '8945362017',
  '9438617205',
  '2581436790',
] as const;

function folded(digits: string): string {
  let interim = '0';
  for (const digit of digits) interim = OPERATION[Number(interim)]?.[Number(digit)] ?? '';
  return interim;
}

/** `digits`: 0 to 9 only. With this one behind them they are right. */
export function checkDigit(digits: string): string {
  return folded(digits);
}

/** `digits`: 0 to 9 only, the check digit last. */
export function isChecked(digits: string): boolean {
  return folded(digits) === '0';
}
