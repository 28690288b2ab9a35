/** What a set of messages comes to: by what they say, never by the order in which they came. */

import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { CapDraft } from '../../platform-sim/alerts/cap-writer.ts';
import { type AlertTime, activeAlerts, neededOf } from '../../src/alerts/fold.ts';
import type { AlertMessage } from '../../src/alerts/message.ts';
import { draft, messageOf, next, part } from './drafts.ts';

const SENT = Date.parse('2026-11-21T07:40:00Z');
const HOUR = 3_600_000;
const TIME: AlertTime = {
  now: SENT + HOUR,
  floor: SENT,
  isAgreed: true,
  isSet: true,
  expired: new Set(),
};
const DISTRICTS = ['kawara', 'minato', null] as const;

function shown(
  messages: readonly AlertMessage[],
  time: Partial<AlertTime> = {},
  district: string | null = 'kawara',
) {
  return activeAlerts(messages, district, { ...TIME, ...time });
}

const said = (over: Partial<CapDraft> = {}) => draft({ sent: SENT, ...over });

test('an alert is shown where it is for, and nowhere else', () => {
  const one = [messageOf(said())];
  expect(shown(one)).toMatchObject([
    { id: 'alert-1', level: 4, state: 'active', update: 0, timeUnknown: false, drill: false },
  ]);
  expect(shown(one, {}, 'minato')).toEqual([]);
  expect(shown(one, {}, null)).toMatchObject([{ id: 'alert-1', districts: ['kawara'] }]);
});

test('each district hears its own level and its own way', () => {
  const message = messageOf(said({ parts: [part(), part({ level: 3, shelters: [] }, 'minato')] }));
  expect(shown([message])).toMatchObject([{ level: 4, shelters: [{ minutes: 8 }] }]);
  expect(shown([message], {}, 'minato')).toMatchObject([{ level: 3, shelters: [] }]);
  // A shelter hears the most severe; a way from everywhere is none.
  expect(shown([message], {}, null)).toMatchObject([
    { level: 4, districts: ['kawara', 'minato'], shelters: [{ minutes: null, way: { ja: '' } }] },
  ]);
});

test('an update takes the place of what it changes, and the alert keeps its name', () => {
  const first = said();
  const raised = next(first, { parts: [part({ level: 5, shelters: [] })] });
  const alerts = shown([messageOf(first), messageOf(raised)]);
  expect(alerts).toMatchObject([{ id: 'alert-1', level: 5, update: 1, state: 'active' }]);
  expect(shown([messageOf(next(raised))])).toMatchObject([{ id: 'alert-1', update: 2 }]);
});

test('an end is shown where there was something to end, until it expires itself', () => {
  const first = said();
  const clear = messageOf(next(first, { is: 'all-clear', expires: SENT + 12 * HOUR }));
  expect(shown([messageOf(first), clear])).toMatchObject([{ state: 'over', update: 1 }]);
  expect(shown([clear])).toEqual([]);
  expect(shown([messageOf(first), clear], { now: SENT + 12 * HOUR })).toEqual([]);
  const bare = messageOf(next(first, { is: 'cancel', parts: [] }));
  expect(shown([messageOf(first), bare])).toMatchObject([{ state: 'over', what: part().what }]);
});

test('nothing comes after an end, not even what was sent later', () => {
  const first = said();
  const clear = next(first, { is: 'all-clear', expires: SENT + 12 * HOUR });
  const late = next(clear, { is: 'update', identifier: 'late' });
  expect(shown([first, clear, late].map(messageOf))).toMatchObject([{ state: 'over' }]);
});

test('a district that an update leaves out hears that it is over there', () => {
  const first = said({ parts: [part(), part({}, 'minato')] });
  const messages = [messageOf(first), messageOf(next(first, { parts: [part({}, 'minato')] }))];
  expect(shown(messages)).toMatchObject([{ state: 'over', update: 1 }]);
  expect(shown(messages, {}, 'minato')).toMatchObject([{ state: 'active', update: 1 }]);
});

test('a drill neither ends nor changes what is none', () => {
  const first = said();
  const drill = next(first, { status: 'Exercise', is: 'all-clear', expires: SENT + 12 * HOUR });
  expect(shown([messageOf(first), messageOf(drill)])).toMatchObject([{ state: 'active' }]);
});

test('the most severe comes first, then the newest; drills come last', () => {
  const of = (identifier: string, level: 3 | 4 | 5, over: Partial<CapDraft> = {}) =>
    messageOf(said({ identifier, parts: [part({ level })], ...over }));
  const messages = [
    of('drill', 5, { status: 'Exercise' }),
    of('older', 4),
    of('newer', 4, { sent: SENT + 1_000 }),
    of('least', 3),
    of('most', 5),
  ];
  expect(shown(messages).map(({ id }) => id)).toEqual(['most', 'newer', 'older', 'least', 'drill']);
});

test('only authenticated time ends an alert', () => {
  const one = [messageOf(said())];
  const late = SENT + 30 * 24 * HOUR;
  expect(shown(one, { now: late })).toEqual([]);
  expect(shown(one, { now: late, isAgreed: false })).toMatchObject([{ timeUnknown: true }]);
  expect(shown(one, { now: late, isSet: false })).toMatchObject([{ timeUnknown: true }]);
  expect(shown(one, { now: SENT, isSet: false })).toMatchObject([{ timeUnknown: true }]);
  expect(shown(one, { now: SENT, isSet: false, floor: SENT + 6 * HOUR })).toEqual([]);
  expect(shown(one, { isAgreed: false })).toMatchObject([{ timeUnknown: false }]);
  expect(shown(one, { isSet: false, expired: new Set(['alert-1']) })).toEqual([]);
});

/** Some alerts, each changed now and then, some ended, some twice at once. */
const histories = fc
  .array(
    fc.record({
      alert: fc.nat(2),
      does: fc.constantFrom('update', 'update', 'all-clear', 'cancel', 'fork'),
      districts: fc.constantFrom(['kawara'], ['minato'], ['kawara', 'minato']),
      level: fc.constantFrom(3, 4, 5),
      drill: fc.boolean(),
    }),
    { minLength: 1, maxLength: 9 },
  )
  .map((steps) => {
    const last = new Map<number, CapDraft>();
    return steps.map(({ alert, does, districts, level, drill }, at) => {
      const before = last.get(alert);
      const parts = districts.map((id) => part({ level: level as 3 | 4 | 5 }, id));
      const status = drill ? ('Exercise' as const) : ('Actual' as const);
      const identifier = `m${at}`;
      const made =
        before === undefined
          ? said({ identifier, parts, status, sent: SENT + alert * 1_000 })
          : next(before, {
              ...{ identifier, parts, status: before.status },
              is: does === 'fork' ? 'update' : does,
              expires: before.expires,
            });
      // Of a fork, what comes next changes what was before it.
      if (does !== 'fork' || before === undefined) last.set(alert, made);
      return messageOf(made);
    });
  });

test('in whatever order they come, however often, it comes to the same', () => {
  fc.assert(
    fc.property(histories, fc.infiniteStream(fc.nat()), (messages, numbers) => {
      const shuffled = [...messages, ...messages]
        .map((message) => ({ message, at: numbers.next().value }))
        .sort((a, b) => a.at - b.at)
        .map(({ message }) => message);
      for (const district of DISTRICTS) {
        expect(shown(shuffled, {}, district)).toEqual(shown(messages, {}, district));
      }
    }),
    { numRuns: 150 },
  );
});

test('what is not needed can be dropped at any time, and nothing changes', () => {
  fc.assert(
    fc.property(histories, (messages) => {
      for (const district of DISTRICTS) {
        let kept: AlertMessage[] = [];
        for (const message of messages) kept = neededOf([...kept, message], district);
        expect(shown(kept, {}, district)).toEqual(shown(messages, {}, district));
        expect(kept.length).toBeLessThanOrEqual(3 * 3 * 2);
      }
    }),
    { numRuns: 150 },
  );
});
