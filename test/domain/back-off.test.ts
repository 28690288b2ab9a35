/** When a terminal tries its platform again. */

import { expect, test } from 'vitest';
import { RECONNECT, reconnectDelay } from '../../src/domain/back-off.ts';

test('the longest wait doubles with each failure, up to half a minute, however many there were', () => {
  const longest = [0, 1, 2, 3, 6, 16, 1_000].map((failures) => reconnectDelay(failures, 1));
  expect(longest).toEqual([500, 1_000, 2_000, 4_000, 30_000, 30_000, 30_000]);
  expect(RECONNECT.longestMs).toBe(30_000);
});

test('and the wait itself is anything from nothing to that, so that a town comes back one by one', () => {
  expect(reconnectDelay(3, 0)).toBe(0);
  expect(reconnectDelay(3, 0.25)).toBe(1_000);
  const waits = Array.from({ length: 1_000 }, () => reconnectDelay(6));
  expect(Math.min(...waits)).toBeLessThan(3_000);
  expect(Math.max(...waits)).toBeGreaterThan(27_000);
});
