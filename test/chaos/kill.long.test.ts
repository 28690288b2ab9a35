/** As many stories of power cuts as fit in the time, each with a seed of its own. `KAZASU_SEED=1234` replays one. */

import { randomInt } from 'node:crypto';
import { expect, test } from 'vitest';
import { killStory } from './kill-story.ts';

/** They come first. */
const SEEDS = [1, 20_160_220, 3_405_691_582];
const MINUTES = Number(process.env['KAZASU_CHAOS_MINUTES'] ?? 4);

test('killed between the tap and the paper, again and again', async () => {
  const replayed = process.env['KAZASU_SEED'];
  const end = performance.now() + MINUTES * 60_000;
  const told = new Map<string, number>();
  let stories = 0;
  do {
    const seed = replayed === undefined ? (SEEDS[stories] ?? randomInt(2 ** 32)) : Number(replayed);
    for (const answer of await killStory(seed)) told.set(answer, (told.get(answer) ?? 0) + 1);
    stories += 1;
  } while (performance.now() < end && replayed === undefined);
  const answers = JSON.stringify(Object.fromEntries(told));
  process.stdout.write(`${stories} seeds of power cuts; then people were told: ${answers}\n`);
  // Chance has cut at every kind of moment, or the stories prove nothing.
  if (replayed !== undefined) return;
  expect([...told.keys()].toSorted()).toEqual([
    'already-entered',
    'entry.granted',
    'receipt-unsettled',
    'receipt.claimed',
  ]);
});
