/** Every message in every language, really read by espeak-ng. */

import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { openEspeakVoice } from '../../devices/voice/espeak-voice.ts';
import { REASONS, type Reason } from '../../src/domain/reason.ts';
import { LANGUAGES, type Language, SPEECHES, type Speech } from '../../src/domain/screen.ts';
import { type PlaceNames, spoken } from '../../src/text/speech.ts';
import { soundIn } from './voice-wav.ts';

const MESSAGES: readonly Speech[] = [...SPEECHES, ...(Object.keys(REASONS) as Reason[])];
const NAMES: PlaceNames = {
  information: {
    text: {
      ja: '右手の「総合案内」',
      'ja-simple': '右の「案内」',
      en: 'Information, on your right',
    },
    kana: 'みぎての そーごーあんない',
  },
  otherGate: {
    text: {
      ja: '左手の「西ゲート」',
      'ja-simple': '左の 西ゲート',
      en: 'the West Gate, on your left',
    },
    kana: 'ひだりての にしゲート',
  },
};

/** The shortest message, "Keep holding.", takes nearly a second. */
const SECONDS_MIN = 0.6;
const SECONDS_MAX = 25;

/** What espeak-ng would say, in its own phonemes; `(en)` marks where a Japanese text turns into English words. */
function phonemesOf(text: string, language: Language): string {
  const voice = language === 'en' ? 'en' : 'ja';
  const { status, stdout } = spawnSync(
    'espeak-ng',
    ['-q', '-x', '-b', '1', '-v', voice, '--stdin'],
    {
      input: text,
      encoding: 'utf8',
    },
  );
  expect(status).toBe(0);
  return stdout;
}

/** espeak-ng names a character that it can't read, in English: "Chinese letter", "Japanese letter", "letter …". */
const SPELLED_OUT = /\(en\)|tS'aIni:z|l'?,?[eE]t[@3]/u;

test.each([
  ['ja', '総合案内'],
  ['ja', 'カードの番号です。'],
  ['ja', 'カーード'],
  ['ja', 'ABC'],
  ['en', '総合案内'],
] as const)('in %s, the check finds what espeak-ng spells out: %s', (language, text) => {
  expect(phonemesOf(text, language)).toMatch(SPELLED_OUT);
});

describe.each(LANGUAGES)('%s', (language) => {
  const voice = openEspeakVoice();
  afterAll(() => voice.close());
  const unnamed = { information: null, otherGate: null };
  const texts = (speech: Speech) =>
    new Set([spoken(speech, language, unnamed), spoken(speech, language, NAMES)]);

  test('every message is read as words', () => {
    const lines = MESSAGES.flatMap((speech) => [...texts(speech)]);
    const phonemes = phonemesOf(lines.join('\n'), language).trim().split('\n');
    expect(phonemes.length).toBeGreaterThanOrEqual(lines.length);
    expect(phonemes.filter((line) => SPELLED_OUT.test(line))).toEqual([]);
  });

  test.each(MESSAGES)('%s is heard', async (speech) => {
    for (const text of texts(speech)) {
      const { seconds, peak } = soundIn(await voice.synthesize(text, language));
      expect(seconds).toBeGreaterThan(SECONDS_MIN);
      expect(seconds).toBeLessThan(SECONDS_MAX);
      expect(peak).toBeGreaterThan(3_000);
    }
  });
});

test.each([
  'みなみぐち',
  'だい2ゲート',
  'ウェルカムセンター',
  'ファミリーコーナー',
  'しょーめーしょコーナー',
  'ﾃｨｹｯﾄｶｳﾝﾀｰ',
])('a place read as %s is read as words', (kana) => {
  const information = { text: { ja: '案内' }, kana };
  const text = spoken('not-on-list', 'ja', { information, otherGate: null });
  expect(text).toContain(kana.normalize('NFKC'));
  expect(phonemesOf(text, 'ja')).not.toMatch(SPELLED_OUT);
});

test.each(LANGUAGES)(
  '%s: whatever an operator calls a place, no kanji reaches espeak-ng',
  (language) => {
    const names = fc.sample(
      fc.oneof(
        fc.string({ unit: fc.constantFrom(...'総々𠮷🙂\u0007ー1A[<'), maxLength: 4 }),
        fc.string({ unit: fc.constantFrom(...'あかんツーJp 1総'), maxLength: 6 }),
        fc.string({ unit: 'binary', maxLength: 8 }),
      ),
      { numRuns: 500, seed: 20_261_120 },
    );
    const texts = names.map((name) => {
      const place = { text: { ja: name, 'ja-simple': name, en: name }, kana: name };
      return spoken('closed', language, { information: place, otherGate: place });
    });
    const distinct = [...new Set(texts)];
    expect(distinct.length).toBeGreaterThan(10);
    expect(phonemesOf(distinct.join('\n'), language)).not.toMatch(/tS'aIni:z/u);
  },
);

test('a text that looks like an option or like phonemes is only text', async () => {
  const voice = openEspeakVoice();
  const { seconds } = soundIn(await voice.synthesize('--version and more words', 'en'));
  expect(seconds).toBeGreaterThan(SECONDS_MIN);
  await voice.close();
});

test('やさしい日本語 is spoken more slowly', async () => {
  const voice = openEspeakVoice();
  const text = 'カードを かざしてください。';
  const [ordinary, simple] = await Promise.all([
    voice.synthesize(text, 'ja'),
    voice.synthesize(text, 'ja-simple'),
  ]);
  expect(soundIn(simple).seconds).toBeGreaterThan(soundIn(ordinary).seconds * 1.1);
  await voice.close();
});
