/** As many storms as fit in the time, each with a seed of its own. The seed of one that fails is in its message. */

import { randomInt } from 'node:crypto';
import { afterAll, beforeAll, test, vi } from 'vitest';
import { REPLAYED, stormOf } from './seeds.ts';
import { Sky } from './sky.ts';

vi.mock('ws', () => import('./frame-network.ts'));

const MINUTES = Number(process.env['KAZASU_CHAOS_MINUTES'] ?? 4);

let sky: Sky;
beforeAll(async () => {
  sky = await Sky.open();
});
afterAll(() => sky.close());

test('through any network and any crash, again and again', async () => {
  const end = performance.now() + MINUTES * 60_000;
  let [seeds, steps] = [0, 0];
  try {
    do {
      steps += await stormOf(REPLAYED ?? randomInt(2 ** 31), sky);
      seeds += 1;
    } while (performance.now() < end && REPLAYED === null);
  } finally {
    process.stdout.write(`${seeds} seeds of storms, ${steps} steps\n`);
  }
});
