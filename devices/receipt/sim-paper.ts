/**
 * What an ESC/POS printer does with a stream of commands, modelled: the command language, and the paper that it makes.
 *
 * Strict on purpose: a command that this model does not know is counted and shown, never skipped in silence.
 */

import iconv from 'iconv-lite';

export type SimPaperItem =
  | {
      readonly kind: 'text';
      readonly text: string;
      /** Dots from the left edge and from the top of the paper. */
      readonly x: number;
      readonly y: number;
      readonly scale: number;
      readonly bold: boolean;
      readonly inverted: boolean;
    }
  | {
      readonly kind: 'raster';
      readonly x: number;
      readonly y: number;
      readonly width: number;
      readonly height: number;
      /** Rows of bytes, the leftmost dot in the highest bit. */
      readonly bits: Uint8Array;
    };

/** One piece of paper, as it came out. */
export interface SimPaper {
  /** Counts from 1 in the order in which papers came out. */
  readonly number: number;
  /** Cut by the cutter, with nothing lost from it. */
  readonly complete: boolean;
  readonly width: number;
  readonly height: number;
  readonly items: readonly SimPaperItem[];
}

export interface Command {
  /** First bytes, such as `1d56`, or `text`. */
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** Bytes of parameters after a command's own; `block`: as many as its two length bytes say; `long`: its four. */
const PARAMETERS: Readonly<Record<string, number | 'block' | 'long'>> = {
  '0a': 0,
  '1b20': 1,
  '1b24': 2,
  '1b2d': 1,
  '1b32': 0,
  '1b33': 1,
  '1b40': 0,
  '1b45': 1,
  '1b4a': 1,
  '1b4d': 1,
  '1b52': 1,
  '1b5c': 2,
  '1b61': 1,
  '1b74': 1,
  '1b7b': 1,
  '1c26': 0,
  '1c2841': 'block',
  '1c2d': 1,
  '1c2e': 0,
  '1c43': 1,
  '1c53': 2,
  '1d21': 1,
  '1d2848': 'block',
  '1d284c': 'block',
  '1d384c': 'long',
  '1d42': 1,
  '1d4c': 2,
  '1d50': 2,
  '1d56': 2,
  '1d57': 2,
  '1d61': 1,
};

const NAMES = Object.keys(PARAMETERS);

/** The first command in `bytes`; `undefined` while it is not all there; name `unknown`, one byte, when there is none. */
export function nextCommand(bytes: Uint8Array): Command | undefined {
  const first = bytes[0] ?? 0;
  if (first >= 0x20) return textRun(bytes);
  if (first === 0x10) return realTimeRemains(bytes);
  for (let length = 1; length <= 3; length++) {
    const name = Buffer.from(bytes.subarray(0, length)).toString('hex');
    const parameters = PARAMETERS[name];
    if (parameters !== undefined) {
      const total = totalLength(bytes, length, parameters);
      if (total === undefined || total > bytes.length) return undefined;
      return { name, bytes: bytes.slice(0, total) };
    }
    if (!NAMES.some((each) => each.startsWith(name))) break;
    if (length === bytes.length) return undefined;
  }
  return { name: 'unknown', bytes: bytes.slice(0, 1) };
}

function totalLength(bytes: Uint8Array, start: number, parameters: number | 'block' | 'long') {
  if (typeof parameters === 'number') return start + parameters;
  const counters = parameters === 'block' ? 2 : 4;
  if (bytes.length < start + counters) return undefined;
  let count = 0;
  for (let index = counters - 1; index >= 0; index--)
    count = count * 256 + (bytes[start + index] ?? 0);
  return start + counters + count;
}

/** Up to the next control code, and never half of a two-byte character. */
function textRun(bytes: Uint8Array): Command | undefined {
  let length = 0;
  while (length < bytes.length && (bytes[length] ?? 0) >= 0x20) {
    const next = length + (isLeadByte(bytes[length] ?? 0) ? 2 : 1);
    if (next > bytes.length) break;
    length = next;
  }
  return length === 0 ? undefined : { name: 'text', bytes: bytes.slice(0, length) };
}

/** Of a two-byte CP932 character. */
function isLeadByte(byte: number): boolean {
  return (byte >= 0x81 && byte <= 0x9f) || (byte >= 0xe0 && byte <= 0xfc);
}

/** Obeyed when it was received; what stays in the buffer means nothing. */
function realTimeRemains(bytes: Uint8Array): Command | undefined {
  const length = bytes[1] === 0x14 ? (bytes[2] === 8 ? 10 : 5) : 3;
  return bytes.length < length ? undefined : { name: 'real-time', bytes: bytes.slice(0, length) };
}

const initialState = () => ({
  x: 0,
  scale: 1,
  bold: false,
  inverted: false,
  align: 0,
  leftMargin: 0,
  /** Dots of a feed unit: half a dot until `GS P` says otherwise. */
  feedUnit: 0.5,
});

/** The paper under the head. */
export class PaperWriter {
  readonly #width: number;
  #state = initialState();
  #line: SimPaperItem[] = [];
  #textEnd = 0;
  #stored: SimPaperItem | undefined;
  #items: SimPaperItem[] = [];
  #height = 0;
  #damaged = false;

  constructor(width: number) {
    this.#width = width;
  }

  get blank(): boolean {
    return this.#items.length === 0;
  }

  /** Settings as at power-on; the paper stays. */
  initialise(): void {
    this.#state = initialState();
    this.clear();
  }

  /** Throws the print buffer away; what is printed stays. */
  clear(): void {
    this.#line = [];
    this.#stored = undefined;
  }

  /** What is on the paper is no longer a whole receipt. */
  damage(): void {
    if (!this.blank) this.#damaged = true;
  }

  /** Ends this piece of paper; undefined when nothing is on it. */
  cut(number: number): SimPaper | undefined {
    const items = this.#items;
    const paper = {
      number,
      complete: !this.#damaged,
      width: this.#width,
      height: this.#height,
      items,
    };
    this.#items = [];
    this.#height = 0;
    this.#damaged = false;
    return items.length === 0 ? undefined : paper;
  }

  /** The roll is changed. A receipt that was not thrown away goes on with the new one, without its beginning. */
  tearOff(number: number): SimPaper | undefined {
    const goesOn = !this.blank && !this.#damaged;
    this.damage();
    const paper = this.cut(number);
    this.#damaged = goesOn;
    return paper;
  }

  /** Obeys a command of layout or printing; false when it is none. */
  execute({ name, bytes }: Command): boolean {
    const parameters = bytes.subarray(name.length / 2);
    const [first = 0, second = 0] = parameters;
    const state = this.#state;
    switch (name) {
      case 'text':
        this.#write(bytes);
        return true;
      case '0a':
        this.#feedLine();
        return true;
      case '1b40':
        this.initialise();
        return true;
      case '1b24':
        state.x = first + 256 * second;
        return true;
      case '1b5c':
        state.x += first + 256 * second;
        return true;
      case '1b45':
        state.bold = (first & 1) === 1;
        return true;
      case '1b4a':
        this.#height += Math.round(first * state.feedUnit);
        return true;
      case '1b61':
        state.align = first & 3;
        return true;
      case '1d21':
        state.scale = 1 + (first & 7);
        return true;
      case '1d42':
        state.inverted = (first & 1) === 1;
        return true;
      case '1d4c':
        state.leftMargin = first + 256 * second;
        return true;
      case '1d50':
        state.feedUnit = second === 0 ? 0.5 : 203 / second;
        return true;
      case '1d384c':
        this.#store(bytes);
        return true;
      case '1d284c':
        this.#printStored();
        return true;
      default:
        // Settings that are always the same here: character sets, margins, spacing.
        return name in PARAMETERS;
    }
  }

  #write(bytes: Uint8Array): void {
    const { x, leftMargin, scale, bold, inverted } = this.#state;
    const text = iconv.decode(Buffer.from(bytes), 'cp932');
    const item = { x: leftMargin + x, y: 0, scale, bold, inverted };
    this.#state.x += bytes.length * 12 * scale;
    const before = this.#line.at(-1);
    // The line cuts text where it likes: one run of text is one item.
    if (before?.kind === 'text' && this.#textEnd === item.x && before.scale === scale) {
      this.#line[this.#line.length - 1] = { ...before, text: before.text + text };
    } else {
      this.#line.push({ kind: 'text', text, ...item });
    }
    this.#textEnd = leftMargin + this.#state.x;
  }

  #feedLine(): void {
    const height =
      24 * Math.max(1, ...this.#line.map((item) => (item.kind === 'text' ? item.scale : 1)));
    for (const item of this.#line) this.#items.push({ ...item, y: this.#height });
    this.#height += height;
    this.#line = [];
    this.#state.x = 0;
  }

  /** `GS 8 L` function 112: m fn a bx by c xL xH yL yH d1 ... */
  #store(bytes: Uint8Array): void {
    const [xL = 0, xH = 0, yL = 0, yH = 0] = bytes.subarray(13, 17);
    const width = xL + 256 * xH;
    const height = yL + 256 * yH;
    this.#stored = { kind: 'raster', x: 0, y: 0, width, height, bits: bytes.slice(17) };
  }

  /** `GS ( L` function 50. */
  #printStored(): void {
    const stored = this.#stored;
    if (stored?.kind !== 'raster') return;
    const { align, leftMargin } = this.#state;
    const x = leftMargin + Math.floor(((this.#width - stored.width) * align) / 2);
    this.#items.push({ ...stored, x, y: this.#height });
    this.#height += stored.height;
    this.#stored = undefined;
  }
}

/** Lines of text from top to bottom, columns joined by two spaces; an image is `[image 110x130]`. */
export function textOfPaper(paper: SimPaper): string[] {
  const lines = new Map<number, string[]>();
  for (const item of paper.items) {
    const text = item.kind === 'text' ? item.text : `[image ${item.width}x${item.height}]`;
    lines.set(item.y, [...(lines.get(item.y) ?? []), text]);
  }
  return [...lines.entries()].sort(([a], [b]) => a - b).map(([, texts]) => texts.join('  '));
}

const DOT_ROWS_BELOW = 40;

/** The paper as it would look, a unit a dot; text in BIZ UDGothic, which stands in for the printer's font. */
export function svgOfPaper(paper: SimPaper): string {
  const margin = 32;
  const width = paper.width + 2 * margin;
  const height = paper.height + margin + DOT_ROWS_BELOW;
  const items = paper.items.map((item) =>
    item.kind === 'text' ? svgOfText(item) : svgOfRaster(item),
  );
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" ` +
    `height="${height}"><rect width="${width}" height="${height}" fill="#fff"/>` +
    `<g transform="translate(${margin} ${margin})" font-family="BIZ UDGothic">${items.join('')}</g></svg>`
  );
}

function svgOfText(item: SimPaperItem & { kind: 'text' }): string {
  const size = 24 * item.scale;
  let x = item.x;
  let cells = '';
  for (const character of item.text) {
    const width = iconv.encode(character, 'cp932').length * 12 * item.scale;
    const escaped = character.replace(/[&<>]/g, (each) => `&#${each.charCodeAt(0)};`);
    cells += `<tspan x="${x}">${escaped}</tspan>`;
    x += width;
  }
  const ground = item.inverted
    ? `<rect x="${item.x}" y="${item.y}" width="${x - item.x}" height="${size}"/>`
    : '';
  return (
    `${ground}<text y="${item.y + size * 0.87}" font-size="${size}" xml:space="preserve" ` +
    `font-weight="${item.bold ? 700 : 400}" fill="${item.inverted ? '#fff' : '#000'}">${cells}</text>`
  );
}

/** Runs of black dots, a rectangle each. */
function svgOfRaster(item: SimPaperItem & { kind: 'raster' }): string {
  const stride = Math.ceil(item.width / 8);
  const isBlack = (x: number, y: number): boolean =>
    (((item.bits[y * stride + (x >> 3)] ?? 0) << (x & 7)) & 0x80) !== 0;
  let path = '';
  for (let y = 0; y < item.height; y++) {
    for (let x = 0; x < item.width; x++) {
      if (!isBlack(x, y)) continue;
      const start = x;
      while (x < item.width && isBlack(x, y)) x++;
      path += `M${item.x + start} ${item.y + y}h${x - start}v1h${start - x}z`;
    }
  }
  return `<path shape-rendering="crispEdges" d="${path}"/>`;
}
