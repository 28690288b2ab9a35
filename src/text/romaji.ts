/** How the kana of a place are read, for people who read no kana (Hepburn, long vowels as written). */

const VOWELS = 'aiueo';
/** Consonants of the kana from あ on, in the order of their code points; small ones are read like large ones. */
const SYLLABLES: Readonly<Record<string, string>> = Object.fromEntries([
  ...rowOf('あいうえお', ''),
  ...rowOf('かきくけこ', 'k'),
  ...rowOf('がぎぐげご', 'g'),
  ...rowOf('さしすせそ', 's'),
  ...rowOf('ざじずぜぞ', 'z'),
  ...rowOf('たちつてと', 't'),
  ...rowOf('だぢづでど', 'd'),
  ...rowOf('なにぬねの', 'n'),
  ...rowOf('はひふへほ', 'h'),
  ...rowOf('ばびぶべぼ', 'b'),
  ...rowOf('ぱぴぷぺぽ', 'p'),
  ...rowOf('まみむめも', 'm'),
  ...rowOf('らりるれろ', 'r'),
  ['や', 'ya'],
  ['ゆ', 'yu'],
  ['よ', 'yo'],
  ['わ', 'wa'],
  ['を', 'o'],
  ['ん', 'n'],
  ['し', 'shi'],
  ['じ', 'ji'],
  ['ち', 'chi'],
  ['ぢ', 'ji'],
  ['つ', 'tsu'],
  ['づ', 'zu'],
  ['ふ', 'fu'],
]);
const GLIDES: Readonly<Record<string, string>> = { ゃ: 'a', ゅ: 'u', ょ: 'o' };

function rowOf(kana: string, consonant: string): [string, string][] {
  return [...kana].map((letter, at) => [letter, `${consonant}${VOWELS[at]}`]);
}

/** Null for what is not hiragana. e.g. たかのさわちょう: Takanosawachou */
export function romaji(kana: string): string | null {
  let read = '';
  let isDoubled = false;
  for (const letter of kana) {
    const glide = GLIDES[letter];
    if (letter === 'っ') {
      isDoubled = true;
    } else if (glide !== undefined) {
      if (!read.endsWith('i')) return null;
      const stem = read.slice(0, -1);
      read = `${stem}${/(?:sh|ch|j)$/u.test(stem) ? '' : 'y'}${glide}`;
    } else if (letter !== 'ー') {
      const syllable = SYLLABLES[letter];
      if (syllable === undefined) return null;
      const first = syllable.startsWith('ch') ? 't' : syllable.slice(0, 1);
      read += isDoubled ? `${first}${syllable}` : syllable;
      isDoubled = false;
    }
  }
  return read === '' ? null : `${read.slice(0, 1).toUpperCase()}${read.slice(1)}`;
}
