/**
 * A first look at whether the words fit on the smallest screen (800x480), by counting widths. The browser's tests measure
 * the drawn page; these name the sentence that grew too long, without a browser.
 */

import { describe, expect, test } from 'vitest';
import { REASONS, type Reason } from '../../src/domain/reason.ts';
import { LANGUAGES, type Language } from '../../src/domain/screen.ts';
import { catalogueOf } from '../../src/text/index.ts';
import { plain } from '../../src/text/ruby.ts';

/** In em: a Latin letter or a digit is about half as wide as a kana. */
function widthOf(text: string): number {
  return [...text].reduce((sum, letter) => sum + (/[\x20-\x7e]/u.test(letter) ? 0.52 : 1), 0);
}

/** Japanese may break after a phrase, here about every five letters; the rest between words. */
function linesOf(text: string, width: number): number {
  const phrases = text.includes(' ') ? text.split(/ |(?<=。)/u) : (text.match(/.{1,4}/gu) ?? []);
  const space = text.includes(' ') ? widthOf(' ') : 0;
  let lines = 1;
  let used = 0;
  for (const phrase of phrases) {
    const wide = widthOf(phrase);
    if (used > 0 && used + space + wide > width) {
      lines += 1;
      used = wide;
    } else {
      used += (used > 0 ? space : 0) + wide;
    }
  }
  return lines;
}

/** As long as an operator's words for a place reasonably get. */
const INFORMATION: Readonly<Record<Language, string>> = {
  ja: '右手の「総合案内」',
  'ja-simple': '右《みぎ》の「案内《あんない》」',
  en: 'Information, on your right',
};

describe.each(LANGUAGES)('%s', (language) => {
  const catalogue = catalogueOf(language);

  test.each([
    ['waiting', catalogue.waiting.title],
    ['hold', catalogue.hold.title],
    ['again', catalogue.again.title],
    ['welcome', catalogue.welcome.title],
    ['receipt-owed', catalogue.receiptOwed.title],
    ['take-card', catalogue.takeCard.title],
  ])('the title of %s fits beside the ring: three lines of five', (_, title) => {
    const text = plain(title);
    expect(linesOf(text, 5.2)).toBeLessThanOrEqual(3);
    for (const word of text.split(' ')) {
      if (text.includes(' ')) expect(widthOf(word)).toBeLessThanOrEqual(5.2);
    }
  });

  test.each(Object.keys(REASONS) as Reason[])(
    '%s fits: a title of one line, six lines in all',
    (reason) => {
      const { title, card, why, next } = catalogue.reasons[reason];
      expect(widthOf(plain(title))).toBeLessThanOrEqual(13.6);
      const rows = [card, why, next({ information: INFORMATION[language] })].map(plain);
      const lines = rows.reduce((sum, row) => sum + linesOf(row, 17), 0);
      expect(lines, rows.join(' / ')).toBeLessThanOrEqual(5);
    },
  );
});
