/** What a kiosk's screens tell nobody. */

import { expect, test } from 'vitest';
import { KIOSK_SPEECHES, TEXT_FIELDS, TEXT_LIMITS } from '../../src/domain/kiosk-screen.ts';
import { CHARACTER, LANGUAGES } from '../../src/domain/screen.ts';
import { parseFrame } from '../../src/screen/from-browser.ts';
import { catalogueOf } from '../../src/text/index.ts';
import { spoken } from '../../src/text/speech.ts';
import { PIN_AT_KIOSK } from '../screens/at-kiosk.ts';
import { KIOSK_SAMPLES } from '../screens/kiosk-samples.ts';

const NOBODY = { information: null, otherGate: null };
const AT_THE_COUNTER = ['under-fifteen', 'moving-out', 'counter-only', 'holder-deceased'] as const;

test('a screen of a secret carries how many characters, and none of them', () => {
  for (const body of [...PIN_AT_KIOSK, ...KIOSK_SAMPLES.password]) {
    const texts = Object.values(body).filter((value) => typeof value === 'string');
    expect(
      texts.every((text) => ['pin', 'password', 'ask', 'wrong', 'checking'].includes(text)),
    ).toBe(true);
  }
});

test.each(LANGUAGES)(
  'what only a counter may settle is titled and spoken alike in %s',
  (language) => {
    const { reasons } = catalogueOf(language);
    expect(new Set(AT_THE_COUNTER.map((reason) => reasons[reason].title)).size).toBe(1);
    expect(new Set(AT_THE_COUNTER.map((reason) => spoken(reason, language, NOBODY))).size).toBe(1);
  },
);

test('nothing that a kiosk says aloud has a place for what is somebody’s', () => {
  for (const language of LANGUAGES) {
    for (const speech of KIOSK_SPEECHES) {
      expect(spoken(speech, language, NOBODY)).toBe(
        spoken(speech, language, {
          information: { text: { ja: '案内', en: 'Desk' }, kana: 'あんない' },
          otherGate: { text: { ja: '西', en: 'West' }, kana: 'にし' },
        }),
      );
    }
  }
});

function typed(character: string): unknown {
  const key = { key: 'character', character };
  return parseFrame(JSON.stringify({ type: 'key', number: 1, key }))?.key ?? null;
}

test.each(['あ', 'ん', 'ー', 'ゃ', 'ゔ', '0', 'Z', '-'])('%s can be typed', (character) => {
  expect(typed(character)).toEqual({ key: 'character', character });
});

test.each(['', 'ア', '漢', 'ａ', '０', 'a', ' ', '゛', 'ああ', '\u0000', '🙂', 'か\u3099', '〜'])(
  'a browser that sends %j as a character is not understood',
  (character) => {
    expect(typed(character)).toBeNull();
  },
);

test('a field takes what it asks for and nothing else', () => {
  const takes = (character: string) =>
    TEXT_FIELDS.filter((field) => TEXT_LIMITS[field].takes.test(character));
  expect(takes('あ')).toEqual(['head-family-kana', 'head-given-kana']);
  expect(takes('ー')).toEqual(['head-family-kana', 'head-given-kana']);
  expect(takes('7')).toEqual(['domicile-number']);
  expect(takes('-')).toEqual(['domicile-number']);
  for (const other of ['A', 'ア', '漢', '７', 'ああ', '']) expect(takes(other)).toEqual([]);
  for (const field of TEXT_FIELDS) {
    expect(CHARACTER.test('あ7-'.charAt(field === 'domicile-number' ? 1 : 0))).toBe(true);
  }
});

test.each(['more', 'call', 'kana-mark'])(
  'the key %s is understood, with nothing else in it',
  (key) => {
    const frame = (given: object) => JSON.stringify({ type: 'key', number: 1, key: given });
    expect(parseFrame(frame({ key }))?.key).toEqual({ key });
    expect(parseFrame(frame({ key, why: 'x' }))).toBeNull();
  },
);
