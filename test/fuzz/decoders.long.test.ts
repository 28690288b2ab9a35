/** New seeds for as long as the time budget lasts; each is printed with what it tried. */

import { expect, test } from 'vitest';
import { DECODERS } from './decoders.ts';
import { fuzz } from './run.ts';

const BUDGET_MS = 120_000;
const RUNS = 1_000;

test('damaged bytes are taken or refused, and nothing else, with seeds that nobody chose', async () => {
  const endsAt = performance.now() + BUDGET_MS;
  let seed = Date.now() % 1_000_000_000;
  const first = seed;
  do {
    for (const decoder of DECODERS) await fuzz(decoder, seed, RUNS);
    seed += 1;
  } while (performance.now() < endsAt);
  const tried = (seed - first) * DECODERS.length * RUNS;
  process.stdout.write(`seeds ${first} to ${seed - 1}: ${tried} inputs\n`);
  expect(tried).toBeGreaterThan(0);
}, 600_000);
