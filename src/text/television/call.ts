/**
 * What the voice says when a municipality tells people to leave: whom, what to do, why, where to. It is the only place in
 * which somebody is spoken of by name, and only by its reading: a synthesiser makes noise of kanji. What has no reading is
 * left out, for the screen shows it.
 */

import type { Alert, AlertLevel } from '../../domain/alert.ts';
import type { Language } from '../../domain/screen.ts';
import { romaji } from '../romaji.ts';
import { parseRuby } from '../ruby.ts';

/** A synthesiser takes 400; people listen to less. */
const LENGTH_MAX = 220;
const NAMES_MAX = 6;

const DO: Readonly<Record<Language, Readonly<Record<AlertLevel, string>>>> = {
  ja: {
    2: 'そなえてください。',
    3: 'ひなんを はじめてください。',
    4: 'にげてください。',
    5: 'いのちを まもってください。たかい へやえ うつってください。',
  },
  'ja-simple': {
    2: 'よーい してください。',
    3: 'にげはじめて ください。',
    4: 'にげて ください。',
    5: 'いのちを まもって ください。たかい へやえ いって ください。',
  },
  en: {
    2: 'Be prepared.',
    3: 'Start to leave.',
    4: 'Leave now.',
    5: 'Save your life. Move to a higher room.',
  },
};
const DRILL: Readonly<Record<Language, string>> = {
  ja: 'これわ くんれんです。',
  'ja-simple': 'これわ くんれんです。ほんとーでわ ありません。',
  en: 'This is a drill.',
};

/** `kana`: of whoever is called, in hiragana or katakana; what is not is left out. */
export function callWords(
  { level, drill, what, shelters }: Pick<Alert, 'level' | 'drill' | 'what' | 'shelters'>,
  kana: readonly string[],
  language: Language,
): string {
  const names = kana.slice(0, NAMES_MAX).flatMap((name) => nameRead(name, language) ?? []);
  const whom =
    names.length === 0
      ? ''
      : language === 'en'
        ? `${names.join(', ')}. `
        : `${names.map((name) => `${name}さん`).join('、')}、`;
  const shelter = shelters[0]?.name;
  const to = shelter === undefined || level === 5 ? null : placeRead(shelter, language);
  const sentences = [
    drill ? DRILL[language] : '',
    `${whom}${DO[language][level]}`,
    textRead(what, language) ?? '',
    to ?? '',
  ].filter((sentence) => sentence !== '');
  const gap = language === 'en' ? ' ' : '';
  // What matters most comes first: the end is what is left out.
  while (sentences.length > 2 && sentences.join(gap).length > LENGTH_MAX) sentences.pop();
  return sentences.join(gap);
}

const KANA = /^[ぁ-ゖァ-ヺー ]+$/u;
const READABLE = {
  ja: /^[ぁ-ヺー0-9、。 ]+$/u,
  en: /^[A-Za-zÀ-ž0-9 ,.?'-]+$/u,
} as const;

function nameRead(name: string, language: Language): string | null {
  const kana = name.normalize('NFKC').replaceAll(/\s+/gu, ' ').trim();
  if (!KANA.test(kana)) return null;
  if (language !== 'en') return kana;
  const parts = hiragana(kana).split(' ').map(romaji);
  return parts.includes(null) ? null : parts.join(' ');
}

function hiragana(kana: string): string {
  return kana.replaceAll(/[ァ-ヶ]/gu, (letter) =>
    String.fromCodePoint((letter.codePointAt(0) ?? 0) - 0x60),
  );
}

/** やさしい日本語 has a reading over every kanji: the voice reads it in both. */
function textRead(text: Readonly<Record<Language, string>>, language: Language): string | null {
  if (language === 'en') return READABLE.en.test(text.en) ? sentence(text.en, '.') : null;
  const read = kanaOf(text['ja-simple']);
  return read === null ? null : sentence(read, '。');
}

function placeRead(name: Readonly<Record<Language, string>>, language: Language): string | null {
  if (language === 'en') return READABLE.en.test(name.en) ? `Go to ${name.en}.` : null;
  const read = kanaOf(name['ja-simple']);
  return read === null
    ? null
    : `${read}え、${language === 'ja' ? 'むかってください' : 'いって ください'}。`;
}

/** As it is heard: the particles は and へ at the end of a word are わ and え. Null where something has no reading. */
function kanaOf(text: string): string | null {
  const read = parseRuby(text)
    .map(({ base, reading }) => reading ?? base)
    .join('')
    .replaceAll(/は(?=[ 、。]|$)/gu, 'わ')
    .replaceAll(/へ(?=[ 、。]|$)/gu, 'え')
    .trim();
  return READABLE.ja.test(read) ? read : null;
}

function sentence(text: string, end: '。' | '.'): string {
  return text.endsWith(end) ? text : `${text}${end}`;
}
