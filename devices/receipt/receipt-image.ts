/**
 * What the printer's own font can't print, drawn: the mark, rules, the black band, QR codes and text outside CP932.
 * Every drawing is black on white at the printer's own dots; receiptline makes it 1 bit.
 *
 * Fonts are those that fontconfig knows. A character that no font has is drawn as a box with its code point, so that it
 * can still be read out to somebody, and never as `?`.
 */

import { execFile } from 'node:child_process';
import { Resvg } from '@resvg/resvg-js';
import { charactersOf, columnsOf, columnsOfCharacter } from './receipt-text.ts';

/** Dots of one column and of one line at ordinary size: Font A, 12 x 24. */
export const COLUMN_DOTS = 12;
export const LINE_DOTS = 24;

const CACHED_DRAWINGS_MAX = 64;
const FONTS_MAX = 500;
const FONT_LIST_BYTES_MAX = 32 * 1024 * 1024;
/** Gothic faces with half-width Latin first, as on a Japanese receipt; then whatever has the glyph. */
const PREFERRED_FAMILIES = ['BIZ UDGothic', 'IPAexGothic', 'IPAGothic', 'Noto Sans Mono CJK JP'];
const BOLD_WEIGHT_MIN = 180;

/** The one-stroke ring, in a box of 340 x 400 units. */
const RING =
  'M200 430C200 400 159 351 120.5 327.2A150 150 0 0 1 279.5 72.8A150 150 0 0 1 120.5 327.2';

/** 3 x 5 dots a digit, a row an octal figure. */
const HEX_DIGITS = [
  '75557',
  '26227',
  '71747',
  '71717',
  '55711',
  '74717',
  '74757',
  '71222',
  '75757',
  '75717',
  '75755',
  '65656',
  '74447',
  '65556',
  '74747',
  '74744',
];

export interface Font {
  readonly file: string;
  readonly family: string;
  readonly bold: boolean;
  /** Code points that it has: first and last of each range, rising. */
  readonly ranges: readonly (readonly [first: number, last: number])[];
}

/** A PNG in base64, as receiptline takes it. */
export type Drawing = string;

export interface TextStyle {
  readonly size: 1 | 2 | 3;
  readonly bold: boolean;
}

/** All upright outline fonts, best first; none when fontconfig is not installed. */
export async function listFonts(): Promise<Font[]> {
  const pattern = ':scalable=True:color=False:slant=0';
  const format = '%{file}\\t%{family[0]}\\t%{weight}\\t%{charset}\\n';
  const list = await new Promise<string>((resolve) => {
    const options = { maxBuffer: FONT_LIST_BYTES_MAX };
    execFile('fc-list', ['--format', format, pattern], options, (error, stdout) =>
      resolve(error ? '' : stdout),
    );
  });
  const rank = ({ family }: Font): number => {
    const index = PREFERRED_FAMILIES.indexOf(family);
    return index < 0 ? PREFERRED_FAMILIES.length : index;
  };
  return list
    .split('\n')
    .flatMap(parseFont)
    .sort((a, b) => rank(a) - rank(b) || a.file.localeCompare(b.file))
    .slice(0, FONTS_MAX);
}

function parseFont(line: string): Font[] {
  const [file, family, weight, charset] = line.split('\t');
  if (!file || !family || !weight || !charset) return [];
  const ranges = charset.split(' ').map((range): [number, number] => {
    const [first = '', last = first] = range.split('-');
    return [Number.parseInt(first, 16), Number.parseInt(last, 16)];
  });
  return [{ file, family, bold: Number(weight) >= BOLD_WEIGHT_MIN, ranges }];
}

export class ReceiptImages {
  readonly #fonts: readonly Font[];
  readonly #cache = new Map<string, Drawing>();

  constructor(fonts: readonly Font[]) {
    this.#fonts = fonts;
  }

  /** Characters of `text` that no font has. */
  missing(text: string): string[] {
    return charactersOf(text).filter((character) => !this.#fontFor(character, false));
  }

  mark(): Drawing {
    const path = `<path d="${RING}" fill="none" stroke="#000" stroke-width="17" stroke-linecap="round"/>`;
    return this.#draw(110, 130, `<g transform="scale(.3235) translate(-30 -34)">${path}</g>`);
  }

  rule(width: number): Drawing {
    return this.#draw(width, 3, `<rect width="${width}" height="3"/>`);
  }

  /** White on black over the whole width; one line, for whose width the caller cares. */
  band(text: string, width: number, leftShift: number): Drawing {
    const height = 3 * LINE_DOTS;
    const x = leftShift + Math.floor((width - columnsOf(text) * COLUMN_DOTS * 2) / 2);
    const { svg, fonts } = this.#textRow(text, { size: 2, bold: true }, x, LINE_DOTS / 2);
    const ground = `<rect width="${width}" height="${height}"/>`;
    return this.#draw(width, height, `${ground}<g fill="#fff">${svg}</g>`, fonts);
  }

  /** One line. For `leftShift`, in dots, see `encodeReceipt`. */
  text(text: string, style: TextStyle, leftShift: number): Drawing {
    const { svg, fonts } = this.#textRow(text, style, leftShift, 0);
    const width = columnsOf(text) * COLUMN_DOTS * style.size + 2 * leftShift;
    return this.#draw(width, LINE_DOTS * style.size, svg, fonts);
  }

  /** Label at the left edge, value at the right. */
  pair(label: string, value: string, width: number, leftShift: number): Drawing {
    const style: TextStyle = { size: 1, bold: false };
    const left = this.#textRow(label, style, leftShift, 0);
    const right = this.#textRow(value, style, width - columnsOf(value) * COLUMN_DOTS, 0);
    return this.#draw(width, LINE_DOTS, left.svg + right.svg, [...left.fonts, ...right.fonts]);
  }

  /** `matrix` without quiet zone, `cell` in dots. */
  qr(matrix: readonly Uint8Array[], cell: number, leftShift: number): Drawing {
    const side = matrix.length * cell;
    const modules = matrix.flatMap((row, y) =>
      Array.from(row, (module, x) =>
        module === 1 ? `M${leftShift + x * cell} ${y * cell}h${cell}v${cell}h${-cell}z` : '',
      ),
    );
    return this.#draw(side + 2 * leftShift, side, `<path d="${modules.join('')}"/>`);
  }

  #textRow(text: string, style: TextStyle, left: number, top: number) {
    const fonts = new Set<Font>();
    let svg = '';
    let x = left;
    for (const character of charactersOf(text)) {
      const width = columnsOfCharacter(character) * COLUMN_DOTS * style.size;
      const font = this.#fontFor(character, style.bold);
      if (font) fonts.add(font);
      svg += font
        ? glyph(character, font, style, x + width / 2, top)
        : codePointBox(character, style.size, x, top);
      x += width;
    }
    return { svg, fonts: [...fonts] };
  }

  #fontFor(character: string, bold: boolean): Font | undefined {
    const codePoints = Array.from(character, (each) => each.codePointAt(0) ?? 0).filter(
      (codePoint) => !isVariationSelector(codePoint),
    );
    const having = this.#fonts.filter((font) => codePoints.every((each) => covers(font, each)));
    const best = having[0];
    return having.find((font) => font.bold === bold && font.family === best?.family) ?? best;
  }

  #draw(width: number, height: number, content: string, fonts: readonly Font[] = []): Drawing {
    const svg =
      `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">` +
      `<rect width="${width}" height="${height}" fill="#fff"/>${content}</svg>`;
    const cached = this.#cache.get(svg);
    if (cached !== undefined) return cached;
    const image = new Resvg(svg, {
      font: { loadSystemFonts: false, fontFiles: [...new Set(fonts.map(({ file }) => file))] },
    });
    const drawing = image.render().asPng().toString('base64');
    const oldest = this.#cache.keys().next();
    if (this.#cache.size >= CACHED_DRAWINGS_MAX && !oldest.done) this.#cache.delete(oldest.value);
    this.#cache.set(svg, drawing);
    return drawing;
  }
}

function covers({ ranges }: Font, codePoint: number): boolean {
  let low = 0;
  let high = ranges.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const [first, last] = ranges[middle] ?? [0, -1];
    if (codePoint < first) high = middle - 1;
    else if (codePoint > last) low = middle + 1;
    else return true;
  }
  return false;
}

/** Fonts keep these in a cmap subtable of their own (format 14), which fontconfig does not list. */
function isVariationSelector(codePoint: number): boolean {
  return (
    (codePoint >= 0xfe00 && codePoint <= 0xfe0f) || (codePoint >= 0xe0100 && codePoint <= 0xe01ef)
  );
}

function glyph(character: string, font: Font, style: TextStyle, middle: number, top: number) {
  const size = LINE_DOTS * style.size;
  const escaped = character.replace(/[&<>]/g, (each) => `&#${each.charCodeAt(0)};`);
  return (
    `<text x="${middle}" y="${top + size * 0.87}" text-anchor="middle" ` +
    `font-family="${font.family.replace(/[&<>"]/g, '')}" font-size="${size}" ` +
    `font-weight="${style.bold ? 700 : 400}" xml:space="preserve">${escaped}</text>`
  );
}

/** Two rows of hexadecimal digits in a frame, the size of one ideograph. */
function codePointBox(character: string, size: number, left: number, top: number): string {
  const codePoint = character.codePointAt(0) ?? 0;
  const digits = codePoint.toString(16).padStart(codePoint > 0xffff ? 6 : 4, '0');
  const perRow = digits.length / 2;
  const indent = Math.floor((LINE_DOTS - (perRow * 7 - 1)) / 2);
  let path = 'M0 0h24v24h-24zM1 1v22h22v-22z';
  Array.from(digits).forEach((digit, index) => {
    const rows = HEX_DIGITS[Number.parseInt(digit, 16)] ?? '';
    const originX = indent + (index % perRow) * 7;
    const originY = index < perRow ? 2 : 13;
    Array.from(rows).forEach((bits, row) => {
      for (let column = 0; column < 3; column++) {
        if (Number(bits) & (4 >> column)) {
          path += `M${originX + 2 * column} ${originY + 2 * row}h2v2h-2z`;
        }
      }
    });
  });
  return (
    `<path transform="translate(${left} ${top}) scale(${size})" ` +
    `fill-rule="evenodd" d="${path}"/>`
  );
}
