import { expect, test } from 'vitest';
import { type Command, type CommandRefusal, refusalOf } from '../../src/domain/command.ts';

const NOW = Date.parse('2026-02-20T08:00:00Z');
const MINUTE = 60_000;
const COMMAND: Command = {
  id: '6f1c0d0e-8a39-4f64-9a0e-0d3f5a4f8c11',
  issuer: 'ab',
  number: 8,
  does: 'report-health',
  role: null,
  issuedAt: NOW - MINUTE,
  expires: NOW + MINUTE,
};

test.each<[string, Partial<Command>, CommandRefusal | null]>([
  ['the next number', {}, null],
  ['a number far ahead', { number: 2 ** 40 }, null],
  ['the number of the last one', { number: 7 }, 'older-number'],
  ['a number that goes back', { number: 1 }, 'older-number'],
  ['its last millisecond', { expires: NOW + 1 }, null],
  ['its expiry', { expires: NOW }, 'expired'],
  ['an expiry before its issue', { expires: NOW - 2 * MINUTE }, 'expired'],
  ['a platform four minutes ahead', { issuedAt: NOW + 4 * MINUTE }, null],
  ['a platform six minutes ahead', { issuedAt: NOW + 6 * MINUTE }, 'future-dated'],
  ['what this software does not know', { does: 'open-the-door' }, 'unknown-command'],
  ['a name that every object has', { does: 'constructor' }, 'unknown-command'],
])('a command with %s: %s', (_what, changed, refusal) => {
  expect(refusalOf({ ...COMMAND, ...changed }, 7, NOW)).toBe(refusal);
});
