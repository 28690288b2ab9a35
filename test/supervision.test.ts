/** One device kept open: drivers that hang, that flap, and that come too late. */

import { expect, test } from 'vitest';
import { createActor, fromPromise, SimulatedClock } from 'xstate';
import { supervise } from '../src/supervision.ts';
import { DEVICE_DELAYS, deviceMachine } from '../state-machines/device.ts';
import { stopwatch } from './rig/stopwatch.ts';

test('a driver that hangs while it opens does not keep the terminal from ending', async () => {
  const open = Promise.withResolvers<void>();
  let closed = 0;
  const supervisor = supervise(
    {
      open: () => open.promise,
      close: async () => {
        closed += 1;
      },
      onReady: () => expect.unreachable('it was stopped'),
      onLost: () => expect.unreachable('it was stopped'),
    },
    () => {},
  );
  const took = stopwatch();
  await supervisor.stop();
  expect(took()).toBeLessThan(8_000);
  expect(closed).toBe(0);

  // What opens after all is closed, too.
  open.resolve();
  await expect.poll(() => closed).toBe(1);
});

test('a device that is lost as soon as it is open is tried less and less often', async () => {
  const clock = new SimulatedClock();
  let opened = 0;
  const instant = fromPromise(() => Promise.resolve());
  const actor = createActor(deviceMachine.provide({ actors: { open: instant, close: instant } }), {
    clock,
  });
  actor.on('device.ready', () => {
    opened += 1;
    actor.send({ type: 'device.lost', reason: 'a loose plug' });
  });
  actor.start();
  for (let ms = 0; ms < 60_000; ms += 50) {
    clock.increment(50);
    await new Promise((resolve) => setImmediate(resolve));
  }
  expect(opened).toBeGreaterThan(20);
  expect(opened).toBeLessThan(40);
});

test('a device that was up for a while is tried again at once', async () => {
  const clock = new SimulatedClock();
  let opened = 0;
  const instant = fromPromise(() => Promise.resolve());
  const actor = createActor(deviceMachine.provide({ actors: { open: instant, close: instant } }), {
    clock,
  });
  actor.on('device.ready', () => {
    opened += 1;
  });
  actor.start();
  for (let round = 1; round < 10; round++) {
    await expect.poll(() => opened).toBe(round);
    clock.increment(DEVICE_DELAYS.steadyMs);
    actor.send({ type: 'device.lost', reason: 'a loose plug' });
    await expect.poll(() => actor.getSnapshot().value).toBe('backingOff');
    clock.increment(DEVICE_DELAYS.firstMs);
  }
  actor.stop();
});

test('a device that is lost while it opens, and opens all the same, is opened again', async () => {
  const again = Promise.withResolvers<void>();
  const said: string[] = [];
  const supervisor = supervise(
    {
      open: async () => {
        said.push('open');
        await Promise.resolve();
        if (said.length === 1) supervisor.lost('a loose plug');
        else again.resolve();
      },
      close: async () => {},
      onReady: () => said.push('ready'),
      onLost: (reason) => said.push(reason),
    },
    () => {},
  );
  await again.promise;
  expect(said).toEqual(['open', 'ready', 'a loose plug', 'open']);
  await supervisor.stop();
});
