/** How it stands with a town: stories of single people first, then that no order of arrival makes a difference. */

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Evacuee } from '../../platform-sim/evacuation/evacuee.ts';
import { Standings } from '../../platform-sim/town/standings.ts';
import { type TownFact, townFactOf } from '../../platform-sim/town/town-facts.ts';
import { AT, answered, arrived, atShelter, fact, factText, person, refOf } from './town-world.ts';

const SCHOOL = 'shiomi-elementary';
const HALL = 'civic-hall';

function townOf(people: readonly Evacuee[], facts: readonly TownFact[], since = 0): Standings {
  const standings = new Standings({ residents: people, now: AT, since });
  standings.take(facts);
  return standings;
}

/** How it stands with `hatsu`, whose facts these are. */
function hatsu(...facts: readonly TownFact[]) {
  const { standing, by, stays } = townOf([person('hatsu')], facts).stateOf(refOf('hatsu'));
  return {
    standing,
    by,
    stays: stays.map(({ shelter, out }) => (out ? `${shelter} out` : shelter)),
  };
}

describe('one person', () => {
  test('nothing was told: nothing is known', () => {
    expect(hatsu()).toEqual({ standing: 'unknown', by: null, stays: [] });
    const shown = fact('alert.shown', { minute: 0 }, { alert: 'A', refs: [refOf('hatsu')] });
    expect(hatsu(shown)).toMatchObject({ standing: 'unknown' });
  });

  test('a later answer outweighs an earlier one, and one that was taken back never was', () => {
    const leaving = answered('hatsu', 'leaving', { minute: 1 });
    const help = answered('hatsu', 'help', { minute: 2 });
    expect(hatsu(help, leaving)).toMatchObject({ standing: 'help' });
    const undone = fact(
      'alert.answer-undone',
      { minute: 3 },
      {
        alert: 'A',
        ref: refOf('hatsu'),
        answered: help.seq,
      },
    );
    expect(hatsu(undone, help, leaving)).toMatchObject({ standing: 'leaving' });
  });

  test('who is taken in is safe whatever they answered before; help after it stays help', () => {
    const help = answered('hatsu', 'help', { minute: 1 });
    const tap = arrived('hatsu', SCHOOL, { minute: 2 });
    expect(hatsu(tap, help)).toEqual({ standing: 'safe', by: 'shelter', stays: [SCHOOL] });
    const again = answered('hatsu', 'help', { minute: 3 });
    expect(hatsu(again, tap, help)).toEqual({ standing: 'help', by: null, stays: [SCHOOL] });
    const back = atShelter('shelter.came-back', 'hatsu', SCHOOL, { minute: 4 });
    expect(hatsu(again, back, tap)).toMatchObject({ standing: 'safe' });
  });

  test('at two shelters, the later arrival counts and both are shown', () => {
    const [first, second] = [
      arrived('hatsu', SCHOOL, { minute: 1 }),
      arrived('hatsu', HALL, { minute: 5 }),
    ];
    expect(hatsu(second, first)).toEqual({
      standing: 'safe',
      by: 'shelter',
      stays: [HALL, SCHOOL],
    });
    const town = townOf([person('hatsu')], [second, first]);
    expect([town.tallies.shelter(HALL).people, town.tallies.shelter(SCHOOL).people]).toEqual([
      1, 0,
    ]);
    const left = atShelter('shelter.left', 'hatsu', HALL, { minute: 9 });
    expect(hatsu(first, left, second)).toEqual({
      standing: 'safe',
      by: 'shelter',
      stays: [SCHOOL],
    });
  });

  test('who left for good is known no more; who went out comes back', () => {
    const tap = arrived('hatsu', SCHOOL, { minute: 1 });
    const out = atShelter('shelter.went-out', 'hatsu', SCHOOL, { minute: 2 });
    expect(hatsu(out, tap)).toEqual({ standing: 'safe', by: 'shelter', stays: [`${SCHOOL} out`] });
    const left = atShelter('shelter.left', 'hatsu', SCHOOL, { minute: 3 });
    expect(hatsu(left, out, tap)).toEqual({ standing: 'unknown', by: null, stays: [] });
    // The arrival is still on its way, by a stick perhaps: whoever went out was there.
    expect(hatsu(out)).toMatchObject({ standing: 'safe', stays: [`${SCHOOL} out`] });
  });

  test('an arrival that staff took back never was, also at the reader beside it', () => {
    const leaving = answered('hatsu', 'leaving', { minute: 0 });
    const tap = arrived('hatsu', SCHOOL, { minute: 1 });
    const undone = atShelter(
      'shelter.undone',
      'hatsu',
      SCHOOL,
      { minute: 2 },
      { arrival: tap.seq },
    );
    expect(hatsu(undone, tap, leaving)).toMatchObject({ standing: 'leaving', stays: [] });
    const beside = { minute: 2, terminal: 'reader-beside' };
    const there = atShelter('shelter.undone', 'hatsu', SCHOOL, beside, { arrival: 999_999 });
    expect(hatsu(there, tap, leaving)).toMatchObject({ standing: 'leaving', stays: [] });
  });

  test('a clock that was set back between two facts of a box does not turn them round', () => {
    const first = answered('hatsu', 'help', { minute: 30, seq: 1 });
    const second = answered('hatsu', 'safe', { minute: 2, seq: 2 });
    expect(hatsu(second, first)).toMatchObject({ standing: 'safe', by: 'answer' });
  });

  test('a fact without authenticated time counts by when the platform knows the machine was started', () => {
    const town = new Standings({ residents: [person('hatsu')], now: AT });
    // Said at 10:00 by a clock that is wrong by seven hours; really 17:04.
    const wrong = { minute: -420, clock: 'holdover', boot: 3, mono: 240_000, seq: 1 } as const;
    town.take([answered('hatsu', 'help', { minute: 2, terminal: 'stb-2' })]);
    town.take([answered('hatsu', 'safe', wrong)]);
    expect(town.stateOf(refOf('hatsu')).standing).toBe('help');
    const { epoch } = answered('hatsu', 'safe', wrong);
    const touched = town.take([], [{ terminal: 'stb-1', epoch, boot: 3, origin: AT }]);
    expect([...touched]).toEqual([refOf('hatsu')]);
    expect(town.stateOf(refOf('hatsu'))).toMatchObject({ standing: 'safe', at: AT + 240_000 });
  });

  test('what was told on an earlier day on which people had to leave says nothing of today', () => {
    const lastMonth = answered('hatsu', 'safe', { minute: -40_000 });
    const today = [person('hatsu')];
    expect(townOf(today, [lastMonth], AT).stateOf(refOf('hatsu')).standing).toBe('unknown');
    // A clock that was never set does not know which day it was.
    const unset = answered('hatsu', 'help', { minute: -40_000, clock: 'unset' });
    expect(townOf(today, [unset], AT).stateOf(refOf('hatsu')).standing).toBe('help');
  });
});

describe('a town', () => {
  const PEOPLE = [
    person('a', { born: '1940-01-01' }),
    person('b', { support: '車いす' }),
    person('c', { district: 'minato' }),
    person('d', { protected: true, district: 'hama', needs: ['medicine'] }),
    person('e', { born: '1990-01-01' }),
  ];

  test('who needs help is on top, then who needs support, then the oldest; nobody who is safe', () => {
    const town = townOf(PEOPLE, [
      answered('e', 'help', { minute: 1 }),
      answered('c', 'leaving', { minute: 1 }),
      arrived('d', HALL, { minute: 2 }),
    ]);
    expect([...town.open()]).toEqual(['e', 'b', 'a', 'c'].map(refOf));
    town.take([answered('e', 'safe', { minute: 3 }), answered('a', 'help', { minute: 3 })]);
    expect([...town.open()]).toEqual(['a', 'b', 'c'].map(refOf));
    expect(town.openCount).toBe(3);
  });

  test('everybody is counted once, and where somebody protected lives in no district', () => {
    const town = townOf(PEOPLE, [
      arrived('a', HALL, { minute: 1 }),
      arrived('a', HALL, { minute: 2 }),
      arrived('d', HALL, { minute: 2 }),
      answered('b', 'safe', { minute: 1 }),
      atShelter('shelter.needs-told', 'a', HALL, { minute: 3 }, { needs: ['pet', 'dragon'] }),
      atShelter('shelter.supplied', 'a', HALL, { minute: 3 }, { kind: 'water', day: '2026-11-21' }),
    ]);
    expect(town.tallies.totals()).toEqual({
      standing: { help: 0, unknown: 2, leaving: 0, safe: 3 },
      ...{ unknownOld: 0, safeAtShelter: 2, safeByAnswer: 1, unlisted: 0 },
    });
    expect(town.tallies.shelter(HALL)).toEqual({
      ...{ people: 2, out: 0, unlisted: 0, needs: { pet: 1, medicine: 1 } },
      handed: new Map([['2026-11-21', { water: 1 }]]),
    });
    expect(town.tallies.district('hama')).toEqual({ help: 0, unknown: 0, leaving: 0, safe: 0 });
    expect(town.tallies.arrivals()).toEqual([
      [AT / 60_000 + 1, 1],
      [AT / 60_000 + 2, 1],
    ]);
  });

  test('who is on no list is counted where they are, once a mark, until a clerk knows who they were', () => {
    const family = fact(
      'shelter.arrived',
      { minute: 1, terminal: 'reader' },
      { shelter: HALL, mark: 'm1', count: 3, sealed: 'AAAA' },
    );
    const again = fact('shelter.arrived', { minute: 4 }, { shelter: HALL, mark: 'm1', count: 3 });
    const nobody = fact('shelter.arrived', { minute: 2, seq: 77 }, { shelter: HALL });
    const town = townOf(PEOPLE, [family, again, nobody]);
    expect(town.tallies.shelter(HALL)).toMatchObject({ people: 4, unlisted: 4 });
    const keys = [...town.unlisted()].map(({ key }) => key).sort();
    expect(keys).toEqual([`fact/stb-1/${family.epoch}/77`, `mark/${HALL}/m1`]);
    const reconciled = new Map([[`mark/${HALL}/m1`, refOf('a')]]);
    const known = new Standings({ residents: PEOPLE, now: AT, reconciled });
    known.take([family, again, nobody]);
    expect(known.stateOf(refOf('a'))).toMatchObject({ standing: 'safe', by: 'shelter' });
    expect(known.tallies.totals().unlisted).toBe(1);
  });

  test('the terminals that call somebody are those that were told so last', () => {
    const link = (terminal: string, minute: number, event: 'linked' | 'unlinked' = 'linked') =>
      fact(`television.${event}`, { minute, terminal }, { ref: refOf('a') });
    const town = townOf(PEOPLE, [
      link('stb-1', 1),
      link('stb-1', 5, 'unlinked'),
      link('stb-2', 1),
      link('stb-3', 1),
      link('stb-3', 2, 'unlinked'),
      link('stb-3', 3),
    ]);
    expect(town.terminalsOf(refOf('a')).sort()).toEqual(['stb-2', 'stb-3']);
    expect(town.terminalsOf(refOf('b'))).toEqual([]);
  });

  test('a body of another form is about nobody, and nothing of it reaches a count', () => {
    const read = (event: 'alert.answered' | 'shelter.arrived', body: object) =>
      townFactOf(factText(event, { minute: 0 }, body));
    expect(read('alert.answered', { ref: 7, answer: 'help' })).toBeNull();
    expect(read('alert.answered', { ref: `${refOf('a')}x`, answer: 'help' })).toBeNull();
    expect(read('shelter.arrived', { ref: refOf('a'), shelter: '<b>' })).toBeNull();
    const odd = read('alert.answered', { ref: refOf('a'), answer: 'dance' });
    expect(townOf(PEOPLE, odd === null ? [] : [odd]).stateOf(refOf('a')).standing).toBe('unknown');
    const huge = read('shelter.arrived', { shelter: HALL, count: 1e9, mark: 'm' });
    expect(huge?.count).toBe(999);
  });
});

describe('in any order', () => {
  const NAMES = ['a', 'b', 'c', 'd'] as const;
  const PEOPLE = NAMES.map((name, at) =>
    person(name, { born: `19${40 + at * 10}-01-01`, protected: name === 'd' }),
  );
  const TERMINALS = ['stb-1', 'reader-1', 'reader-2'] as const;
  const EVENTS = [
    ...['alert.shown', 'alert.seen', 'alert.answered', 'alert.answer-undone'],
    ...['shelter.arrived', 'shelter.went-out', 'shelter.came-back', 'shelter.left'],
    ...['shelter.supplied', 'shelter.needs-told', 'shelter.undone', 'television.linked'],
    ...['television.unlinked', 'television.where-agreed', 'television.where-ended'],
  ] as const;

  const someFact = fc.record({
    event: fc.constantFrom(...EVENTS),
    minute: fc.integer({ min: -5, max: 12 }),
    terminal: fc.constantFrom(...TERMINALS),
    clock: fc.constantFrom('synced', 'holdover', 'unset'),
    boot: fc.integer({ min: 1, max: 2 }),
    mono: fc.integer({ min: 0, max: 600_000 }),
    name: fc.constantFrom(...NAMES, null),
    shelter: fc.constantFrom(SCHOOL, HALL),
    answer: fc.constantFrom('leaving', 'safe', 'help'),
    of: fc.integer({ min: 1, max: 12 }),
    count: fc.integer({ min: 1, max: 3 }),
  });

  /** Every number of a ledger is one fact. */
  const ledgers = fc.array(someFact, { maxLength: 30 }).map((drawn) =>
    drawn.flatMap((each, at) => {
      const { event, name, of, shelter, answer, count, ...place } = each;
      const who = name === null ? { mark: 'm1' } : { ref: refOf(name) };
      const body = { ...who, shelter, answer, answered: of, arrival: of, count };
      const more = { kind: 'water', day: '2026-11-21', needs: ['pet'] };
      const read = townFactOf(
        factText(event as 'alert.seen', { ...place, seq: at + 1 } as never, { ...body, ...more }),
      );
      return read === null ? [] : [read];
    }),
  );

  const epoch = fact('alert.seen', { minute: 0 }, { ref: refOf('a') }).epoch;
  const ORIGINS = TERMINALS.slice(0, 2).map((terminal) => ({
    ...{ terminal, epoch, boot: 1, origin: AT },
  }));

  function everythingOf(town: Standings) {
    const shelters = [SCHOOL, HALL].map((id) => town.tallies.shelter(id));
    const states = NAMES.map((name) => town.stateOf(refOf(name)));
    const byKey = (a: { key: string }, b: { key: string }) => (a.key < b.key ? -1 : 1);
    return {
      totals: town.tallies.totals(),
      districts: town.tallies.district('kawara'),
      arrivals: town.tallies.arrivals(),
      open: [...town.open()],
      linked: NAMES.map((name) => town.terminalsOf(refOf(name)).sort()),
      unlisted: [...town.unlisted()].sort(byKey),
      ...{ shelters, states },
    };
  }

  test('shuffled, repeated, in pieces, and with the clocks known early or late, the town is the same', () => {
    fc.assert(
      fc.property(
        ledgers.chain((facts) =>
          fc.record({
            facts: fc.constant(facts),
            order: fc.shuffledSubarray([...facts, ...facts.slice(0, 5)], {
              minLength: facts.length + Math.min(5, facts.length),
            }),
            cut: fc.nat({ max: facts.length }),
            clocksFirst: fc.boolean(),
            since: fc.constantFrom(0, AT),
          }),
        ),
        ({ facts, order, cut, clocksFirst, since }) => {
          const scratch = new Standings({ residents: PEOPLE, now: AT, since });
          scratch.take(facts, ORIGINS);
          const bit = new Standings({ residents: PEOPLE, now: AT, since });
          if (clocksFirst) bit.take([], ORIGINS);
          bit.take(order.slice(0, cut));
          for (const each of order.slice(cut)) bit.take([each]);
          bit.take(order.slice(0, cut), ORIGINS);
          expect(everythingOf(bit)).toEqual(everythingOf(scratch));
          const { standing } = bit.tallies.totals();
          expect(Object.values(standing).reduce((sum, n) => sum + n)).toBe(PEOPLE.length);
          expect(bit.openCount).toBe(PEOPLE.length - standing.safe);
        },
      ),
      { numRuns: 300 },
    );
  });
});
