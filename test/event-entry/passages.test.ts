/** Whether people walk through: who says it, when nobody does, and what a full disk and the end of the terminal leave. */

import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type Fact, type NewFact, PASSAGE_HOLD_MS } from '../../src/domain/fact.ts';
import { Passages } from '../../src/event-entry/passages.ts';
import type { PassageHeard } from '../../src/services/service.ts';
import { DiskFullError } from '../../src/store/ledger.ts';
import type { LetThrough } from '../../src/turnstile-slot.ts';
import { entryFact } from '../domain/entry-facts.ts';

const GRANT = entryFact('entry.granted', 0, { seq: 7, body: { passage: 'attendant' } });
const TAP = 3;

/** A turnstile that says what the test makes it say. */
class Turnstile {
  isOpen = true;
  readonly limits: number[] = [];
  readonly #outcome = Promise.withResolvers<LetThrough>();

  letThrough = (limitMs: number): Promise<LetThrough> => {
    this.limits.push(limitMs);
    return this.#outcome.promise;
  };

  async say(outcome: LetThrough): Promise<void> {
    this.#outcome.resolve(outcome);
    await vi.advanceTimersByTimeAsync(0);
  }
}

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

function begun(turnstile: Turnstile | null = null) {
  const records = new Records();
  const passages = new Passages({ recorder: records, turnstile });
  const passage = passages.witness(turnstile === null ? 'attendant' : 'turnstile');
  passages.begin(TAP, { ...GRANT, body: { ...GRANT.body, passage } });
  const heard: PassageHeard[] = [];
  const stop = passages.watch(TAP, (what) => heard.push(what));
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
    expect(heard).toEqual([passed ? 'passed' : 'not-passed']);
  },
);

test('the first word counts, and time says nothing after it', () => {
  const { records, passages, heard } = begun();
  passages.say(TAP, false);
  passages.say(TAP, true);
  vi.advanceTimersByTime(10 * PASSAGE_HOLD_MS);
  expect(records.said).toEqual([['entry.not-passed', 'attendant']]);
  expect(heard).toEqual(['not-passed']);
});

test('an attendant who says nothing let them pass, when the hold ends and not before', () => {
  const { records, heard } = begun();
  vi.advanceTimersByTime(PASSAGE_HOLD_MS - 1);
  expect(records.facts).toEqual([]);
  vi.advanceTimersByTime(1);
  expect(records.said).toEqual([['entry.passed', 'time']]);
  expect(heard).toEqual(['passed']);
});

test('whoever asks late is told at once; whoever stopped asking is not', () => {
  const { passages, heard, stop } = begun();
  stop();
  passages.say(TAP, true);
  expect(heard).toEqual([]);
  const late: PassageHeard[] = [];
  passages.watch(TAP, (what) => late.push(what));
  passages.watch(TAP + 1, (what) => late.push(what));
  expect(late).toEqual(['passed']);
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
  expect(heard).toEqual(['not-passed']);
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

test.each<[LetThrough, string, string]>([
  ['passed', 'entry.passed', 'turnstile'],
  ['not-passed', 'entry.not-passed', 'turnstile'],
  ['not-ready', 'entry.not-passed', 'turnstile'],
  ['no-answer', 'entry.not-passed', 'turnstile'],
  ['silent', 'entry.not-passed', 'time'],
])('a turnstile that says %s: %s by %s', async (outcome, event, by) => {
  const turnstile = new Turnstile();
  const { records, heard } = begun(turnstile);
  expect(turnstile.limits).toEqual([PASSAGE_HOLD_MS]);
  await turnstile.say(outcome);
  expect(records.said).toEqual([[event, by]]);
  expect(heard).toEqual([event === 'entry.passed' ? 'passed' : 'not-passed']);
});

test('a turnstile that is lost in the middle: the attendant is asked, and who says nothing let them pass', async () => {
  const turnstile = new Turnstile();
  const { records, passages, heard } = begun(turnstile);
  await vi.advanceTimersByTimeAsync(5_000);
  await turnstile.say('absent');
  expect(heard).toEqual(['unwatched']);
  const late: PassageHeard[] = [];
  passages.watch(TAP, (what) => late.push(what));
  expect(late).toEqual(['unwatched']);
  await vi.advanceTimersByTimeAsync(PASSAGE_HOLD_MS - 5_001);
  expect(records.facts).toEqual([]);
  await vi.advanceTimersByTimeAsync(1);
  expect(records.said).toEqual([['entry.passed', 'time']]);
});

test('a turnstile that is not there is an attendant: somebody has to open by hand', () => {
  const turnstile = new Turnstile();
  turnstile.isOpen = false;
  const { records, passages } = begun(turnstile);
  expect(turnstile.limits).toEqual([]);
  passages.say(TAP, false);
  expect(records.said).toEqual([['entry.not-passed', 'attendant']]);
});

test('what a turnstile says after the end of the terminal is not heard', async () => {
  const turnstile = new Turnstile();
  const { records, passages } = begun(turnstile);
  passages.stop();
  await turnstile.say('absent');
  await vi.advanceTimersByTimeAsync(60_000);
  expect(records.facts).toEqual([]);
});
