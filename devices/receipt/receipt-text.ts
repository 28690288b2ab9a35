/**
 * Which text the printer's own font can be trusted with, how wide it is, and where it breaks. Pure.
 *
 * A column is one half-width cell: 12 dots at ordinary size (Font A, 12 x 24).
 */

import iconv from 'iconv-lite';

/** A title longer than this is cut with `…`: no receipt needs it, and paper has an end. */
const TEXT_LENGTH_MAX = 200;

const graphemes = new Intl.Segmenter('ja', { granularity: 'grapheme' });

/**
 * Marks composed with their letters (lists come from file systems that take them apart), but compatibility ideographs
 * left as they are: NFC would turn 神 (U+FA19) into another person's 神 (U+795E).
 */
export function canonicalText(text: string): string {
  const composed = text.replace(/[^\u{f900}-\u{faff}\u{2f800}-\u{2fa1f}]+/gu, (run) =>
    run.normalize('NFC'),
  );
  const characters = [...graphemes.segment(composed)];
  if (characters.length <= TEXT_LENGTH_MAX) return composed;
  const kept = characters.slice(0, TEXT_LENGTH_MAX - 1).map(({ segment }) => segment);
  return `${kept.join('')}…`;
}

/**
 * True when the printer prints exactly these characters: each survives CP932 and back, receiptline's own NFC, and
 * `ESC R 8` (Japan), under which 5C is a yen sign and 7E an overline. Private-use code points have CP932 codes but no
 * glyph in any printer.
 */
export function isPrintable(text: string): boolean {
  if (/[\p{Cc}\\~\u{e000}-\u{f8ff}]/u.test(text)) return false;
  return text.normalize() === text && iconv.decode(iconv.encode(text, 'cp932'), 'cp932') === text;
}

/** What a reader sees as one character each: a base with its marks and variation selectors. */
export function charactersOf(text: string): string[] {
  return Array.from(graphemes.segment(text), ({ segment }) => segment);
}

/** Columns of one character: as many as CP932 has bytes for it; outside CP932, letters one and ideographs two. */
export function columnsOfCharacter(character: string): number {
  if (isPrintable(character)) return iconv.encode(character, 'cp932').length;
  const codePoint = character.codePointAt(0) ?? 0;
  return codePoint >= 0x20 && codePoint < 0x1100 && !/\p{Cc}/u.test(character) ? 1 : 2;
}

export function columnsOf(text: string): number {
  return charactersOf(text).reduce((sum, character) => sum + columnsOfCharacter(character), 0);
}

/** Breaks at the last space of a line's second half, else anywhere. Never loses a character other than that space. */
export function wrapColumns(text: string, columns: number): string[] {
  const lines: string[] = [];
  let line: string[] = [];
  let used = 0;
  for (const character of charactersOf(text)) {
    const width = columnsOfCharacter(character);
    if (used + width > columns) {
      const space = line.findLastIndex((each) => each === ' ' || each === '\u3000');
      const breaksAtSpace = space > line.length / 2;
      lines.push((breaksAtSpace ? line.slice(0, space) : line).join(''));
      line = breaksAtSpace ? line.slice(space + 1) : [];
      used = columnsOf(line.join(''));
    }
    line.push(character);
    used += width;
  }
  return [...lines, line.join('')];
}

/** For receiptline, whose markup is ASCII punctuation: every ASCII character but letters and digits as `\xHH`. */
export function escapeMarkup(text: string): string {
  return text.replace(
    /[^0-9A-Za-z\u0080-\uffff]/g,
    (character) => `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`,
  );
}
