/** One story of power cuts; kill.long.test.ts tells many. `KAZASU_SEED=1234` replays one. */

import { test } from 'vitest';
import { killStory } from './kill-story.ts';

/** The story starts a gate some eight times. */
const TEST_MS_MAX = 400_000;

const seed = Number(process.env['KAZASU_SEED'] ?? 20_160_220);

test(
  `killed between the tap and the paper: once or not at all, known or asked (seed ${seed})`,
  async () => {
    await killStory(seed);
  },
  TEST_MS_MAX,
);
