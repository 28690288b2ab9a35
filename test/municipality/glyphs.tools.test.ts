/**
 * The names on paper, looked at: each character's ink against the very outline that the font has for it. Text extraction
 * can't see a blank glyph, nor another form of a character.
 */

import { readFile } from 'node:fs/promises';
import { Resvg } from '@resvg/resvg-js';
import { Blob, Face, Font } from 'harfbuzzjs';
import { PNG } from 'pngjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { Coverage, FONT_FILE } from '../../platform-sim/municipality/coverage.ts';
import type { Raster } from '../../platform-sim/municipality/raster.ts';
import { type Issuing, inkIn, issueTo, openIssuing, pagesOf, share } from './issuing.ts';

const DPI = 400;
/** Where the head's name begins in the second row of a family register, and how large it is set. */
const NAME = { x: 70.9, y: 38.9, height: 5.8 } as const;
const CHARACTER_MM = 4.1;
/** Coarse enough for another rasteriser, fine enough for one more stroke. */
const GRID = 14;

let font: Font;
let issuing: Issuing;
beforeAll(async () => {
  font = new Font(new Face(new Blob(await readFile(FONT_FILE)), 0));
  issuing = await openIssuing();
});

type Ink = readonly (readonly boolean[])[];

/** How much ink each cell of a grid over its own extent has: position and size do not matter. */
function normalised(ink: Ink): number[] {
  const rows = ink.flatMap((row, y) => (row.includes(true) ? [y] : []));
  const columns = ink.flatMap((row) => row.flatMap((dark, x) => (dark ? [x] : [])));
  const top = rows.at(0) ?? 0;
  const left = columns.reduce((least, x) => Math.min(least, x), Number.POSITIVE_INFINITY);
  const high = (rows.at(-1) ?? 0) - top + 1;
  const wide = columns.reduce((most, x) => Math.max(most, x), 0) - left + 1;
  const cells = new Array<number>(GRID * GRID).fill(0);
  for (const [y, row] of ink.entries()) {
    for (const [x, dark] of row.entries()) {
      if (!dark) continue;
      const cell =
        Math.floor(((y - top) * GRID) / high) * GRID + Math.floor(((x - left) * GRID) / wide);
      cells[cell] = (cells[cell] ?? 0) + 1;
    }
  }
  return cells;
}

/** The cosine between both: 1 for the same drawing. */
function likeness(one: Ink, other: Ink): number {
  const [a, b] = [normalised(one), normalised(other)];
  const product = (c: readonly number[], d: readonly number[]) =>
    c.reduce((sum, value, place) => sum + value * (d[place] ?? 0), 0);
  return product(a, b) / Math.sqrt(product(a, a) * product(b, b));
}

/** What the font itself draws. */
function outline(text: string): Ink {
  const [character = 0, selector] = [...text].map((point) => point.codePointAt(0) ?? 0);
  const glyph = font.glyph(character, selector);
  if (glyph === undefined) throw new Error('the font does not have it');
  const upem = font.face.upem;
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 ${-upem} ${upem} ${1.3 * upem}" width="200" height="260">
    <rect y="${-upem}" width="${upem}" height="${1.3 * upem}" fill="#fff"/>
    <path transform="scale(1,-1)" d="${font.glyphToPath(glyph)}"/></svg>`;
  const { width, height, data } = PNG.sync.read(Buffer.from(new Resvg(svg).render().asPng()));
  return Array.from({ length: height }, (_, y) =>
    Array.from({ length: width }, (__, x) => (data[(y * width + x) * 4] ?? 0) < 100),
  );
}

function characterAt(page: Raster, place: number): Ink {
  return inkIn(page, { ...NAME, x: NAME.x + place * CHARACTER_MM, width: CHARACTER_MM });
}

async function firstPage(person: string, municipality: string): Promise<Raster> {
  const [page] = await pagesOf(issueTo(issuing, person, { municipality }), DPI);
  if (page === undefined) throw new Error('no page');
  return page;
}

describe('a name on paper', () => {
  it.each([
    ['葛 with selector E0102', 'kuzuhara-sae', '990029', 0, '葛\u{E0102}', '葛'],
    ['邉 with selector E0110', 'watanabe-ikuno', '990011', 1, '邉\u{E0110}', '邉'],
    ['髙, not 高', 'takasaki-hiro', '990053', 0, '髙', '高'],
    ['﨑, not 崎', 'takasaki-hiro', '990053', 1, '﨑', '崎'],
    ['𠮷, not 吉', 'yoshino-kei', '990037', 0, '𠮷', '吉'],
    [
      'U+FA19, not the character that normalisation makes of it',
      'kamiya-toru',
      '990037',
      0,
      '\u{FA19}',
      '\u795E',
    ],
  ])('has the ink of %s', async (_, person, municipality, place, right, wrong) => {
    const ink = characterAt(await firstPage(person, municipality), place);
    expect(share(ink)).toBeGreaterThan(0.05);
    const [asRight, asWrong] = [likeness(ink, outline(right)), likeness(ink, outline(wrong))];
    expect(asRight).toBeGreaterThan(0.945);
    expect(asWrong).toBeLessThan(0.93);
  });

  it('has ink in every character of every part of it', async () => {
    const page = await firstPage('watanabe-ikuno', '990011');
    // 渡邉, a space, 郁乃
    const inks = [0, 1, 2, 3, 4].map((place) => share(characterAt(page, place)) > 0.05);
    expect(inks).toEqual([true, true, false, true, true]);
  });
});

describe('the font', () => {
  it.each([
    ['葛\u{E0102}原', []],
    ['葛\u{E0103}', []],
    ['渡邉\u{E0110} 髙﨑　𠮷野', []],
    ['葛\u{E0100}見', ['葛\u{E0100}']],
    ['𰻞田', ['𰻞']],
    ['辻\u{E0101}😀', ['辻\u{E0101}', '😀']],
    ['か\u3099', ['か\u3099']],
    ['\u{E0102}', ['\u{E0102}']],
  ])('of %j misses %j', async (text, missing) => {
    expect((await Coverage.open()).missing(text)).toEqual(missing);
  });

  it('is another one when it is not there', async () => {
    await expect(Coverage.open('/nowhere.ttf')).rejects.toThrow('ENOENT');
  });
});
