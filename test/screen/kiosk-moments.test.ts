/** What a kiosk's screen says of places and days. */

import { afterEach, expect, test } from 'vitest';
import {
  calendarDay,
  clockTime,
  dayAndTime,
  now,
  untilTime,
} from '../../kiosk-ui/terminal/moments.ts';
import { catalogueOf } from '../../src/text/index.ts';
import { romaji } from '../../src/text/romaji.ts';

/** 23:50 on the last day of a year, in Japan. */
const LATE = new Date('2026-12-31T14:50:00Z');
const NOON = new Date('2026-11-25T03:00:00Z');
const before = now.value;

afterEach(() => {
  now.value = before;
});

function said(moment: string, language: 'ja' | 'ja-simple' | 'en'): string {
  return dayAndTime(moment, language, catalogueOf(language));
}

test('a day is told from today’s, which is Japan’s', () => {
  now.value = NOON;
  expect(said('2026-11-25T08:00:00Z', 'ja')).toBe('きょう 17:00');
  expect(said('2026-11-26T00:00:00Z', 'ja')).toBe('あす 9:00');
  expect(said('2026-11-26T00:00:00Z', 'ja-simple')).toBe('あした 9:00');
  expect(said('2026-11-26T00:00:00Z', 'en')).toBe('tomorrow 9:00');
  expect(said('2026-11-27T00:00:00Z', 'ja')).toBe('11月27日(金) 9:00');
  expect(said('2026-11-27T00:00:00Z', 'en')).toBe('Fri 27 Nov, 9:00');
  now.value = LATE;
  expect(said('2027-01-01T00:00:00Z', 'ja')).toBe('あす 9:00');
  expect(said('2026-12-31T14:59:00Z', 'ja')).toBe('きょう 23:59');
});

test('until when it is open today needs no day, and another day does', () => {
  now.value = NOON;
  const text = catalogueOf('ja');
  expect(untilTime('2026-11-25T14:00:00Z', 'ja', text)).toBe('23:00');
  expect(untilTime('2026-11-27T08:00:00Z', 'ja', text)).toBe('11月27日(金) 17:00');
  expect(clockTime('2026-11-25T15:05:00Z')).toBe('00:05');
});

test.each([
  ['2026-12-01T03:00:00Z', '12月《がつ》1日《ついたち》(火《か》)'],
  ['2026-12-02T03:00:00Z', '12月《がつ》2日《か》(水《すい》)'],
  ['2026-12-10T03:00:00Z', '12月《がつ》10日《か》(木《もく》)'],
  ['2026-12-11T03:00:00Z', '12月《がつ》11日《にち》(金《きん》)'],
  ['2026-12-14T03:00:00Z', '12月《がつ》14日《か》(月《げつ》)'],
  ['2026-12-20T03:00:00Z', '12月《がつ》20日《か》(日《にち》)'],
  ['2026-12-26T03:00:00Z', '12月《がつ》26日《にち》(土《ど》)'],
])('in やさしい日本語 the day of %s has its readings', (moment, read) => {
  expect(calendarDay(new Date(moment), 'ja-simple')).toBe(read);
});

test.each([
  ['たかのさわちょう', 'Takanosawachou'],
  ['ひがはまし', 'Higahamashi'],
  ['ほっかいどう', 'Hokkaidou'],
  ['はっちょうぼり', 'Hatchoubori'],
  ['じゃくし', 'Jakushi'],
  ['りょうごく', 'Ryougoku'],
  ['しんじゅく', 'Shinjuku'],
  ['つづき', 'Tsuzuki'],
  ['ぱー', 'Pa'],
])('whoever reads no kana reads %s as %s', (kana, read) => {
  expect(romaji(kana)).toBe(read);
});

test.each(['', '鷹', 'カナ', 'ゃま', 'かゃ', 'abc', 'あっ鷹'])(
  'what is no hiragana has no reading: %j',
  (kana) => {
    expect(romaji(kana)).toBeNull();
  },
);
