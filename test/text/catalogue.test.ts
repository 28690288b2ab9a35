/** What people read: complete, in the tone of the house, readable by those who read little, and short enough. */

import { describe, expect, test } from 'vitest';
import { REASONS, type Reason } from '../../src/domain/reason.ts';
import { LANGUAGES, type Language } from '../../src/domain/screen.ts';
import type { Catalogue } from '../../src/text/catalogue.ts';
import { catalogueOf } from '../../src/text/index.ts';
import { parseRuby, plain } from '../../src/text/ruby.ts';
import { type Leaf, leavesOf, markOf, wordsOf } from './catalogue-leaves.ts';

const REASON_CODES = Object.keys(REASONS) as Reason[];

/** The leaves that break a rule, as a failure shows them best. */
function offenders(language: Language, breaks: (words: string, leaf: Leaf) => boolean): string[] {
  return leavesOf(language)
    .filter((leaf) => breaks(wordsOf(leaf), leaf))
    .map(({ path, text }) => `${path}: ${text}`);
}

/** Everything that JIS X 0208 and the rows that Windows added to it can write, and so what every Japanese font can draw. */
function japaneseCharacters(): ReadonlySet<string> {
  const decoder = new TextDecoder('shift_jis');
  const characters = new Set<string>();
  for (let lead = 0x20; lead <= 0xfc; lead += 1) {
    characters.add(decoder.decode(Uint8Array.of(lead)));
    for (let trail = 0x40; trail <= 0xfc; trail += 1) {
      for (const character of decoder.decode(Uint8Array.of(lead, trail))) characters.add(character);
    }
  }
  characters.delete('\ufffd');
  return characters;
}

describe.each(LANGUAGES)('%s', (language) => {
  test('has words for everything', () => {
    expect(leavesOf(language).length).toBeGreaterThan(200);
    expect(offenders(language, (_, { text }) => plain(text).trim() === '')).toEqual([]);
    expect(offenders(language, (_, { text }) => text !== text.trim())).toEqual([]);
  });

  test('says everything that it was given', () => {
    const unsaid = (leaf: Leaf) => leaf.asked.some((name) => !leaf.text.includes(markOf(name)));
    expect(offenders(language, (_, leaf) => unsaid(leaf))).toEqual([]);
  });

  test('mentions in each sentence what the Japanese one mentions', () => {
    const asked = (of: Language) =>
      Object.fromEntries(leavesOf(of).map((leaf) => [leaf.path, leaf.asked]));
    expect(asked(language)).toEqual(asked('ja'));
  });

  test('never raises its voice, never speaks of an error, never begins with an apology', () => {
    const rude = /[!！]|\berror\b|エラー|申し訳|恐れ入|すみません|ごめん|\bsorry\b|apolog/iu;
    expect(offenders(language, (words) => rude.test(words))).toEqual([]);
  });

  test('leaves line breaks to the layout', () => {
    expect(
      offenders(language, (_, { text }) => /[\p{Cc}\p{Zl}\p{Zp}\u00ad\u200b]|<br| {2}/u.test(text)),
    ).toEqual([]);
  });

  test('ends titles, labels and rows without a full stop, and bodies with one', () => {
    const isTitle = ({ path }: Leaf) => /(^|\.)(title|card|why|next|note|name)$/u.test(path);
    expect(offenders(language, (words, leaf) => isTitle(leaf) && /[。.]$/u.test(words))).toEqual(
      [],
    );
    const isBody = ({ path }: Leaf) =>
      /\.(body|owed|unknown)$/u.test(path) &&
      !path.includes('papers.') &&
      !path.includes('states.');
    expect(offenders(language, (words, leaf) => isBody(leaf) && !/[。.]$/u.test(words))).toEqual(
      [],
    );
  });

  test.each(REASON_CODES)('%s says whether the card is harmed, why, and what now', (reason) => {
    const { title, card, why, next } = catalogueOf(language).reasons[reason];
    const now = next({ information: 'X' });
    expect(new Set([title, card, why, now]).size).toBe(4);
    const harm = {
      ja: /問題|故障では/u,
      'ja-simple': /だいじょうぶ|こわれて/u,
      en: /Nothing is wrong|not broken/u,
    };
    expect(card).toMatch(harm[language]);
    const step = {
      ja: /ください|ご案内します/u,
      'ja-simple': /ください|します/u,
      en: /please|our staff/iu,
    };
    expect(now).toMatch(step[language]);
  });

  test('puts the operator’s words for a place into the sentence', () => {
    const { reasons, closed } = catalogueOf(language);
    expect(reasons['not-on-list'].next({ information: '右手の「総合案内」' })).toContain(
      '右手の「総合案内」',
    );
    expect(closed.next({ otherGate: 'the West Gate' })).toContain('the West Gate');
  });

  test('“hold it again” is not what any reason is called', () => {
    const { again, reasons } = catalogueOf(language);
    const titles = REASON_CODES.map((reason) => reasons[reason].title);
    expect(titles).not.toContain(again.title);
  });
});

test('やさしい日本語 has a reading over every kanji, in hiragana, and its words stand apart', () => {
  const isOurs = ({ path }: Leaf) => !path.startsWith('languages.');
  const bare = (text: string) =>
    parseRuby(text).some(({ base, reading }) => reading === null && /\p{Script=Han}/u.test(base));
  expect(offenders('ja-simple', (words, leaf) => isOurs(leaf) && bare(words))).toEqual([]);
  const odd = (text: string) =>
    parseRuby(text).some(({ reading }) => reading !== null && !/^[ぁ-ん]+$/u.test(reading));
  expect(offenders('ja-simple', odd)).toEqual([]);
  const runsOn = (words: string) => /[^\s、。「」《》<>]{20}/u.test(plain(words));
  expect(offenders('ja-simple', runsOn)).toEqual([]);
});

test('やさしい日本語 has one idea a sentence and nothing of the language of courtesy', () => {
  const keigo =
    /お(?:[ぁ-ん]|\p{Script=Han})+(?:ください|します)|ございます|いただ|いたし|くださいませ/u;
  const isLong = (words: string) =>
    plain(words)
      .split(/[。、]/u)
      .some((sentence) => sentence.length > 40);
  expect(offenders('ja-simple', (words) => keigo.test(plain(words)) || isLong(words))).toEqual([]);
});

test('やさしい日本語 reads numbers of minutes as they are said', () => {
  const { body } = catalogueOf('ja-simple').receiptOwed;
  const readings = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 15, 20].map(
    (minutes) =>
      parseRuby(body({ minutes }))[0]?.reading ?? parseRuby(body({ minutes }))[1]?.reading,
  );
  expect(readings).toEqual([
    'ぷん',
    'ふん',
    'ぷん',
    'ぷん',
    'ふん',
    'ぷん',
    'ふん',
    'ぷん',
    'ふん',
    'ぷん',
    'ふん',
    'ぷん',
  ]);
});

test('Japanese needs no character that a Japanese font may lack', () => {
  const known = japaneseCharacters();
  expect(known.size).toBeGreaterThan(6_879);
  for (const language of ['ja', 'ja-simple'] as const) {
    expect(
      offenders(language, (words) => [...words].some((character) => !known.has(character))),
    ).toEqual([]);
  }
  expect(known.has('𠮷')).toBe(false);
});

test('English is English, without contractions, and says please once', () => {
  const isOurs = ({ path }: Leaf) => !path.startsWith('languages.');
  const odd = /[^A-Za-z0-9 .,:?“”]|\bplease\b.*\bplease\b/iu;
  expect(offenders('en', (words, leaf) => isOurs(leaf) && odd.test(words))).toEqual([]);
});

test('English counts one and several', () => {
  const { receiptOwed, staff } = catalogueOf('en');
  expect(receiptOwed.body({ minutes: 1 })).toContain('1 minute.');
  expect(receiptOwed.body({ minutes: 15 })).toContain('15 minutes.');
  expect(staff.pin.typed({ digits: 1 })).toBe('1 digit typed');
  expect(staff.leaving.body({ seconds: 0 })).toContain('0 seconds');
});

test('the staff menu counts what waits, and is silent when nothing does', () => {
  for (const language of LANGUAGES) {
    const { papers, health } = catalogueOf(language).staff.menu;
    expect(papers({ count: 0 })).not.toContain('0');
    expect(health({ count: 0 })).not.toContain('0');
    expect(papers({ count: 12 })).toContain('12');
    expect(health({ count: 3 })).toContain('3');
  }
});

test('the languages name themselves, the same way everywhere', () => {
  for (const language of LANGUAGES) {
    expect(catalogueOf(language).languages).toEqual({
      ja: '日本語',
      'ja-simple': 'やさしい日本語',
      en: 'English',
    });
  }
});

test('a catalogue that lacks a sentence, and a sentence that lacks what it mentions, do not compile', () => {
  const whole = catalogueOf('ja');
  // @ts-expect-error: the body is missing
  const lacking: Catalogue = { ...whole, hold: { title: 'そのまま' } };
  expect(lacking.hold).not.toHaveProperty('body');
  // @ts-expect-error: the time is missing
  expect(whole.waiting.list({})).toContain('undefined');
});
