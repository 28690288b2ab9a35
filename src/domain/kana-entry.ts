/** Words that are typed with a keyboard of kana: names of people, numbers of houses. */

import { TEXT_LIMITS, type TextField, type TextProblem } from './kiosk-screen.ts';

/** 番地: up to four numbers, as in 12-3. */
const NUMBER = /^\d{1,5}(-\d{1,5}){0,3}$/u;

/** What the mark key goes through from each kana: small forms, ゛ and ゜. Circles that come back to where they began. */
const CIRCLES = [
  'あぁ',
  'いぃ',
  'うぅゔ',
  'えぇ',
  'おぉ',
  'かがゕ',
  'きぎ',
  'くぐ',
  'けげゖ',
  'こご',
  'さざ',
  'しじ',
  'すず',
  'せぜ',
  'そぞ',
  'ただ',
  'ちぢ',
  'つっづ',
  'てで',
  'とど',
  'はばぱ',
  'ひびぴ',
  'ふぶぷ',
  'へべぺ',
  'ほぼぽ',
  'やゃ',
  'ゆゅ',
  'よょ',
  'わゎ',
] as const;

const AFTER: ReadonlyMap<string, string> = new Map(
  CIRCLES.flatMap((circle) =>
    [...circle].map((kana, at, all) => [kana, all[(at + 1) % all.length] ?? kana] as const),
  ),
);

/** One more character, where the field takes it and has room. */
export function typed(field: TextField, text: string, character: string): string {
  const { takes, max } = TEXT_LIMITS[field];
  return takes.test(character) && text.length < max ? text + character : text;
}

export function erased(text: string): string {
  return text.slice(0, -1);
}

/** The last kana in its next form: つ becomes っ, then づ, then つ again. */
export function marked(text: string): string {
  const last = text.at(-1) ?? '';
  return text.slice(0, -1) + (AFTER.get(last) ?? last);
}

/** Why it can't be sent so; null: it can. */
export function problemOf(field: TextField, text: string): TextProblem | null {
  if (text === '') return 'empty';
  if (text.length > TEXT_LIMITS[field].max) return 'too-long';
  return field === 'domicile-number' && !NUMBER.test(text) ? 'not-a-number' : null;
}
