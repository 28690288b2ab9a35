/** What may happen in a storm, as steps that chance puts in a row and that can be left out one by one to find the least that fails. */

import fc from 'fast-check';
import { FATES } from './frame-network.ts';

export const GATES = 2;
export const TICKETS = 8;

const gate = fc.nat(GATES - 1);
const ticket = fc.nat(TICKETS - 1);
const direction = fc.constantFrom('up', 'down', 'both');

const step = <Name extends string, Rest extends object>(
  name: Name,
  rest: { [Field in keyof Rest]: fc.Arbitrary<Rest[Field]> },
) => fc.record({ do: fc.constant(name), ...rest }) as fc.Arbitrary<{ do: Name } & Rest>;

/** The fates but the good one. */
const misfortune = fc.constantFrom(...FATES.slice(1));

const STEPS = [
  { weight: 10, arbitrary: step('tap', { gate, ticket }) },
  { weight: 3, arbitrary: step('crowd', { gate, people: fc.integer({ min: 20, max: 450 }) }) },
  { weight: 10, arbitrary: step('wait', { ms: fc.integer({ min: 1, max: 20_000 }) }) },
  { weight: 4, arbitrary: step('wait', { ms: fc.integer({ min: 1, max: 200 }) }) },
  {
    weight: 3,
    arbitrary: step('weather', {
      gate,
      delayMs: fc.constantFrom(1, 25, 150, 700),
      jitterMs: fc.constantFrom(0, 40, 900),
      harm: fc.constantFrom(0, 3, 15, 50),
    }),
  },
  {
    weight: 5,
    arbitrary: step('spoil', { gate, direction: fc.constantFrom('up', 'down'), fate: misfortune }),
  },
  { weight: 3, arbitrary: step('cut', { gate }) },
  { weight: 3, arbitrary: step('way', { gate, direction, way: fc.constantFrom('held', 'void') }) },
  { weight: 2, arbitrary: step('unplug', { gate }) },
  { weight: 6, arbitrary: step('mend', { gate }) },
  { weight: 3, arbitrary: step('kill-gate', { gate, power: fc.boolean() }) },
  { weight: 2, arbitrary: step('kill-platform', { power: fc.boolean() }) },
  { weight: 1, arbitrary: step('busy', { ms: fc.integer({ min: 1_000, max: 40_000 }) }) },
  { weight: 1, arbitrary: step('fill', { side: fc.nat(GATES) }) },
  { weight: 2, arbitrary: step('free', { side: fc.nat(GATES) }) },
  {
    weight: 2,
    arbitrary: step('jump', {
      side: fc.nat(GATES),
      to: fc.constantFrom('1970', 'a-year-ahead', 'an-hour-back', 'right'),
    }),
  },
  { weight: 1, arbitrary: step('back-up', { gate }) },
  { weight: 1, arbitrary: step('restore', { gate }) },
  { weight: 2, arbitrary: step('retire', { gate }) },
  { weight: 1, arbitrary: step('publish', { without: ticket }) },
] as const;

export type Step = (typeof STEPS)[number]['arbitrary'] extends infer Each
  ? Each extends fc.Arbitrary<infer Value>
    ? Value
    : never
  : never;

/** `luck`: of frames and back-off. `isSlow`: the platform's store is, so that it says so. `lists`: some are published meanwhile. */
export interface Plan {
  readonly luck: number;
  readonly isSlow: boolean;
  readonly lists: boolean;
  readonly steps: readonly Step[];
}

export const PLAN: fc.Arbitrary<Plan> = fc.record({
  luck: fc.nat(),
  isSlow: fc.nat(7).map((n) => n === 7),
  lists: fc.nat(3).map((n) => n === 3),
  steps: fc.array(fc.oneof(...STEPS), { minLength: 10, maxLength: 70, size: 'max' }),
});
