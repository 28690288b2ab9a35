/** The centre's calendar: days and hours in Japan, whatever the clock of this machine is set to. */

import { describe, expect, test } from 'vitest';
import { expectedDay, isBusinessDay } from '../../platform-sim/centre/calendar.ts';
import { type Schedule, serviceAt } from '../../platform-sim/centre/service-hours.ts';
import { dayInJapan, startInJapan } from '../../src/domain/japan-time.ts';

const at = (japan: string) => Date.parse(`${japan}+09:00`);
const iso = (japan: string) => new Date(at(japan)).toISOString();

const OFFICE: Schedule = {
  hours: { days: 'business-days', from: '09:00', to: '17:00' },
  closedAtYearEnd: true,
  maintenance: [],
};
const DAILY: Schedule = { ...OFFICE, hours: { days: 'every-day', from: '06:30', to: '23:00' } };

test('a day in Japan begins nine hours before it does in Greenwich', () => {
  expect(dayInJapan(Date.parse('2026-11-20T14:59:59.999Z'))).toBe('2026-11-20');
  expect(dayInJapan(Date.parse('2026-11-20T15:00:00.000Z'))).toBe('2026-11-21');
  expect(new Date(startInJapan('2026-11-21')).toISOString()).toBe('2026-11-20T15:00:00.000Z');
});

test.each([
  ['2026-11-20', true, 'a Friday'],
  ['2026-11-21', false, 'a Saturday'],
  ['2026-11-22', false, 'a Sunday'],
  ['2026-11-23', false, 'Labour Thanksgiving Day'],
  ['2025-11-24', false, 'a Monday in lieu of a holiday that fell on a Sunday'],
  ['2026-05-06', false, 'a Wednesday in lieu, after three holidays in a row'],
  ['2026-09-22', false, 'a day between two holidays'],
  ['2026-12-28', true, 'the last business day of the year'],
  ['2026-12-29', false, 'the first closed day of it'],
  ['2027-01-03', false, 'the last closed day'],
  ['2027-01-04', true, 'the first business day of the year'],
  ['2050-11-23', false, 'a holiday far ahead, which the table still has'],
])('%s: %s (%s)', (day, is) => {
  expect(isBusinessDay(day)).toBe(is);
});

test.each([
  ['2026-11-16T10:00:00', '2026-11-24', 'a holiday on the way'],
  ['2026-11-13T23:59:59.999', '2026-11-20', 'a Friday, just before midnight'],
  ['2026-11-14T00:00:00', '2026-11-20', 'the Saturday that begins then'],
  ['2026-12-25T12:00:00', '2027-01-07', 'the turn of the year'],
  ['2026-05-01T12:00:00', '2026-05-13', 'the holidays of May'],
])('an application of %s is decided by %s (%s)', (came, expected) => {
  expect(expectedDay(at(came))).toBe(expected);
});

describe('hours', () => {
  test('begin and end to the millisecond', () => {
    const closed = { open: false, reason: 'outside-hours' };
    expect(serviceAt(DAILY, at('2026-11-20T06:29:59.999'))).toEqual({
      ...closed,
      from: iso('2026-11-20T06:30:00'),
    });
    const open = { open: true, until: iso('2026-11-20T23:00:00') };
    expect(serviceAt(DAILY, at('2026-11-20T06:30:00'))).toEqual(open);
    expect(serviceAt(DAILY, at('2026-11-20T22:59:59.999'))).toEqual(open);
    expect(serviceAt(DAILY, at('2026-11-20T23:00:00'))).toEqual({
      ...closed,
      from: iso('2026-11-21T06:30:00'),
    });
  });

  test('may last until midnight, and not a moment longer', () => {
    const late: Schedule = { ...DAILY, hours: { days: 'every-day', from: '06:30', to: '24:00' } };
    expect(serviceAt(late, at('2026-11-20T23:59:59.999'))).toEqual({
      open: true,
      until: iso('2026-11-21T00:00:00'),
    });
    expect(serviceAt(late, at('2026-11-21T00:00:00'))).toMatchObject({
      open: false,
      from: iso('2026-11-21T06:30:00'),
    });
  });

  test('of an office begin again after a weekend and a holiday behind it', () => {
    expect(serviceAt(OFFICE, at('2026-11-20T17:00:00'))).toEqual({
      open: false,
      reason: 'outside-hours',
      from: iso('2026-11-24T09:00:00'),
    });
  });

  test.each(['2026-12-29T00:00:00', '2026-12-31T23:59:59.999', '2027-01-03T23:59:59'])(
    'are none at the turn of the year: %s',
    (when) => {
      const closed = { open: false, reason: 'year-end' };
      expect(serviceAt(DAILY, at(when))).toEqual({ ...closed, from: iso('2027-01-04T06:30:00') });
      expect(serviceAt(OFFICE, at(when))).toEqual({ ...closed, from: iso('2027-01-04T09:00:00') });
    },
  );

  test('go on over the turn of the year where nobody closes then', () => {
    const open = { ...DAILY, closedAtYearEnd: false };
    expect(serviceAt(open, at('2027-01-01T12:00:00'))).toMatchObject({ open: true });
  });

  test.each([
    ['24:01', 'behind the day'],
    ['9:00', 'without its zero'],
    ['25:00', 'of no hour'],
  ])('with a time like %s (%s) are a fault of whoever wrote them', (to) => {
    const wrong: Schedule = { ...DAILY, hours: { days: 'every-day', from: '06:30', to } };
    expect(() => serviceAt(wrong, at('2026-11-20T12:00:00'))).toThrow(/no time of day/u);
  });
});

describe('maintenance', () => {
  const schedule: Schedule = {
    ...DAILY,
    maintenance: [
      { from: iso('2026-11-20T12:00:00'), to: iso('2026-11-20T13:00:00') },
      { from: iso('2026-11-20T22:00:00'), to: iso('2026-11-22T12:00:00') },
    ],
  };

  test('ends the hours early, is the reason in between, and says when it is over', () => {
    expect(serviceAt(schedule, at('2026-11-20T11:59:59'))).toEqual({
      open: true,
      until: iso('2026-11-20T12:00:00'),
    });
    expect(serviceAt(schedule, at('2026-11-20T12:00:00'))).toEqual({
      open: false,
      reason: 'maintenance',
      from: iso('2026-11-20T13:00:00'),
    });
    expect(serviceAt(schedule, at('2026-11-20T13:00:00'))).toEqual({
      open: true,
      until: iso('2026-11-20T22:00:00'),
    });
  });

  test('over a whole day leaves that day out', () => {
    expect(serviceAt(schedule, at('2026-11-20T22:30:00'))).toEqual({
      open: false,
      reason: 'maintenance',
      from: iso('2026-11-22T12:00:00'),
    });
  });

  test('outside the hours is no reason: they are', () => {
    expect(serviceAt(schedule, at('2026-11-21T05:00:00'))).toMatchObject({
      reason: 'outside-hours',
    });
  });

  test('without an end in sight names none', () => {
    const maintenance = [{ from: iso('2026-11-01T00:00:00'), to: iso('2030-01-01T00:00:00') }];
    expect(serviceAt({ ...DAILY, maintenance }, at('2026-11-20T12:00:00'))).toEqual({
      open: false,
      reason: 'maintenance',
      from: null,
    });
  });
});
