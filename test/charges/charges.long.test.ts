import { expect, test } from 'vitest';
import { tempFolder } from '../store/fixtures.ts';
import { chargeStory } from './story.ts';

const SEEDS = 200;

test('two hundred times everything goes wrong: charged once, or not at all', async () => {
  const first = Date.now() % 1_000_000_000;
  process.stdout.write(`seeds ${first} to ${first + SEEDS - 1}\n`);
  let told = 0;
  for (let seed = first; seed < first + SEEDS; seed += 1) {
    await chargeStory(seed, tempFolder()).catch((error: unknown) => {
      throw new Error(`seed ${seed}`, { cause: error });
    });
    told += 1;
  }
  expect(told).toBe(SEEDS);
});
