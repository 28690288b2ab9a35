/** The matrix of revocation, with OpenSSL's opinion beside ours. */

import { beforeAll, describe, expect, it } from 'vitest';
import { type Outcome, runRevocationMatrix } from './revocation.ts';

let outcome: Outcome;
beforeAll(async () => {
  outcome = await runRevocationMatrix();
}, 240_000);

describe('the matrix of revocation', () => {
  it('has tens of thousands of cases', () => {
    expect(outcome.cases).toBeGreaterThan(100_000);
  });

  it('has no card vouched for that nobody may vouch for', () => {
    expect(outcome.falseAccepts).toEqual([]);
  });

  it('has no card refused, or left open, without a reason', () => {
    expect(outcome.falseRefusals).toEqual([]);
  });

  it('differs from OpenSSL where it means to, and nowhere else', () => {
    expect(outcome.compared).toBeGreaterThan(1_000);
    expect(outcome.differences.filter(({ why }) => why === null)).toEqual([]);
  });

  it('never vouches for what OpenSSL refuses, but for a clock that is five minutes behind', () => {
    const laxer = outcome.differences.filter(({ what }) => what.includes('OpenSSL false'));
    expect(laxer.every(({ what }) => what.includes('four minutes ahead'))).toBe(true);
  });
});
