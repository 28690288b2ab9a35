/**
 * What is spoken, in words that a speech synthesiser can read: kana alone in Japanese, because espeak-ng says "Chinese
 * letter" for every kanji. Nothing personal is ever spoken: no name, no seat, no ticket.
 */

import type { Language, Speech } from '../domain/screen.ts';
import { type Places, READINGS } from './readings.ts';

/** How people call a place and find it, in the operator's words. */
export interface PlaceName {
  readonly text: Readonly<Partial<Record<Language, string>>>;
  /** How its Japanese name is read; null: it is not spoken. */
  readonly kana: string | null;
}

export interface PlaceNames {
  readonly information: PlaceName | null;
  readonly otherGate: PlaceName | null;
}

const NAME_LENGTH_MAX = 60;

/** Small kana and ー stand after a kana only: anywhere else espeak-ng spells them out, as "Japanese letter". */
const KANA =
  /^(?=.*[ぁ-ヺ])(?:[あいうえおか-ぢつ-もやゆよら-ろわゐゑをゔアイウエオカ-ヂツ-モヤユヨラ-ロワヰヱヲヴ][ゃゅょぁぃぅぇぉャュョァィゥェォ]?ー?|[っんッン0-9、 ])+$/u;

/** No brackets: espeak-ng takes what stands in [[ ]] for phonemes. */
const LATIN = /^(?=.*[A-Za-zÀ-ÖØ-öø-ž])[A-Za-zÀ-ÖØ-öø-ž0-9 ,.'&-]+$/u;

const GENERAL: Readonly<
  Record<Language, { readonly information: string; readonly shown: string }>
> = {
  ja: { information: 'そーごーあんない', shown: 'がめんに でている ばしょ' },
  'ja-simple': { information: 'あんない', shown: 'がめんに ある ばしょ' },
  en: { information: 'Information', shown: 'the place shown on the screen' },
};

/**
 * The reading of a message. A place whose name can't be read aloud (no kana, or other characters in it) is not named;
 * the screen shows it.
 */
export function spoken(speech: Speech, language: Language, names: PlaceNames): string {
  const reading = READINGS[language][speech];
  return typeof reading === 'string' ? reading : reading(placesOf(names, language));
}

/** As on the screen: where the operator has no words in this language, general ones stand. */
function placesOf({ information, otherGate }: PlaceNames, language: Language): Places {
  const general = GENERAL[language];
  const read = (place: PlaceName | null) =>
    place?.text[language] === undefined ? null : (readable(place, language) ?? general.shown);
  return { information: read(information) ?? general.information, otherGate: read(otherGate) };
}

function readable({ text, kana }: PlaceName, language: Language): string | null {
  const name = language === 'en' ? text.en : kana;
  if (name === undefined || name === null || name.length > NAME_LENGTH_MAX) return null;
  // Half-width kana and full-width digits become the ordinary ones.
  const normal = name.normalize('NFKC').trim();
  if (normal.length > NAME_LENGTH_MAX) return null;
  return (language === 'en' ? LATIN : KANA).test(normal) ? normal : null;
}
