/** The gate's levels, folded from its journal. */

import { expect, test } from 'vitest';
import type { JsonLine } from '../../platform-sim/street/child.ts';
import { TerminalHealth, wasNotReadInTime } from '../../platform-sim/street/terminal-health.ts';

const AT = '2026-11-20T14:00:00.000Z';

function after(...lines: readonly JsonLine[]) {
  const health = new TerminalHealth();
  for (const line of lines) health.hear({ at: AT, ...line });
  return health.levels;
}

const READY = { event: 'device.ready', device: 'receipt' };

test('before it has said anything, a gate is starting and nothing of it is well', () => {
  expect(after()).toMatchObject({
    state: 'starting',
    health: { reader: 'lost', printer: 'lost', network: 'lost', list: null, waiting: 0 },
  });
});

test.each([
  [[{ event: 'device.ready', device: 'reader' }], { reader: 'ok' }],
  [[{ event: 'device.lost', device: 'reader' }], { reader: 'lost' }],
  [[{ event: 'device.ready', device: 'page' }], { page: 'ok' }],
  [[{ event: 'device.condition', device: 'page', condition: 'busy' }], { page: 'ok' }],
  [[{ event: 'device.condition', device: 'page', condition: 'jam' }], { page: 'jam' }],
  [[{ event: 'device.lost', device: 'payment' }], { payment: 'lost' }],
  [
    [READY, { event: 'device.condition', device: 'receipt', condition: 'paper-out' }],
    { printer: 'paper-out' },
  ],
  [
    [READY, { event: 'device.condition', device: 'receipt', condition: 'silent' }],
    { printer: 'lost' },
  ],
  [
    [READY, { event: 'device.condition', device: 'receipt', condition: 'ready' }],
    { printer: 'ok' },
  ],
  [
    [READY, { event: 'device.condition', device: 'receipt', condition: 'new' }],
    { printer: 'error' },
  ],
  [[{ event: 'device.ready', device: 'release' }], { release: 'ok', printer: 'lost' }],
  [[{ event: 'link.up' }], { network: 'ok' }],
  [[{ event: 'link.up' }, { event: 'link.down', waiting: 3 }], { network: 'lost', waiting: 3 }],
  [[{ event: 'clock.jumped' }], { clock: 'jumped' }],
  [[{ event: 'clock.jumped' }, { event: 'clock.corrected', quality: 'synced' }], { clock: 'ok' }],
  [[{ event: 'disk.full' }], { disk: 'full' }],
  [[{ event: 'disk.full' }, { event: 'disk.ok' }], { disk: 'ok' }],
  [
    [
      { event: 'entry.granted', seq: 1 },
      { event: 'print.done', seq: 2 },
    ],
    { waiting: 2 },
  ],
  [
    [
      { event: 'entry.granted', seq: 1 },
      { event: 'facts.acknowledged', waiting: 0 },
    ],
    { waiting: 0 },
  ],
] as const)('%j: %j', (lines, health) => {
  expect(after(...lines).health).toMatchObject(health);
});

test('the age of a list counts from the last contact, and not at all while there is contact', () => {
  const list = { event: 'list.activated', version: 4 };
  expect(after({ event: 'link.up' }, list).health.list).toEqual({ version: 4, contact: null });
  expect(after({ event: 'link.up' }, list, { event: 'link.down' }).health.list).toEqual({
    version: 4,
    contact: AT,
  });
  expect(after(list, { event: 'link.up' }).health.list?.contact).toBeNull();
});

test('a gate that died takes its devices with it; in service again, it serves', () => {
  const up = [{ event: 'terminal.in-service' }, { event: 'device.ready', device: 'reader' }];
  expect(after(...up)).toMatchObject({ state: 'serving', reason: null });
  expect(after(...up, { event: 'street.terminal-ended' })).toMatchObject({
    state: 'down',
    health: { reader: 'lost', printer: 'lost', network: 'lost' },
  });
  expect(after(...up, { event: 'terminal.out-of-service', reason: 'disk-full' })).toMatchObject({
    state: 'closed',
    reason: 'disk-full',
  });
});

test('what a service found is the answer, and only what came out of the machine is counted', () => {
  const found = after({ event: 'age.checked', result: 'under', seq: 1 });
  expect(found).toMatchObject({ answer: { says: 'under' }, handedOut: 0 });
  const lines = ['released', 'no-answer', 'not-ready', 'absent', 'released'].map((outcome) => ({
    event: 'release.done',
    outcome,
  }));
  expect(after(...lines).handedOut).toBe(2);
  expect(after({ event: 'service.refused', reason: 'pin-blocked' }).answer.says).toBe(
    'pin-blocked',
  );
});

test('a screen is no printer; it is loaded anew each time that it begins to be served', () => {
  const screen = { event: 'device.ready', device: 'screen' };
  expect(after(screen)).toMatchObject({
    screen: { isServed: true, times: 1 },
    health: { printer: 'lost' },
  });
  const ended = after(screen, { event: 'screen.connected' }, { event: 'street.terminal-ended' });
  expect(ended).toMatchObject({ screen: { isServed: false, times: 1 }, hasBrowser: false });
  expect(after(screen, { event: 'street.terminal-ended' }, screen).screen.times).toBe(2);
});

test('every answer has a number of its own, also after everything else is forgotten', () => {
  const health = new TerminalHealth();
  const heard: string[] = [];
  health.watch((now, before) => {
    if (now.answer.number !== before.answer.number) heard.push(now.answer.says);
  });
  for (const line of [
    { event: 'entry.granted', seq: 1 },
    { event: 'entry.refused', seq: 2, reason: 'not-on-list' },
    { event: 'receipt.claimed', seq: 3 },
    { event: 'card.unreadable', reason: 'card-removed' },
  ]) {
    health.hear({ at: AT, ...line });
  }
  health.forget();
  health.hear({ event: 'card.ignored', reason: 'disk-full' });
  expect(heard).toEqual(['granted', 'not-on-list', 'receipt.claimed', 'card-removed', 'disk-full']);
  expect(health.levels.answer.number).toBe(5);
});

test('a reading that was given up for its time is told from a card that cannot be read', () => {
  const unreadable = (read?: number) => ({
    event: 'card.unreadable',
    ...(read ? { ms: { read } } : {}),
  });
  expect([4_800, 400, undefined].map((ms) => wasNotReadInTime(unreadable(ms)))).toEqual([
    true,
    false,
    false,
  ]);
  expect(wasNotReadInTime({ event: 'entry.granted', ms: { read: 4_800 } })).toBe(false);
});
