/** What becomes of a remote control's word: presses go to the screen, its condition into the journal. */

import { afterEach, expect, test, vi } from 'vitest';
import type { RemoteListener } from '../devices/remote/remote.ts';
import type { RemotePress } from '../src/domain/remote.ts';
import { RemoteSlot } from '../src/remote-slot.ts';

const THERE = { isThere: true, name: 'Cushion 9', exposed: null, isBatteryLow: false } as const;

afterEach(() => void vi.useRealTimers());

async function plugged(levels: Parameters<RemoteListener['onLevels']>[0] = THERE) {
  const noted: Record<string, unknown>[] = [];
  const lost: string[] = [];
  const presses: RemotePress[] = [];
  let driver: RemoteListener | null = null;
  const slot = new RemoteSlot(
    async (listener) => {
      driver = listener;
      listener.onLevels(levels);
      return { modelled: false, async close() {} };
    },
    { note: (event, fields) => void noted.push({ event, ...fields }) },
    (reason) => lost.push(reason),
  );
  slot.watch((press) => presses.push(press));
  await slot.open();
  const said = (): RemoteListener => {
    if (driver === null) throw new Error('not open');
    return driver;
  };
  const events = () => noted.splice(0).map(({ event, ...fields }) => [event, fields]);
  return { slot, said, events, presses, lost };
}

test('one that is held: ready, and its presses are private', async () => {
  const { slot, said, events, presses } = await plugged();
  expect(events()).toEqual([
    ['remote.held', { name: 'Cushion 9' }],
    ['device.ready', { device: 'remote', name: 'Cushion 9' }],
  ]);
  said().onPress('digit-1', false);
  expect(presses).toEqual([{ button: 'digit-1', isRepeat: false, isPrivate: true }]);
  expect([slot.isOpen, slot.condition]).toEqual([true, 'ready']);
});

test('one whose keys could reach something else says so, also in its condition, until they can not', async () => {
  const { slot, said, events, presses } = await plugged({ ...THERE, exposed: 'event3 is taken' });
  expect(events()).toEqual([
    ['remote.exposed', { name: 'Cushion 9', reason: 'event3 is taken' }],
    ['device.condition', { device: 'remote', condition: 'exposed' }],
    ['device.ready', { device: 'remote', name: 'Cushion 9' }],
  ]);
  said().onPress('digit-1', false);
  expect(presses[0]).toMatchObject({ isPrivate: false });
  slot.refuseDigit();
  slot.refuseDigit();
  expect(events()).toEqual([['remote.digit-refused', {}]]);
  said().onLevels(THERE);
  expect(events()).toEqual([
    ['remote.held', { name: 'Cushion 9' }],
    ['device.condition', { device: 'remote', condition: 'ready' }],
  ]);
});

test('a low battery is a condition; keys that others get matter more', async () => {
  const { slot, said } = await plugged({ ...THERE, isBatteryLow: true });
  expect(slot.condition).toBe('battery-low');
  said().onLevels({ ...THERE, isBatteryLow: true, exposed: 'event3 is taken' });
  expect(slot.condition).toBe('exposed');
});

test('unplugged and plugged in: lost once, ready again, and held anew', async () => {
  const { slot, said, events } = await plugged();
  events();
  for (const _ of [1, 2]) said().onLevels({ isThere: false, why: 'it was unplugged' });
  expect(events()).toEqual([['device.lost', { device: 'remote', reason: 'it was unplugged' }]]);
  expect(slot.isOpen).toBe(false);
  said().onLevels(THERE);
  expect(events().map(([event]) => event)).toEqual(['device.ready', 'remote.held']);
});

test('none that is plugged in is no failure of the driver, and is said', async () => {
  const { events, lost } = await plugged({ isThere: false, why: 'no remote control' });
  expect(events()).toEqual([['device.lost', { device: 'remote', reason: 'no remote control' }]]);
  expect(lost).toEqual([]);
});

test('what was dropped is told at once, and then at most once a minute', async () => {
  vi.useFakeTimers();
  const { said, events } = await plugged();
  events();
  said().onDropped({ 'wrong-length': 3 });
  said().onDropped({ 'wrong-length': 2, 'too-many': 9_000 });
  said().onDropped({ 'too-many': 1 });
  expect(events()).toEqual([['remote.dropped', { reports: 3, reasons: ['wrong-length'] }]]);
  vi.advanceTimersByTime(60_000);
  const second = { reports: 9_003, reasons: ['too-many', 'wrong-length'] };
  expect(events()).toEqual([['remote.dropped', second]]);
});

test('a process that ends loses the remote control, and what comes after it is ready again', async () => {
  const { slot, said, events, lost } = await plugged();
  events();
  said().onLost('the remote process ended (SIGSEGV)');
  expect(lost).toEqual(['the remote process ended (SIGSEGV)']);
  slot.lost('the remote process ended (SIGSEGV)');
  await slot.close();
  expect(slot.isOpen).toBe(false);
  await slot.open();
  expect(events().map(([event]) => event)).toEqual(['device.lost', 'remote.held', 'device.ready']);
});
