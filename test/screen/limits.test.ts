/** Tokens and allowances by their own clock. */

import { expect, test } from 'vitest';
import { Allowance } from '../../src/domain/allowance.ts';
import { OneTimeTokens } from '../../src/screen/one-time-tokens.ts';

test('a token works once, and until its time is over', () => {
  let now = 0;
  const tokens = new OneTimeTokens(1_000, 8, () => now);
  const [used, late] = [tokens.issue(), tokens.issue()];
  now = 1_000;
  expect(tokens.redeem(used)).toBe(true);
  expect(tokens.redeem(used)).toBe(false);
  now = 1_001;
  expect(tokens.redeem(late)).toBe(false);
  expect(tokens.redeem('')).toBe(false);
});

test('no more tokens are outstanding than may be; the oldest gives way', () => {
  const tokens = new OneTimeTokens(1_000, 2, () => 0);
  const [oldest, older, newest] = [tokens.issue(), tokens.issue(), tokens.issue()];
  expect([oldest, older, newest].map((token) => tokens.redeem(token))).toEqual([false, true, true]);
});

test('an allowance is given back with time, and never more than it began with', () => {
  let now = 0;
  const allowance = new Allowance(2, 4, () => now);
  const take = () => allowance.take(1);
  expect([take(), take(), take()]).toEqual([true, true, false]);
  now = 250;
  expect([take(), take()]).toEqual([true, false]);
  now = 60_000;
  expect([take(), take(), take()]).toEqual([true, true, false]);
});
