import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type EntryFact, entriesOf } from '../../platform-sim/effects.ts';

describe('who has entered', () => {
  const base = { event: 'entry.granted', ref: 'r1', epoch: 'e', boot: 1, mono: 0 } as const;
  const fact = (over: Partial<EntryFact>): EntryFact => {
    const at = '2026-02-20T09:00:00.000Z';
    return { ...base, gate: 'A', terminal: 'gate-1', seq: 1, at, clock: 'synced', ...over };
  };
  const story = [
    fact({ seq: 1, at: '2026-02-20T09:00:00.000Z' }),
    fact({ seq: 2, at: '2026-02-20T09:01:00.000Z', event: 'entry.undone' }),
    fact({ seq: 3, at: '2026-02-20T09:02:00.000Z', gate: 'B' }),
    fact({ seq: 1, at: '2026-02-20T09:03:00.000Z', terminal: 'gate-2', gate: 'C' }),
    fact({ seq: 4, at: '2026-02-20T09:00:30.000Z', ref: 'r2' }),
  ];

  test('is the same whatever the order in which facts arrived', () => {
    const expected = new Map([
      ['r1', { at: story[2]?.at, gate: 'B', terminal: 'gate-1', doubles: 1 }],
      ['r2', { at: story[4]?.at, gate: 'A', terminal: 'gate-1', doubles: 0 }],
    ]);
    const permuted = fc.shuffledSubarray(story, { minLength: story.length });
    fc.assert(
      fc.property(permuted, (facts) => {
        expect(entriesOf(facts, [])).toEqual(expected);
      }),
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
