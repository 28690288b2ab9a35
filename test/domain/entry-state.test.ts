/** Whether a ticket has been used: granted, walked through or not, gone out, taken back, at gates that hear of it late. */

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { entryInTheWay } from '../../src/domain/entry-decision.ts';
import { entryState, PASSAGE_HOLD_MS } from '../../src/domain/fact.ts';
import { AT, entryFact, STORIES } from './entry-facts.ts';

const NOTHING = { entered: null, left: null, wasGranted: false };
const LATER = AT + 3_600_000;
const AWAITED = { passage: 'turnstile' };

const granted = entryFact('entry.granted', 0);
const awaited = entryFact('entry.granted', 0, { body: AWAITED });
const passed = entryFact('entry.passed', 3_000, { seq: 2, body: { grant: 1, by: 'turnstile' } });
const notPassed = entryFact('entry.not-passed', 9_000, { seq: 3, body: { grant: 1, by: 'time' } });

describe('a gate that does not look whether people walk through', () => {
  test('granted is entered, taken back is not, granted again elsewhere is entered there', () => {
    const undone = entryFact('entry.undone', 1_000, { seq: 2 });
    const again = entryFact('entry.granted', 2_000, { terminal: 'gate-2' });
    expect(entryState([], LATER)).toEqual(NOTHING);
    expect(entryState([granted], LATER).entered).toMatchObject({ gate: 'gate-1', seq: 1 });
    expect(entryState([granted, undone], LATER)).toEqual(NOTHING);
    expect(entryState([granted, undone, again], LATER).entered).toMatchObject({ gate: 'gate-2' });
    const print = entryFact('print.done', 1_000, { seq: 2 });
    expect(entryState([granted, print], LATER).entered).toMatchObject({ seq: 1 });
  });

  test('what is said of a grant that nobody was asked about changes nothing', () => {
    expect(entryState([granted, notPassed], LATER).entered).toMatchObject({ seq: 1 });
  });
});

describe('a gate that looks whether people walk through', () => {
  test('a grant holds for twenty seconds, to the millisecond, and then no longer', () => {
    const at = (ms: number) => entryState([awaited], AT + ms);
    expect(PASSAGE_HOLD_MS).toBe(20_000);
    expect(at(0).entered).toMatchObject({ gate: 'gate-1', seq: 1 });
    expect(at(PASSAGE_HOLD_MS - 1).entered).toMatchObject({ seq: 1 });
    expect(at(PASSAGE_HOLD_MS)).toEqual({ ...NOTHING, wasGranted: true });
    expect(at(3_600_000)).toEqual({ ...NOTHING, wasGranted: true });
  });

  test('a gate whose clock is far ahead holds nobody until that time comes', () => {
    expect(entryState([awaited], AT - PASSAGE_HOLD_MS).entered).toBeNull();
  });

  test('passed is entered for good', () => {
    expect(entryState([awaited, passed], LATER).entered).toMatchObject({ seq: 1 });
  });

  test('not passed is free at once', () => {
    expect(entryState([awaited, notPassed], AT + 1)).toEqual({ ...NOTHING, wasGranted: true });
  });

  test('of a grant that both is said of, the person was seen walking through', () => {
    for (const facts of [
      [awaited, passed, notPassed],
      [notPassed, passed, awaited],
    ]) {
      expect(entryState(facts, LATER).entered).toMatchObject({ seq: 1 });
    }
  });

  test('who did not pass here and passed elsewhere has entered there', () => {
    const elsewhere = entryFact('entry.granted', 10_000, { terminal: 'gate-2', body: AWAITED });
    const through = entryFact('entry.passed', 12_000, {
      terminal: 'gate-2',
      seq: 2,
      body: { grant: 1, by: 'turnstile' },
    });
    const { entered } = entryState([awaited, notPassed, elsewhere, through], LATER);
    expect(entered).toMatchObject({ gate: 'gate-2' });
  });

  test('the outcome at one gate is not that of the same number at another', () => {
    const elsewhere = entryFact('entry.granted', 1_000, { terminal: 'gate-2', body: AWAITED });
    expect(entryState([elsewhere, passed], LATER).entered).toBeNull();
  });
});

describe('going out', () => {
  const left = entryFact('entry.left', 60_000, { terminal: 'exit-1' });

  test('is kept beside the entry, and ends with the next one', () => {
    const outside = entryState([granted, left], LATER);
    expect(outside).toMatchObject({ entered: { seq: 1 }, left: { gate: 'exit-1' } });
    expect(entryInTheWay(outside, undefined)).toMatchObject({ seq: 1 });
    expect(entryInTheWay(outside, 'after-exit')).toBeNull();
    const back = entryFact('entry.granted', 90_000, { terminal: 'gate-2' });
    const inside = entryState([granted, left, back], LATER);
    expect(inside).toMatchObject({ entered: { gate: 'gate-2' }, left: null });
    expect(entryInTheWay(inside, 'after-exit')).toMatchObject({ gate: 'gate-2' });
  });

  test('who goes out, taps to come back and does not walk through is outside still', () => {
    const back = entryFact('entry.granted', 90_000, { seq: 2, body: AWAITED });
    const not = entryFact('entry.not-passed', 95_000, { seq: 3, body: { grant: 2 } });
    const state = entryState([granted, left, back, not], LATER);
    expect(state).toMatchObject({ entered: { seq: 1 }, left: { gate: 'exit-1' } });
    expect(entryInTheWay(state, 'after-exit')).toBeNull();
  });

  test('without an entry says nothing of the next one', () => {
    expect(entryState([left], LATER)).toEqual(NOTHING);
  });

  test('an entry that staff took back leaves nothing of it', () => {
    const undone = entryFact('entry.undone', 70_000, { seq: 2 });
    expect(entryState([granted, left, undone], LATER)).toEqual(NOTHING);
  });
});

describe('whatever happened', () => {
  const any = fc.tuple(STORIES, fc.integer({ min: -60_000, max: 300_000 }));

  test('every order of arrival, and every fact heard twice, gives the same state', () => {
    fc.assert(
      fc.property(any, fc.gen(), ([facts, after], gen) => {
        const shuffled = gen(fc.shuffledSubarray, [...facts], { minLength: facts.length });
        const expected = entryState(facts, AT + after);
        expect(entryState(shuffled, AT + after)).toEqual(expected);
        expect(entryState([...shuffled, ...facts], AT + after)).toEqual(expected);
      }),
    );
  });

  test('a grant that nobody walked through never keeps anybody out', () => {
    fc.assert(
      fc.property(any, ([facts]) => {
        const told = new Set(facts.map(({ terminal, body }) => `${terminal} ${body['grant']}`));
        const counts = facts.filter(
          ({ event, terminal, seq, body }) =>
            event !== 'entry.granted' || !body['passage'] || told.has(`${terminal} ${seq}`),
        );
        const { wasGranted: _, ...without } = entryState(counts, LATER);
        expect(entryState(facts, LATER)).toMatchObject(without);
      }),
    );
  });

  test('a clock that was set back between two facts of a gate does not turn them round', () => {
    const entered = entryFact('entry.granted', 3_600_000, { seq: 1 });
    const undone = entryFact('entry.undone', 0, { seq: 2 });
    expect(entryState([undone, entered], LATER).entered).toBeNull();
  });
});
