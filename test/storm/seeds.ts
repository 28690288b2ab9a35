/** From a seed to a storm, and from a storm that fails to the least of it that does. */

import fc from 'fast-check';
import { PLAN, type Plan } from './plan.ts';
import type { Sky } from './sky.ts';
import { weather } from './storm.ts';

/** The one seed that is asked for; null: none. */
export const REPLAYED =
  process.env['KAZASU_SEED'] === undefined ? null : Number(process.env['KAZASU_SEED']);

/** For finding the least plan. */
const SHRINKING_MS = 120_000;

/**
 * Rejects with what went wrong, the plan, and how to see it again. A seed that was asked for is also made smaller: then the
 * plan is the least that was found to fail. Resolves to how many steps there were.
 */
export async function stormOf(seed: number, sky: Sky): Promise<number> {
  let steps = 0;
  const survives = fc.asyncProperty(PLAN, async (plan: Plan) => {
    steps = plan.steps.length;
    await weather(plan, sky);
  });
  const found = await fc.check(survives, {
    ...{ seed, numRuns: 1, unbiased: true, endOnFailure: REPLAYED === null },
    interruptAfterTimeLimit: SHRINKING_MS,
  });
  if (!found.failed) return steps;
  const replay = `KAZASU_SEED=${seed} npm run test:unit -- test/storm/storm.test.ts`;
  const plan = JSON.stringify(found.counterexample?.[0]);
  throw new Error(`seed ${seed}; replay and shrink it: ${replay}\n${plan}`, {
    cause: found.errorInstance,
  });
}
