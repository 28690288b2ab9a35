import { expect, test } from 'vitest';
import { followSupervisors } from '../src/service-manager.ts';
import { supervise } from '../src/supervision.ts';

const HANGS: Promise<void> = new Promise(() => {});

function device(open: () => Promise<void>) {
  return { open, close: async () => {}, onReady() {}, onLost() {} };
}

test('supervisors answer whatever becomes of their devices, and one that has ended does not', async () => {
  const { inspect, answer } = followSupervisors(() => {});
  expect(answer()).toBe(false);
  const well = supervise(
    device(async () => {}),
    inspect,
  );
  const lost = supervise(
    device(async () => {
      throw new Error('not there');
    }),
    inspect,
  );
  const hanging = supervise(
    device(() => HANGS),
    inspect,
  );
  expect(answer()).toBe(true);
  well.lost('unplugged');
  expect(answer()).toBe(true);
  await lost.stop();
  expect(answer()).toBe(false);
  await Promise.all([well.stop(), hanging.stop()]);
});

test('what was inspected before still is', () => {
  const seen: string[] = [];
  const { inspect } = followSupervisors(({ type }) => seen.push(type));
  void supervise(
    device(async () => {}),
    inspect,
  ).stop();
  expect(seen).toContain('@xstate.actor');
});
