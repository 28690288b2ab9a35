/** What is read aloud never holds what a synthesiser can't read, whatever an operator calls their places. */

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { REASONS, type Reason } from '../../src/domain/reason.ts';
import { LANGUAGES, type Language, SPEECHES, type Speech } from '../../src/domain/screen.ts';
import { catalogueOf } from '../../src/text/index.ts';
import { type PlaceName, type PlaceNames, spoken } from '../../src/text/speech.ts';

const MESSAGES: readonly Speech[] = [...SPEECHES, ...(Object.keys(REASONS) as Reason[])];
const NOBODY: PlaceNames = { information: null, otherGate: null };
const LENGTH_MAX = 200;

const READABLE: Readonly<Record<Language, RegExp>> = {
  ja: /^[ぁ-ヺー0-9、。 ]+$/u,
  'ja-simple': /^[ぁ-ヺー0-9、。 ]+$/u,
  en: /^[A-Za-zÀ-ž0-9 ,.?'&-]+$/u,
};

function named(name: string, kana: string | null): PlaceName {
  return { text: { ja: name, 'ja-simple': name, en: name }, kana };
}

const WELL_NAMED: PlaceNames = {
  information: {
    text: {
      ja: '右手の「総合案内」',
      'ja-simple': '右の「案内」',
      en: 'Information, on your right',
    },
    kana: 'みぎての そーごーあんない',
  },
  otherGate: {
    text: { ja: '左手の「西ゲート」', 'ja-simple': '左の 西ゲート', en: 'the West Gate' },
    kana: 'にしゲート',
  },
};
const BY_KANJI_ALONE: PlaceNames = {
  information: named('右手の「総合案内」', null),
  otherGate: named('左手の「西ゲート」', null),
};

describe.each(LANGUAGES)('%s', (language) => {
  test.each(MESSAGES)('%s can be read, with and without names', (speech) => {
    for (const names of [NOBODY, WELL_NAMED, BY_KANJI_ALONE]) {
      const text = spoken(speech, language, names);
      expect(text).toMatch(READABLE[language]);
      expect(text).toMatch(/[。.]$/u);
      expect(text.length).toBeLessThan(LENGTH_MAX);
    }
  });

  test('no two things are said with the same words, but those that look the same on the screen, too', () => {
    const said = new Map<string, Speech>();
    const { reasons } = catalogueOf(language);
    for (const speech of MESSAGES) {
      const text = spoken(speech, language, NOBODY);
      const other = said.get(text);
      said.set(text, speech);
      if (other === undefined || other === 'closed') continue;
      expect([other, speech].map((reason) => reasons[reason as Reason]?.title)).toEqual(
        [other, speech].map(() => reasons[speech as Reason]?.title),
      );
    }
  });

  test('the way that the operator named is said, and the sentence goes on around it', () => {
    const place = language === 'en' ? 'Information, on your right' : 'みぎての そーごーあんない';
    const gate = language === 'en' ? 'the West Gate' : 'にしゲート';
    expect(spoken('not-on-list', language, WELL_NAMED)).toContain(place);
    expect(spoken('closed', language, WELL_NAMED)).toContain(gate);
  });

  test('a place whose name has no reading is spoken of without its name', () => {
    const shown = {
      ja: 'がめんに でている ばしょ',
      'ja-simple': 'がめんに ある ばしょ',
      en: 'the place shown on the screen',
    };
    expect(spoken('not-on-list', language, BY_KANJI_ALONE)).toContain(shown[language]);
    expect(spoken('closed', language, BY_KANJI_ALONE)).toContain(shown[language]);
  });

  test('without another gate, staff shows the way', () => {
    const staff = { ja: 'かかりいん', 'ja-simple': 'かかりの ひと', en: 'staff' };
    expect(spoken('closed', language, NOBODY)).toContain(staff[language]);
  });
});

test.each([
  ['みなみぐち', 'みなみぐち'],
  ['ニシゲート', 'ニシゲート'],
  ['ﾆｼｹﾞｰﾄ', 'ニシゲート'],
  ['だい２ゲート', 'だい2ゲート'],
  ['  うけつけ  ', 'うけつけ'],
  ['ファミリーマートの よこ', 'ファミリーマートの よこ'],
  ['チケットカウンター', 'チケットカウンター'],
])('the kana %s are read as %s', (kana, read) => {
  const names = { information: named('案内', kana), otherGate: null };
  expect(spoken('not-on-list', 'ja', names)).toContain(`${read}え、チケットを`);
});

test.each([
  ['kanji', '総合あんない'],
  ['a number alone', '2'],
  ['Latin letters', 'Aゲート'],
  ['an emoji', 'あんない🙂'],
  ['a control character', 'あん\u0007ない'],
  ['a line break', 'あん\nない'],
  ['phonemes', '[[a]]あんない'],
  ['markup', '<b>あんない</b>'],
  ['a small kana at the beginning', 'ゃすい'],
  ['a long vowel of nothing', 'ーあ'],
  ['two long vowels', 'あーーい'],
  ['a middle dot', 'あん・ない'],
  ['nothing', ''],
  ['spaces', '   '],
  ['ten thousand kana', 'あ'.repeat(10_000)],
])('kana with %s in it are no reading', (_, kana) => {
  const names = { information: named('案内', kana), otherGate: null };
  expect(spoken('not-on-list', 'ja', names)).toContain('がめんに でている ばしょえ、チケットを');
});

test.each(['案内', 'Gate 案内', '[[h@l@U]]', 'Gate\n2', '🙂', '7', 'x'.repeat(10_000), ''])(
  'an English name like %j is not read',
  (name) => {
    const names = { information: named(name, null), otherGate: null };
    expect(spoken('not-on-list', 'en', names)).toContain('to the place shown on the screen.');
  },
);

test('in a language that the operator has no words in, general ones are said, as the screen shows them', () => {
  const place = { text: { ja: '右手の「総合案内」' }, kana: 'みぎての そーごーあんない' };
  const names = { information: place, otherGate: place };
  expect(spoken('not-on-list', 'ja', names)).toContain('みぎての');
  for (const language of ['ja-simple', 'en'] as const) {
    for (const speech of ['not-on-list', 'closed'] as const) {
      expect(spoken(speech, language, names)).toBe(spoken(speech, language, NOBODY));
    }
  }
});

test('whatever the names, only what can be read is spoken, and it stays short', () => {
  const piece = fc.oneof(
    fc.constantFrom(
      '総合案内',
      '々',
      '𠮷',
      '🙂',
      '\u0000',
      '\u001b[2J',
      'ー',
      'ッ',
      '゛',
      '[[',
      ']]',
      '<',
      '&',
      '・',
      'ゝ',
      'ﾞ',
      '㌀',
    ),
    fc.string({ unit: 'binary', maxLength: 10 }),
    fc.string({
      unit: fc.constantFrom(...'あかさたなはまやらわんがぱゃゅょっー 0123アイウ'),
      maxLength: 30,
    }),
    fc.constant('漢'.repeat(10_000)),
  );
  const name = fc.array(piece, { maxLength: 4 }).map((pieces) => pieces.join(''));
  const place = fc.option(fc.tuple(name, fc.option(name)).map(([text, kana]) => named(text, kana)));
  fc.assert(
    fc.property(
      place,
      place,
      fc.constantFrom(...LANGUAGES),
      fc.constantFrom(...MESSAGES),
      (information, otherGate, language, speech) => {
        const text = spoken(speech, language, { information, otherGate });
        expect(text).toMatch(READABLE[language]);
        expect(text.length).toBeLessThan(LENGTH_MAX);
      },
    ),
    { numRuns: 2_000 },
  );
});
