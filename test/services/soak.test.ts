/** A long day at the gate: thousands of taps through the very machines, and nothing of them stays in memory. */

import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { createActor, fromCallback, fromPromise } from 'xstate';
import type { StepResult } from '../../src/domain/answer.ts';
import type { SensedTap } from '../../src/domain/tap.ts';
import { reportDroppedEvents } from '../../src/supervision.ts';
import { eventEntryMachine } from '../../state-machines/event-entry.ts';
import { type SessionEvent, sessionMachine } from '../../state-machines/session.ts';
import { terminalMachine } from '../../state-machines/terminal.ts';
import type { TerminalEvent } from '../../state-machines/terminal-setup.ts';

const WARM_UP = 2_000;
const TAPS = 8_000;
/** An actor that stays costs more than 3 KiB; so does anything that keeps a whole tap. */
const KEPT_BYTES_MAX = TAPS * 300;

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** The terminal's machines with effects that succeed at once. */
function busyTerminal() {
  let onCard: ((seen: SensedTap) => void) | null = null;
  let onGone: (() => void) | null = null;
  const dropped: string[] = [];
  const succeed = fromPromise<StepResult, SensedTap>(async () => ({ next: 'go-on' }));
  const service = eventEntryMachine.provide({
    actors: {
      leaseList: succeed,
      readCard: succeed,
      verifyCertificate: succeed,
      proveCard: succeed,
      findEntry: succeed,
      recordEntry: succeed,
    },
  });
  const session = sessionMachine.provide({
    actors: {
      service,
      watchCard: fromCallback<SessionEvent, SensedTap>(({ sendBack }) => {
        onGone = () => sendBack({ type: 'card.gone' });
        return () => {
          onGone = null;
        };
      }),
      watchReceipt: fromCallback<SessionEvent, SensedTap>(() => {}),
    },
  });
  const terminal = terminalMachine.provide({
    actors: {
      recover: fromPromise(async () => {}),
      watchConditions: fromCallback<TerminalEvent>(({ sendBack }) => {
        sendBack({ type: 'conditions.changed', obstacles: [] });
      }),
      awaitCard: fromCallback<TerminalEvent>(({ sendBack }) => {
        onCard = (seen) => sendBack({ type: 'card.present', ...seen });
      }),
      session,
      watchReceipt: fromCallback<TerminalEvent, SensedTap>(() => {}),
    },
  });
  const inspect = reportDroppedEvents((event) => dropped.push(JSON.stringify(event)));
  const actor = createActor(terminal, {
    inspect,
    input: { hasStaff: false, hasErrands: false, sound: 'normal' },
  }).start();
  return {
    actor,
    dropped,
    async tap(tap: number): Promise<void> {
      onCard?.({ tap, sensedAt: 0 });
      while (onGone === null) await new Promise((resolve) => setImmediate(resolve));
      onGone();
    },
  };
}

test('thousands of taps leave nothing behind, and no event is dropped', {
  timeout: 120_000,
}, async () => {
  const { actor, dropped, tap } = busyTerminal();
  await expect.poll(() => actor.getSnapshot().value).not.toBe('recovering');
  for (let number = 1; number <= WARM_UP; number++) await tap(number);
  collectGarbage();
  const before = process.memoryUsage().heapUsed;
  for (let number = 1; number <= TAPS; number++) await tap(WARM_UP + number);
  collectGarbage();
  expect(process.memoryUsage().heapUsed - before).toBeLessThan(KEPT_BYTES_MAX);
  expect(dropped).toEqual([]);
  actor.stop();
});
