/** The digit behind a number that is typed: no slip of the finger makes another right number of it. */

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { checkDigit, isChecked } from '../../src/domain/check-digit.ts';

const numbers = fc.stringMatching(/^\d{1,12}$/u).map((digits) => digits + checkDigit(digits));

test('the example of its inventor: 572 is followed by 4', () => {
  expect(checkDigit('572')).toBe('4');
  expect(isChecked('5724')).toBe(true);
});

test('with one digit wrong no number is right', () => {
  fc.assert(
    fc.property(numbers, (number) => {
      expect(isChecked(number)).toBe(true);
      for (const [at, right] of [...number].entries()) {
        for (const wrong of '0123456789'.replace(right, '')) {
          expect(isChecked(number.slice(0, at) + wrong + number.slice(at + 1))).toBe(false);
        }
      }
    }),
  );
});

test('with two neighbours swapped no number is right, unless they are the same', () => {
  fc.assert(
    fc.property(numbers, (number) => {
      for (const [at, one] of [...number].entries()) {
        const next = number[at + 1] ?? one;
        const swapped = number.slice(0, at) + next + one + number.slice(at + 2);
        if (next !== one) expect(isChecked(swapped)).toBe(false);
      }
    }),
  );
});
