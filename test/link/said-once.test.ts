import { expect, test } from 'vitest';
import type { EventName } from '../../src/domain/events.ts';
import { saidOnce } from '../../src/link/said-once.ts';

const HOUR_MS = 3_600_000;
const REFUSED = { list: 'stadium', version: 3, reason: 'disk-full' };

function journal() {
  const lines: (readonly [EventName, Readonly<Record<string, unknown>>])[] = [];
  let time = 0;
  const note = saidOnce(
    (event, fields) => void lines.push([event, fields]),
    () => time,
  );
  const pass = (ms: number): void => {
    time += ms;
  };
  return { note, pass, lines };
}

test('a refusal that comes every second is journaled once an hour, whatever its details', () => {
  const { note, pass, lines } = journal();
  for (let second = 0; second < 3_700; second += 1) {
    note('list.rejected', { ...REFUSED, detail: `${second} bytes free` });
    pass(1_000);
  }
  expect(lines.map(([, { detail }]) => detail)).toEqual(['0 bytes free', '3600 bytes free']);
});

test.each([
  ['another version', { version: 4 }],
  ['another reason', { reason: 'unreachable' }],
  ['another list', { list: 'arena' }],
])('%s is said', (_what, other) => {
  const { note, lines } = journal();
  note('list.rejected', REFUSED);
  note('list.rejected', { ...REFUSED, ...other });
  note('list.rejected', REFUSED);
  expect(lines).toHaveLength(2);
});

test('what was over and comes again is said again; that another list is well ends nothing', () => {
  const { note, lines } = journal();
  note('list.rejected', REFUSED);
  note('list.activated', { list: 'arena', version: 1 });
  note('list.rejected', REFUSED);
  expect(lines).toHaveLength(2);
  note('list.activated', { list: 'stadium', version: 3 });
  note('list.rejected', REFUSED);
  expect(lines).toHaveLength(4);
});

test('what is no refusal is said each time', () => {
  const { note, lines } = journal();
  for (let n = 0; n < 3; n += 1) note('link.up', {});
  expect(lines).toHaveLength(3);
});

test('however many different ones there are, no more than a few are remembered', () => {
  const { note, pass, lines } = journal();
  const all = 1_000;
  for (let version = 0; version < all; version += 1) note('list.rejected', { ...REFUSED, version });
  expect(lines).toHaveLength(all);
  note('list.rejected', { ...REFUSED, version: all - 1 });
  expect(lines).toHaveLength(all);
  note('list.rejected', { ...REFUSED, version: 0 });
  expect(lines).toHaveLength(all + 1);
  pass(HOUR_MS);
  note('list.rejected', { ...REFUSED, version: all - 1 });
  expect(lines).toHaveLength(all + 2);
});
