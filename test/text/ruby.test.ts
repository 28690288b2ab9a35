import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseRuby, plain } from '../../src/text/ruby.ts';
import { stopwatch } from '../rig/stopwatch.ts';

test('a reading belongs to the run of kanji right before it', () => {
  expect(parseRuby('右《みぎ》の 「案内《あんない》」へ')).toEqual([
    { base: '右', reading: 'みぎ' },
    { base: 'の 「', reading: null },
    { base: '案内', reading: 'あんない' },
    { base: '」へ', reading: null },
  ]);
  expect(parseRuby('取《と》り消《け》す')).toEqual([
    { base: '取', reading: 'と' },
    { base: 'り', reading: null },
    { base: '消', reading: 'け' },
    { base: 'す', reading: null },
  ]);
  expect(plain('右《みぎ》の 「案内《あんない》」へ')).toBe('右の 「案内」へ');
});

test('々, 〆, ヶ and kanji beyond the Basic Multilingual Plane are part of a run', () => {
  expect(parseRuby('佐々木《ささき》')).toEqual([{ base: '佐々木', reading: 'ささき' }]);
  expect(parseRuby('〆切《しめきり》')).toEqual([{ base: '〆切', reading: 'しめきり' }]);
  expect(parseRuby('鷹ヶ沢《たかがさわ》')).toEqual([{ base: '鷹ヶ沢', reading: 'たかがさわ' }]);
  expect(parseRuby('𠮷野《よしの》')).toEqual([{ base: '𠮷野', reading: 'よしの' }]);
});

test.each([
  '',
  'カード',
  'カード《かーど》',
  '《みぎ》',
  '右《》',
  '右《みぎ',
  'みぎ》右',
  '右 《みぎ》',
])('what is no ruby is text like any other: %s', (text) => {
  expect(parseRuby(text)).toEqual(text === '' ? [] : [{ base: text, reading: null }]);
  expect(plain(text)).toBe(text);
});

test('whatever the text, its parts put together are the text, and plain is their bases', () => {
  const letters = fc.constantFrom('右', '案', '々', 'み', '《', '》', ' ', 'a', '𠮷', '🙂');
  fc.assert(
    fc.property(fc.string({ unit: letters, maxLength: 40 }), (text) => {
      const parts = parseRuby(text);
      const rebuilt = parts.map(
        ({ base, reading }) => base + (reading === null ? '' : `《${reading}》`),
      );
      expect(rebuilt.join('')).toBe(text);
      expect(plain(text)).toBe(parts.map(({ base }) => base).join(''));
    }),
  );
});

test('a text of a hundred thousand brackets takes no time', () => {
  const text = '右《'.repeat(100_000);
  const took = stopwatch();
  expect(plain(text)).toBe(text);
  expect(took()).toBeLessThan(4_000);
});
