/** A disk that takes no fact, and a look-up that never ends, lock nobody in. */

import { expect, test } from 'vitest';
import { createActor, fromPromise, toPromise } from 'xstate';
import type { StepResult } from '../../src/domain/answer.ts';
import type { Told } from '../../src/domain/told.ts';
import { ExitVisit } from '../../src/event-entry/exit-visit.ts';
import type { TerminalParts } from '../../src/services/service.ts';
import { DiskFullError } from '../../src/store/ledger.ts';
import { EXIT_DELAYS, eventExitMachine } from '../../state-machines/event-exit.ts';

const SEEN = { tap: 1, sensedAt: 0 };
const OPEN = { text: 'exit.open', given: {} } as const;

test('what can not be kept is noted, and the gate opens all the same', () => {
  const noted: string[] = [];
  const recorder = {
    record() {
      throw new DiskFullError('full');
    },
    note: (event: string) => noted.push(event),
  };
  const parts = { recorder } as unknown as TerminalParts;
  expect(new ExitVisit(parts, { list: 'l' }, SEEN).open()).toEqual(OPEN);
  expect(noted).toEqual(['exit.unrecorded']);
});

test.each([
  ['fails', () => Promise.reject(new Error('seeded'))],
  ['takes too long', () => new Promise<void>(() => {})],
])('a look-up that %s opens the gate', async (_what, lookUp) => {
  const machine = eventExitMachine.provide({
    delays: { ...EXIT_DELAYS, ownStep: 20 },
    actors: {
      readCard: fromPromise(async (): Promise<StepResult> => ({ next: 'go-on' })),
      lookUp: fromPromise(lookUp),
      open: fromPromise(async (): Promise<Told> => OPEN),
    },
  });
  const actor = createActor(machine, { input: SEEN });
  actor.start();
  expect(await toPromise(actor)).toEqual({ answer: 'told', told: OPEN });
});
