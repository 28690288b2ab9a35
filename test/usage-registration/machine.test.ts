/** The order of an application, without a terminal: what a card that stays where it is may not do. */

import { expect, test } from 'vitest';
import { createActor, fromCallback, fromPromise, waitFor } from 'xstate';
import type { StepResult } from '../../src/domain/answer.ts';
import type { SensedTap } from '../../src/domain/tap.ts';
import { usageRegistrationMachine } from '../../state-machines/usage-registration.ts';
import type { Listed, RegistrationEvent } from '../../state-machines/usage-registration-setup.ts';
import { LISTED } from './payloads.ts';

test('a card that was turned away is read once, however long it lies there, and the next one is read', async () => {
  const lies = { tap: 1 };
  const read: number[] = [];
  let see = (): void => {};
  const machine = usageRegistrationMachine.provide({
    actors: {
      askMunicipalities: fromPromise<Listed>(async () => ({ listed: LISTED })),
      awaitCard: fromCallback<RegistrationEvent>(({ sendBack }) => {
        see = () => sendBack({ type: 'card.present', tap: lies.tap, sensedAt: 0 });
        see();
      }),
      readCard: fromPromise<StepResult, SensedTap>(async ({ input }) => {
        read.push(input.tap);
        // A card that is read without end would leave this test no turn in which to fail.
        if (read.length > 3) await new Promise(() => {});
        return { next: 'hold-again', reason: 'card-removed' };
      }),
    },
  });
  const actor = createActor(machine, { input: { errand: 'registration', language: 'ja' } }).start();
  await waitFor(actor, (state) => state.matches('choosing'));
  for (const choice of ['0', '0', '0']) {
    actor.getSnapshot().children['choice']?.send({ type: 'key.choose', choice });
  }
  const placedAgain = () =>
    waitFor(actor, ({ context, value }) => {
      return context.again !== null && JSON.stringify(value) === '{"registering":"placing"}';
    });
  await placedAgain();
  for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
  expect(read).toEqual([1]);
  lies.tap = 2;
  see();
  await expect.poll(() => read).toEqual([1, 2]);
  actor.stop();
});
