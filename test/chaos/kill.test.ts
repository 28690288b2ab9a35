/** A few stories of power cuts; kill.long.test.ts tells many. `KAZASU_SEED=1234` replays one. */

import { test } from 'vitest';
import { killStory } from './kill-story.ts';

/** Each story starts a gate some eight times. */
const TEST_MS_MAX = 400_000;

const SEEDS = [1, 20_160_220, 3_405_691_582];

const replayed = process.env['KAZASU_SEED'];

test.each(replayed === undefined ? SEEDS : [Number(replayed)])(
  'killed between the tap and the paper: once or not at all, known or asked (seed %i)',
  async (seed) => {
    await killStory(seed);
  },
  TEST_MS_MAX,
);
