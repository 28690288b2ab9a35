/** Ruby in text: `漢字《かんじ》`, the reading of the run of kanji right before it. */

export interface RubyPart {
  readonly base: string;
  readonly reading: string | null;
}

/** Not only 漢字: 々 and 〆 stand in words, and ヶ is read like a kanji. */
const RUBY = /([\p{Script=Han}々〆ヶ]+)《([^《》]+)》/gu;

/**
 * The text in parts, in order: those that carry a reading, and the runs between them. Brackets that stand after no kanji,
 * or are not closed, are text like any other.
 */
export function parseRuby(text: string): RubyPart[] {
  const parts: RubyPart[] = [];
  let from = 0;
  for (const match of text.matchAll(RUBY)) {
    const [whole, base = '', reading = ''] = match;
    if (match.index > from) parts.push({ base: text.slice(from, match.index), reading: null });
    parts.push({ base, reading });
    from = match.index + whole.length;
  }
  if (from < text.length) parts.push({ base: text.slice(from), reading: null });
  return parts;
}

/** The text without its readings. */
export function plain(text: string): string {
  return text.replace(RUBY, '$1');
}
