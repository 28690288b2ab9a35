/**
 * A few storms; storm.long.test.ts raises many. `KAZASU_SEED=1234 npm run test:unit -- test/storm/storm.test.ts` replays one,
 * and finds the least of it that fails.
 */

import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { Gate } from './gate.ts';
import type { Plan, Step } from './plan.ts';
import { REPLAYED, stormOf } from './seeds.ts';
import { Sky } from './sky.ts';
import { type Storm, weather } from './storm.ts';

vi.mock('ws', () => import('./frame-network.ts'));

const SEEDS = [1, 10, 33, 420_834_470, 743_002_233];
/** A seed that is replayed is also made smaller. */
const TEST_MS_MAX = 200_000;

let sky: Sky;
beforeAll(async () => {
  sky = await Sky.open();
});
afterAll(() => sky.close());

test.each(REPLAYED === null ? SEEDS : [REPLAYED])(
  'through any network and any crash, every tap is on the platform once (seed %i)',
  async (seed) => {
    expect(await stormOf(seed, sky)).toBeGreaterThanOrEqual(10);
  },
  TEST_MS_MAX,
);

const calm: Omit<Plan, 'steps'> = { luck: 1, isSlow: false, lists: false };
const after = (...steps: readonly Step[]): Promise<Storm> => weather({ ...calm, steps }, sky);
const [UP, TAP] = [
  { do: 'wait', ms: 2_000 },
  { do: 'tap', gate: 0, ticket: 0 },
] as const satisfies readonly Step[];

test('a link that is refused in the moment of its welcome is opened again', async () => {
  const spoil = { do: 'spoil', gate: 0, direction: 'down', fate: 'twice' } as const;
  const { gates } = await after(spoil, UP, TAP);
  const refused = gates[0]?.said.filter(({ event }) => event === 'link.refused');
  expect(refused).toMatchObject([{ fields: { detail: 'a second welcome' } }]);
});

test('what was acknowledged on a full disk is noted once there is space, on the same link', async () => {
  const fill = { do: 'fill', side: 0 } as const;
  const { gates } = await after(
    UP,
    { do: 'way', gate: 0, direction: 'down', way: 'held' },
    TAP,
    fill,
    {
      do: 'mend',
      gate: 0,
    },
    UP,
    { do: 'free', side: 0 },
  );
  expect(gates[0]?.line.tries).toHaveLength(1);
});

test('a platform whose disk is full neither ends nor says that it holds what it does not', async () => {
  const full = { do: 'fill', side: 2 } as const;
  const { gates, platform } = await after(UP, full, TAP, UP, { do: 'free', side: 2 });
  const unwritable = platform.logged.filter(({ event }) => event === 'facts.unwritable');
  expect(unwritable).toMatchObject([{ fields: { frames: 1, detail: 'SQLITE_FULL' } }]);
  expect(gates[0]?.said).toContainEqual(
    expect.objectContaining({
      event: 'link.down',
      fields: { reason: 'try-later (1013)', waiting: 1 },
    }),
  );
});

test('a platform that asks not to be called for half a minute is not, and is called then', async () => {
  const { gates } = await after(
    UP,
    { do: 'busy', ms: 20_000 },
    { do: 'cut', gate: 0 },
    TAP,
    { do: 'wait', ms: 20_000 },
    { do: 'wait', ms: 15_000 },
  );
  const { said, line } = gates[0] as Gate;
  const putOff = said.find(({ fields }) => 'reason' in fields && fields.reason === 'try-later');
  const next = line.tries.find((at) => at > Number(putOff?.at));
  expect(Number(next) - Number(putOff?.at)).toBeGreaterThanOrEqual(30_000);
  expect(Number(next) - Number(putOff?.at)).toBeLessThan(32_000);
});
