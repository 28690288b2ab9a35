/** Whether people walk through: who says it, when nobody does, and what a full disk and the end of the terminal leave. */

import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type Fact, type NewFact, PASSAGE_HOLD_MS } from '../../src/domain/fact.ts';
import { Passages } from '../../src/event-entry/passages.ts';
import { DiskFullError } from '../../src/store/ledger.ts';
import { entryFact } from '../domain/entry-facts.ts';

const GRANT = entryFact('entry.granted', 0, { seq: 7, body: { passage: 'attendant' } });
const TAP = 3;

class Records {
  readonly facts: NewFact[] = [];
  isFull = false;

  record = (facts: readonly NewFact[]): Fact[] => {
    if (this.isFull) throw new DiskFullError('full');
    this.facts.push(...facts);
    return [];
  };

  get said() {
    return this.facts.map(({ event, body }) => [event, body['by']]);
  }
}

function begun() {
  const records = new Records();
  const passages = new Passages(records);
  passages.begin(TAP, GRANT);
  const heard: boolean[] = [];
  const stop = passages.watch(TAP, (passed) => heard.push(passed));
  return { records, passages, heard, stop };
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test.each([
  [true, 'entry.passed'],
  [false, 'entry.not-passed'],
] as const)(
  'the attendant says %s: a fact about the grant, and the screen hears of it',
  (passed, event) => {
    const { records, passages, heard } = begun();
    passages.say(TAP, passed);
    const body = { ticket: 'T-1', list: 'l', ref: 'r1', gate: 'gate-1', grant: 7, by: 'attendant' };
    expect(records.facts).toEqual([{ event, subject: 'l/r1', body }]);
    expect(heard).toEqual([passed]);
  },
);

test('the first word counts, and time says nothing after it', () => {
  const { records, passages, heard } = begun();
  passages.say(TAP, false);
  passages.say(TAP, true);
  vi.advanceTimersByTime(10 * PASSAGE_HOLD_MS);
  expect(records.said).toEqual([['entry.not-passed', 'attendant']]);
  expect(heard).toEqual([false]);
});

test('an attendant who says nothing let them pass, when the hold ends and not before', () => {
  const { records, heard } = begun();
  vi.advanceTimersByTime(PASSAGE_HOLD_MS - 1);
  expect(records.facts).toEqual([]);
  vi.advanceTimersByTime(1);
  expect(records.said).toEqual([['entry.passed', 'time']]);
  expect(heard).toEqual([true]);
});

test('whoever asks late is told at once; whoever stopped asking is not', () => {
  const { passages, heard, stop } = begun();
  stop();
  passages.say(TAP, true);
  expect(heard).toEqual([]);
  const late: boolean[] = [];
  passages.watch(TAP, (passed) => late.push(passed));
  passages.watch(TAP + 1, (passed) => late.push(passed));
  expect(late).toEqual([true]);
});

test('a key for a tap of which nothing is open does nothing', () => {
  const { records, passages } = begun();
  passages.say(TAP + 1, false);
  expect(records.facts).toEqual([]);
});

test('what a full disk does not take is tried again, and nobody is told before it is kept', () => {
  const { records, passages, heard } = begun();
  records.isFull = true;
  passages.say(TAP, false);
  vi.advanceTimersByTime(60_000);
  expect(heard).toEqual([]);
  records.isFull = false;
  vi.advanceTimersByTime(60_000);
  expect(records.said).toEqual([['entry.not-passed', 'attendant']]);
  expect(heard).toEqual([false]);
});

test.each([false, true])(
  'the terminal ends: nothing is said any more (disk full: %s)',
  (isFull) => {
    const { records, passages } = begun();
    records.isFull = isFull;
    if (isFull) passages.say(TAP, false);
    passages.stop();
    records.isFull = false;
    vi.advanceTimersByTime(60_000);
    expect(records.facts).toEqual([]);
  },
);
