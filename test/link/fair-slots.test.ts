import { expect, test } from 'vitest';
import { FairSlots } from '../../src/link/fair-slots.ts';

const never = new AbortController().signal;

/** Takes for each party in this order, and notes who was let in. */
function crowd(slots: FairSlots, parties: readonly string[], signal = never) {
  const inside: string[] = [];
  const givers: (() => void)[] = [];
  const entered = parties.map(async (party) => {
    const giveBack = await slots.take(party, signal);
    inside.push(party);
    givers.push(giveBack);
  });
  return { inside, givers, entered, settled: () => new Promise(setImmediate) };
}

test('one party never holds all places, however many it asks for', async () => {
  const { inside, settled } = crowd(new FairSlots(4, 3), ['a', 'a', 'a', 'a', 'a', 'b', 'b']);
  await settled();
  expect(inside).toEqual(['a', 'a', 'a', 'b']);
});

test('whoever holds the fewest comes next, and among equals who came first', async () => {
  const slots = new FairSlots(2, 2);
  const { inside, givers, settled } = crowd(slots, ['a', 'a', 'a', 'b', 'c']);
  await settled();
  expect(inside).toEqual(['a', 'a']);
  givers[0]?.();
  await settled();
  expect(inside).toEqual(['a', 'a', 'b']);
  givers[2]?.();
  await settled();
  expect(inside).toEqual(['a', 'a', 'b', 'c']);
  givers[3]?.();
  await settled();
  expect(inside).toEqual(['a', 'a', 'b', 'c', 'a']);
});

test('a place given back twice is given back once', async () => {
  const slots = new FairSlots(1, 1);
  const { inside, givers, settled } = crowd(slots, ['a', 'b', 'c']);
  await settled();
  givers[0]?.();
  givers[0]?.();
  await settled();
  expect(inside).toEqual(['a', 'b']);
});

test('whoever gives up waiting is told so, and takes no place', async () => {
  const slots = new FairSlots(1, 1);
  const held = await slots.take('a', never);
  const gone = new AbortController();
  const waiting = slots.take('b', gone.signal);
  const other = slots.take('c', never);
  gone.abort(new Error('nobody waits'));
  await expect(waiting).rejects.toThrow('nobody waits');
  held();
  (await other)();
  await expect(slots.take('a', gone.signal)).rejects.toThrow('nobody waits');
  (await slots.take('a', never))();
});
