/**
 * Whether the font has every character of a text, in the very form that its variation selector asks for. Neither typst nor
 * a PDF viewer says so: a character that is missing is left blank, and a selector that is not known gives the usual form,
 * which in a name is another name.
 */

import { readFile } from 'node:fs/promises';
import { Blob, Face, Font } from 'harfbuzzjs';
import { charactersOf } from './composition.ts';

/** IPAmj Mincho, as fonts-ipamj-mincho installs it. */
export const FONT_FILE = '/usr/share/fonts/truetype/ipamj/ipamjm.ttf';

/** Glyph 0 stands for all that is missing. */
const MISSING = 0;
/** Drawn with nothing, and rightly so. */
const SPACES: ReadonlySet<string> = new Set([' ', '\u3000']);

export class Coverage {
  readonly #font: Font;
  readonly #known = new Map<string, boolean>();

  constructor(font: Uint8Array) {
    this.#font = new Font(new Face(new Blob(font), 0));
  }

  static async open(file = FONT_FILE): Promise<Coverage> {
    return new Coverage(await readFile(file));
  }

  /** The characters that the font does not have, each with its selector. */
  missing(text: string): string[] {
    return charactersOf(text).filter((character) => !this.#has(character));
  }

  #has(character: string): boolean {
    let has = this.#known.get(character);
    if (has === undefined) {
      has = this.#look(character);
      this.#known.set(character, has);
    }
    return has;
  }

  #look(character: string): boolean {
    if (SPACES.has(character)) return true;
    const glyph = this.#glyph([...character].map((point) => point.codePointAt(0) ?? 0));
    if (glyph === undefined || glyph === MISSING) return false;
    const extents = this.#font.glyphExtents(glyph);
    return extents !== undefined && extents.width !== 0 && extents.height !== 0;
  }

  /** A combining sequence other than a character with one selector is nothing that a register holds. */
  #glyph([character = 0, selector, ...further]: readonly number[]): number | undefined {
    if (further.length > 0) return undefined;
    if (selector === undefined) return this.#font.nominalGlyph(character);
    return this.#font.variationGlyph(character, selector);
  }
}
