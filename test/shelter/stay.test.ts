/** Whether somebody is at a shelter: a function of the set of facts about them. */

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isChecked } from '../../src/domain/check-digit.ts';
import type { EventName } from '../../src/domain/events.ts';
import type { Fact } from '../../src/domain/fact.ts';
import { dayInJapan } from '../../src/domain/japan-time.ts';
import { slipNumber, slipShown } from '../../src/domain/shelter-slip.ts';
import { naming, STAY_EVENTS, stayOf, supplyOf } from '../../src/domain/shelter-stay.ts';

const DAY_MS = 86_400_000;
const START = Date.parse('2026-11-25T08:00:00Z');

function fact(
  seq: number,
  event: EventName,
  body: Fact['body'] = {},
  given: Partial<Fact> = {},
): Fact {
  return {
    ...{ terminal: 'shelter-1', epoch: 'e', seq, prev: '', event, subject: 'mark/m', body },
    ...{ at: new Date(START + seq * 60_000).toISOString(), clock: 'synced', boot: 1, mono: seq },
    ...given,
  };
}

const arrived = (seq: number, body: Fact['body'] = {}) => fact(seq, 'shelter.arrived', body);

describe('the fold', () => {
  test('nobody has been here before the first fact', () => {
    expect(stayOf([])).toMatchObject({ state: 'none', arrival: null, people: 0, needs: [] });
  });

  test.each([
    [['shelter.arrived'], 'here'],
    [['shelter.arrived', 'shelter.went-out'], 'out'],
    [['shelter.arrived', 'shelter.went-out', 'shelter.came-back'], 'here'],
    [['shelter.arrived', 'shelter.left'], 'left'],
    [['shelter.arrived', 'shelter.left', 'shelter.arrived'], 'here'],
    [['shelter.arrived', 'shelter.went-out', 'shelter.arrived'], 'here'],
    [['shelter.went-out'], 'none'],
    [['shelter.left'], 'none'],
    [['shelter.arrived', 'shelter.left', 'shelter.came-back'], 'left'],
  ] as const)('%j: %s', (events, state) => {
    expect(stayOf(events.map((event, at) => fact(at + 1, event))).state).toBe(state);
  });

  test('staff takes an arrival back, and with two of them the other one stands', () => {
    const undone = (seq: number, arrival: number) => fact(seq, 'shelter.undone', { arrival });
    expect(stayOf([arrived(1), undone(2, 1)]).state).toBe('none');
    const both = [arrived(1), arrived(2), undone(3, 2)];
    expect(stayOf(both)).toMatchObject({ state: 'here', arrival: { latest: { seq: 1 } } });
    expect(stayOf([arrived(1), fact(2, 'shelter.went-out'), undone(3, 1)]).state).toBe('none');
  });

  test('what was taken back at another reader counts for nothing, whichever of the two came first', () => {
    const there = fact(1, 'shelter.arrived', {}, { terminal: 'shelter-2' });
    const undone = fact(2, 'shelter.undone', naming(there, 'shelter-1'));
    expect(undone.body).toEqual({ theirs: 'shelter-2/e/1' });
    for (const facts of [
      [there, undone],
      [undone, there],
    ]) {
      expect(stayOf(facts).state).toBe('none');
    }
    const both = stayOf([arrived(1), there, undone]);
    expect(both).toMatchObject({ state: 'here', arrivals: [{ terminal: 'shelter-1', seq: 1 }] });
    expect(naming(both.arrivals[0] ?? there, 'shelter-1')).toEqual({ arrival: 1 });
  });

  test('another terminal’s arrival of the same number is not the one that was taken back', () => {
    const there = fact(1, 'shelter.arrived', {}, { terminal: 'shelter-2' });
    expect(stayOf([arrived(1), there, fact(2, 'shelter.undone', { arrival: 1 })]).state).toBe(
      'here',
    );
  });

  test('a form stands for as many people as it says', () => {
    expect(stayOf([arrived(1, { count: 4, by: 'form' })]).people).toBe(4);
    for (const count of [0, -1, 1.5, 'many', null]) {
      expect(stayOf([arrived(1, { count })]).people).toBe(1);
    }
  });

  test('what was needed before is replaced by what is needed now; words that nobody knows are dropped', () => {
    const told = (seq: number, needs: unknown) => fact(seq, 'shelter.needs-told', { needs });
    const facts = [arrived(1), told(2, ['pet']), told(3, ['medicine', 'gold'])];
    expect(stayOf(facts).needs).toEqual(['medicine']);
    expect(stayOf([...facts, told(4, 'medicine')]).needs).toEqual([]);
  });

  test('a clock that was set back between two facts does not turn them round', () => {
    const back = fact(2, 'shelter.left', {}, { at: new Date(START - 30 * DAY_MS).toISOString() });
    expect(stayOf([arrived(1), back]).state).toBe('left');
    const later = fact(2, 'shelter.left', {}, { at: new Date(START + 30 * DAY_MS).toISOString() });
    expect(stayOf([arrived(1), later, fact(3, 'shelter.arrived')]).state).toBe('here');
  });

  test('in whatever order facts come, and however often: the same', () => {
    const events = fc.array(fc.constantFrom(...STAY_EVENTS), { maxLength: 12 });
    fc.assert(
      fc.property(
        events,
        fc.infiniteStream(fc.double({ min: 0, max: 1, noNaN: true })),
        (all, keys) => {
          const body = { arrival: 1, kind: 'water', day: '2026-11-25', needs: ['pet'] };
          const facts = all.map((event, at) => fact(at + 1, event, body));
          const mixed = facts
            .map((one) => ({ one, key: keys.next().value }))
            .sort((a, b) => a.key - b.key)
            .map(({ one }) => one);
          expect(stayOf(mixed)).toEqual(stayOf(facts));
        },
      ),
      { numRuns: 200 },
    );
  });
});

describe('supplies', () => {
  test('a day is Japan’s: it ends at 15:00 UTC', () => {
    expect(dayInJapan(Date.parse('2026-11-25T14:59:59Z'))).toBe('2026-11-25');
    expect(dayInJapan(Date.parse('2026-11-25T15:00:00Z'))).toBe('2026-11-26');
  });

  test('what was had on one day is not had on the next', () => {
    const { supplied } = stayOf([
      arrived(1),
      fact(2, 'shelter.supplied', { day: '2026-11-25', kind: 'water' }),
    ]);
    expect(supplied.has(supplyOf('2026-11-25', 'water'))).toBe(true);
    expect(supplied.has(supplyOf('2026-11-26', 'water'))).toBe(false);
    expect(supplied.has(supplyOf('2026-11-25', 'bath'))).toBe(false);
  });
});

test('a slip has seven digits, the last of which checks the others, the same for the same mark', () => {
  fc.assert(
    fc.property(fc.stringMatching(/^[\da-f]{32}$/u), (mark) => {
      expect(slipNumber(mark)).toMatch(/^\d{7}$/u);
      expect(isChecked(slipNumber(mark))).toBe(true);
      expect(slipNumber(mark)).toBe(slipNumber(mark));
      expect(slipShown(slipNumber(mark))).toMatch(/^\d{3} \d{4}$/u);
    }),
  );
});
