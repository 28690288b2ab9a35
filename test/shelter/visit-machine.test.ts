/** A visit at a shelter in time that the test makes: how fast a family is in, and when a go ends. */

import { expect, test } from 'vitest';
import { type AnyActorRef, createActor, fromCallback, fromPromise, SimulatedClock } from 'xstate';
import type { StepResult } from '../../src/domain/answer.ts';
import type { PersonShown } from '../../src/domain/shelter-screen.ts';
import type { SensedTap } from '../../src/domain/tap.ts';
import { shelterVisitMachine } from '../../state-machines/shelter-visit.ts';
import {
  type Admitted,
  type PersonFound,
  SHELTER_DELAYS,
  type ShelterEvent,
  type ToAdmit,
} from '../../state-machines/shelter-visit-setup.ts';

/** Under a minute: what the pilots' drills asked for. */
const DRILL_MS = 60_000;
/** An old person finds their card, holds it, and steps aside: slow, on purpose. */
const FUMBLING_MS = 15_000;
const READING_MS = 700;

function atTheReader() {
  const clock = new SimulatedClock();
  let nth = 0;
  const admit = ({ seen }: ToAdmit): PersonShown => {
    nth += 1;
    return { nth, name: `＊${seen.tap}`, at: '', how: 'arrived', people: 1 };
  };
  const reads = () =>
    new Promise<StepResult>((resolve) => {
      clock.setTimeout(() => resolve({ next: 'go-on' }), READING_MS);
    });
  const machine = shelterVisitMachine.provide({
    actors: {
      readCard: fromPromise<StepResult, SensedTap>(reads),
      findPerson: fromPromise<PersonFound, SensedTap>(async () => ({ is: 'to-admit' })),
      admit: fromPromise<Admitted, ToAdmit>(async ({ input }) => ({
        person: admit(input),
        begins: input.isFirst,
      })),
      awaitCard: fromCallback<ShelterEvent, SensedTap>(() => {}),
      watchCard: fromCallback<ShelterEvent, SensedTap>(({ sendBack }) =>
        sendBack({ type: 'card.gone' }),
      ),
    },
  });
  const visit = createActor(machine, { clock, input: { tap: 1, sensedAt: 0 } }).start();
  const pass = async (ms: number) => {
    clock.increment(ms);
    for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
  };
  return { visit, clock, pass };
}

const isIn = (visit: AnyActorRef, state: string) => visit.getSnapshot().value === state;

test('a family of three is taken in within a minute, however slowly they hold their cards', async () => {
  const { visit, clock, pass } = atTheReader();
  await pass(READING_MS);
  for (const tap of [2, 3]) {
    await pass(FUMBLING_MS);
    expect(isIn(visit, 'gathering')).toBe(true);
    visit.send({ type: 'card.present', tap, sensedAt: 0 });
    await pass(READING_MS);
  }
  expect(visit.getSnapshot().context.people).toHaveLength(3);
  await pass(2_000);
  visit.send({ type: 'key.enter' });
  expect(isIn(visit, 'gathered')).toBe(true);
  expect(clock.now()).toBeLessThan(DRILL_MS);
});

test('nobody has to press a key: without another card the go ends, and each card begins the wait anew', async () => {
  const { visit, pass } = atTheReader();
  await pass(READING_MS);
  await pass(SHELTER_DELAYS.moreCards - 1);
  visit.send({ type: 'card.present', tap: 2, sensedAt: 0 });
  await pass(READING_MS);
  await pass(SHELTER_DELAYS.moreCards - 1);
  expect(isIn(visit, 'gathering')).toBe(true);
  await pass(1);
  expect(isIn(visit, 'gathered')).toBe(true);
  await pass(SHELTER_DELAYS.saidStays);
  expect(visit.getSnapshot().output).toEqual({ answer: 'cancelled' });
});

test('a search that hangs keeps nobody waiting: they are taken in as they are', async () => {
  const { visit, pass } = atTheReader();
  await pass(READING_MS);
  expect(isIn(visit, 'gathering')).toBe(true);
  const hanging = shelterVisitMachine.provide({
    actors: {
      readCard: fromPromise<StepResult, SensedTap>(async () => ({ next: 'go-on' })),
      findPerson: fromPromise<PersonFound, SensedTap>(() => new Promise(() => {})),
      admit: fromPromise<Admitted, ToAdmit>(async () => null),
      awaitCard: fromCallback<ShelterEvent, SensedTap>(() => {}),
    },
  });
  const clock = new SimulatedClock();
  const late = createActor(hanging, { clock, input: { tap: 1, sensedAt: 0 } }).start();
  for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
  expect(isIn(late, 'finding')).toBe(true);
  clock.increment(SHELTER_DELAYS.ownStep);
  expect(isIn(late, 'admitting')).toBe(true);
  for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
  // And what the disk does not take, paper does.
  expect(isIn(late, 'paper')).toBe(true);
});
