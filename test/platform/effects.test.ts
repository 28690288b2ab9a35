import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type EntryFact, entriesOf } from '../../platform-sim/effects.ts';

const base = { event: 'entry.granted', ref: 'r1', ticket: 'T1', epoch: 'e', boot: 1 } as const;

function fact(over: Partial<EntryFact>): EntryFact {
  const at = '2026-02-20T09:00:00.000Z';
  return { ...base, mono: 0, gate: 'A', terminal: 'gate-1', seq: 1, at, clock: 'synced', ...over };
}

/** The entries of every order in which the facts can arrive, which must be one and the same. */
function inEveryOrder(facts: readonly EntryFact[], listed: Parameters<typeof entriesOf>[2]) {
  const expected = entriesOf(facts, [], listed);
  fc.assert(
    fc.property(fc.shuffledSubarray([...facts], { minLength: facts.length }), (shuffled) => {
      expect(entriesOf(shuffled, [], listed)).toEqual(expected);
    }),
  );
  return expected;
}

describe('who has entered', () => {
  const story = [
    fact({ seq: 1, at: '2026-02-20T09:00:00.000Z' }),
    fact({ seq: 2, at: '2026-02-20T09:01:00.000Z', event: 'entry.undone' }),
    fact({ seq: 3, at: '2026-02-20T09:02:00.000Z', gate: 'B' }),
    fact({ seq: 1, at: '2026-02-20T09:03:00.000Z', terminal: 'gate-2', gate: 'C' }),
    fact({ seq: 4, at: '2026-02-20T09:00:30.000Z', ref: 'r2', ticket: 'T2' }),
  ];

  test('is the same whatever the order in which facts arrived', () => {
    const flag = null;
    expect(inEveryOrder(story, [])).toEqual(
      new Map([
        ['r1', { at: story[2]?.at, gate: 'B', terminal: 'gate-1', doubles: 1, flag }],
        ['r2', { at: story[4]?.at, gate: 'A', terminal: 'gate-1', doubles: 0, flag }],
      ]),
    );
  });

  test('is ordered by corrected time: a clock that was wrong does not make a later entry the first', () => {
    const wrong = fact({ terminal: 'gate-9', at: '2020-01-01T00:00:00.000Z', clock: 'unset' });
    const facts = [fact({}), { ...wrong, mono: 60_000 }];
    const origin = Date.parse('2026-02-20T10:00:00.000Z');
    const origins = [{ terminal: 'gate-9', epoch: 'e', boot: 1, origin }];
    expect(entriesOf(facts, origins).get('r1')).toMatchObject({ terminal: 'gate-1', doubles: 1 });
    expect(entriesOf(facts, []).get('r1')).toMatchObject({ terminal: 'gate-9', doubles: 1 });
  });
});

test('what a gate took back is taken back, however its clock was set meanwhile', () => {
  const story = [
    fact({ seq: 1, at: '2026-02-20T10:00:00.000Z' }),
    fact({ seq: 2, at: '2026-02-20T09:00:00.000Z', event: 'entry.undone' }),
  ];
  expect(inEveryOrder(story, []).size).toBe(0);
});

describe('entries by ticket number', () => {
  const LISTED = [
    { ticket: 'T1', ref: 'r1' },
    { ticket: 'ｔ２', ref: 'r2' },
  ];
  const at = (minute: number) => `2026-02-20T09:0${minute}:00.000Z`;
  const byNumber = (over: Partial<EntryFact>) => fact({ ref: null, ...over });
  const elsewhere = { terminal: 'gate-2', gate: 'B' };

  test.each([
    ['by card, then by number at another gate', fact({}), byNumber({ ...elsewhere, at: at(1) })],
    ['by number, then by card at another gate', byNumber({}), fact({ ...elsewhere, at: at(1) })],
    ['by number at two gates', byNumber({}), byNumber({ ...elsewhere, at: at(1) })],
  ])('%s: one entry of the row, flagged as double', (_, first, second) => {
    const entries = inEveryOrder([first, second], LISTED);
    expect([...entries]).toEqual([
      ['r1', { at: first.at, gate: 'A', terminal: 'gate-1', doubles: 1, flag: null }],
    ]);
  });

  test('are of the row, however the number is written', () => {
    expect([...entriesOf([byNumber({ ticket: 'T2' })], [], LISTED).keys()]).toEqual(['r2']);
  });

  test('taken back by number or by card, the row is free again', () => {
    for (const undone of [byNumber({}), fact({})]) {
      const back = { ...undone, event: 'entry.undone', seq: 2, at: at(1) } as const;
      for (const granted of [byNumber({}), fact({})]) {
        expect(inEveryOrder([granted, back], LISTED).size).toBe(0);
      }
    }
  });

  test('of a number that is of no row are flagged, each number for itself', () => {
    const facts = [byNumber({ ticket: 'T9' }), byNumber({ ticket: 't 9', seq: 2, at: at(1) })];
    expect([...inEveryOrder(facts, LISTED)]).toEqual([
      ['ticket:T9', expect.objectContaining({ flag: 'unknown-ticket', doubles: 1 })],
    ]);
  });

  test('of a number that is of two rows are flagged, for nobody can know whose it is', () => {
    const twice = [...LISTED, { ticket: 't1', ref: 'r7' }, { ticket: 'T 1', ref: 'r8' }];
    expect([...inEveryOrder([byNumber({})], twice).keys()]).toEqual(['ticket:T1']);
  });

  test('without the list, facts that name both ticket and row tell which row it is', () => {
    const facts = [byNumber({}), fact({ ...elsewhere, at: at(1) })];
    expect([...inEveryOrder(facts, [])]).toEqual([['r1', expect.objectContaining({ doubles: 1 })]]);
  });

  test('a hostile terminal that sends no number at all changes no row', () => {
    const nothing = byNumber({ ticket: '---' });
    expect([...inEveryOrder([nothing, fact({})], LISTED).keys()].sort()).toEqual(['r1', 'ticket:']);
  });
});
