/**
 * ESC/POS, pure: a receipt to the bytes that print it, requests for status, and the replies of the printer.
 *
 * Commands by their names in Epson's ESC/POS reference. receiptline lays out and encodes; this file decides which text
 * may go through the printer's font, spaces the blocks, and keeps control of status-back and of the end of the job.
 */

import receiptline from 'receiptline';
import type { Receipt, ReceiptBlock } from '../../src/domain/receipt.ts';
import { COLUMN_DOTS, type Drawing, type ReceiptImages } from './receipt-image.ts';
import {
  canonicalText,
  columnsOf,
  escapeMarkup,
  isPrintable,
  wrapColumns,
} from './receipt-text.ts';

/** Millimetres of paper; 576 and 384 dots at 203 dpi. */
export type PaperWidth = 80 | 58;

const COLUMNS: Readonly<Record<PaperWidth, number>> = { 80: 48, 58: 32 };

const BLOCKS_MAX = 64;
const QR_LENGTH_MAX = 300;
/** 24 mm at 203 dpi. */
const QR_DOTS = 192;

/** Dots of white above and below each kind of block. */
const SPACE: Readonly<Record<ReceiptBlock['kind'], readonly [above: number, below: number]>> = {
  mark: [0, 12],
  band: [0, 14],
  text: [4, 4],
  rule: [16, 16],
  qr: [12, 12],
  pair: [4, 8],
};
const SPACE_AROUND_SIZE = { 1: SPACE.text, 2: [6, 12], 3: [7, 7] } as const;
/** White between the last block and the cutter's own feed. */
const SPACE_AT_END = 24;

/** `ESC @`, and all of automatic status back, which `ESC @` and receiptline's own header would leave off. */
const START = '\x1b@\x1da\xff';
/** `ESC @ GS a 0` and `GS r 1`. */
const RECEIPTLINE_START = '\x1b@\x1da\x00';
const RECEIPTLINE_END = '\x1dr1';
/** `GS P`: feeds count dots, not the half dots that are the default of many models. */
const FEED_IN_DOTS = '{x:\\x1dP\\x00\\xcb}';

/**
 * A printer obeys real-time commands (DLE EOT, DLE ENQ, DLE DC4) wherever it meets them, also inside the data of an
 * image, where they would answer, clear or switch it off.
 */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the bytes that must not occur
const REAL_TIME_COMMAND = /\x10(\x04[\x01-\x08\x12]|\x05[\x00-\x03]|\x14[\x01-\x08])/;
/** Moving each image by a dot changes all of its bytes; no receipt has needed more than one move. */
const SHIFTS_MAX = 8;

export interface EncodedReceipt {
  readonly bytes: Uint8Array;
  /** Characters that neither the printer nor a font has; on the paper they are boxes with their code points. */
  readonly boxed: readonly string[];
}

/**
 * The bytes of one receipt, from `ESC @` to the cut, without any request for an answer. Throws a RangeError when the
 * receipt has more than 64 blocks, or a QR code of nothing or of more than 300 characters.
 */
export function encodeReceipt(
  receipt: Receipt,
  width: PaperWidth,
  images: ReceiptImages,
): EncodedReceipt {
  if (receipt.blocks.length > BLOCKS_MAX) throw new RangeError('too many blocks in a receipt');
  for (let leftShift = 0; leftShift < SHIFTS_MAX; leftShift++) {
    const layout = new Layout(COLUMNS[width], images, leftShift);
    for (const block of receipt.blocks) layout.add(block);
    const job = START + printerCommands(layout.document(), COLUMNS[width]);
    if (!REAL_TIME_COMMAND.test(job)) {
      return { bytes: Buffer.from(job, 'latin1'), boxed: [...layout.boxed] };
    }
  }
  throw new Error('a receipt whose images contain real-time commands in every position');
}

/** receiptline's job without its first commands and its last, `GS r 1`, whose answer nobody waits for. */
function printerCommands(document: string, columns: number): string {
  const job = receiptline.transform(document, {
    command: 'escpos',
    encoding: 'cp932',
    cpl: columns,
    spacing: false,
    cutting: true,
    // Drawings have soft edges: no dithering, and a border a little lighter than half, for thin strokes burn weakly.
    gradient: false,
    gamma: 1,
    threshold: 150,
  });
  if (!job.startsWith(RECEIPTLINE_START) || !job.endsWith(RECEIPTLINE_END)) {
    throw new Error('receiptline frames its jobs in another way');
  }
  return job.slice(RECEIPTLINE_START.length, -RECEIPTLINE_END.length);
}

/** A receiptline document in the making. */
class Layout {
  readonly boxed = new Set<string>();
  readonly #columns: number;
  readonly #dots: number;
  readonly #images: ReceiptImages;
  readonly #leftShift: number;
  readonly #lines: string[] = [FEED_IN_DOTS];
  #pendingFeed = 0;

  constructor(columns: number, images: ReceiptImages, leftShift: number) {
    this.#columns = columns;
    this.#dots = columns * COLUMN_DOTS;
    this.#images = images;
    this.#leftShift = leftShift;
  }

  document(): string {
    this.#pendingFeed += SPACE_AT_END;
    this.#feed();
    return this.#lines.join('\n');
  }

  add(block: ReceiptBlock): void {
    switch (block.kind) {
      case 'mark':
        this.#image(this.#images.mark(), SPACE.mark);
        break;
      case 'rule':
        this.#image(this.#images.rule(this.#dots), SPACE.rule);
        break;
      case 'qr':
        this.#image(this.#qr(block.data), SPACE.qr);
        break;
      case 'band':
        this.#band(canonicalText(block.text));
        break;
      case 'text':
        this.#text(canonicalText(block.text), block.size);
        break;
      case 'pair':
        this.#pair(canonicalText(block.label), canonicalText(block.value));
        break;
    }
  }

  #text(text: string, size: 1 | 2 | 3): void {
    const style = { size, bold: size > 1 };
    const emphasis = size > 1 ? `"${'^'.repeat(size + 1)}` : '';
    for (const line of wrapColumns(text, Math.floor(this.#columns / size))) {
      const space = SPACE_AROUND_SIZE[size];
      if (isPrintable(line)) this.#line(`${emphasis}${escapeMarkup(line)}`, space);
      else this.#image(this.#images.text(this.#noted(line), style, this.#leftShift), space);
    }
  }

  /** Drawn whenever a font has all of it; else the printer's own white on black, which it always can. */
  #band(text: string): void {
    for (const line of wrapColumns(text, this.#columns / 2 - 2)) {
      if (isPrintable(line) && this.#images.missing(line).length > 0) {
        const padding = ' '.repeat(Math.floor((this.#columns / 2 - columnsOf(line)) / 2));
        this.#line(`\`"^^^${escapeMarkup(padding + line + padding)}`, SPACE.band);
      } else {
        const drawing = this.#images.band(this.#noted(line), this.#dots, this.#leftShift);
        this.#image(drawing, SPACE.band);
      }
    }
  }

  #pair(label: string, value: string): void {
    const valueColumns = columnsOf(value);
    const labelColumns = this.#columns - 1 - valueColumns;
    if (labelColumns < Math.max(columnsOf(label), 1) || valueColumns === 0) {
      this.#side(label, 'left');
      this.#side(value, 'right');
    } else if (isPrintable(label) && isPrintable(value)) {
      this.#feedBefore(SPACE.pair[0]);
      const columns = `|${escapeMarkup(label)} | ${escapeMarkup(value)}|`;
      this.#lines.push(`{w:${labelColumns},${valueColumns}}`, columns, '{w:auto}');
      this.#pendingFeed = SPACE.pair[1];
    } else {
      const [left, right] = [this.#noted(label), this.#noted(value)];
      this.#image(this.#images.pair(left, right, this.#dots, this.#leftShift), SPACE.pair);
    }
  }

  /** One half of a pair that does not fit side by side. */
  #side(text: string, side: 'left' | 'right'): void {
    if (text === '') return;
    for (const line of wrapColumns(text, this.#columns)) {
      const [label, value] = side === 'left' ? [line, ''] : ['', line];
      if (isPrintable(line)) {
        const escaped = escapeMarkup(line);
        this.#line(side === 'left' ? `|${escaped} |` : `| ${escaped}|`, SPACE.pair);
      } else {
        this.#noted(line);
        this.#image(this.#images.pair(label, value, this.#dots, this.#leftShift), SPACE.pair);
      }
    }
  }

  #qr(data: string): Drawing {
    if (data.length === 0 || data.length > QR_LENGTH_MAX) {
      throw new RangeError('a QR code holds 1 to 300 characters');
    }
    const matrix = receiptline.qrcode.generate({ data, type: 'qrcode', cell: 3, level: 'm' });
    // The cell nearest to 24 mm in all; below 3 dots (0.38 mm) phones begin to miss it.
    const cell = Math.max(3, Math.round(QR_DOTS / matrix.length));
    return this.#images.qr(matrix, cell, this.#leftShift);
  }

  #noted(text: string): string {
    for (const character of this.#images.missing(text)) this.boxed.add(character);
    return text;
  }

  #image(drawing: Drawing, space: readonly [number, number]): void {
    this.#line(`{i:${drawing}}`, space);
  }

  #line(line: string, [above, below]: readonly [number, number]): void {
    this.#feedBefore(above);
    this.#lines.push(line);
    this.#pendingFeed = below;
  }

  #feedBefore(dots: number): void {
    if (this.#lines.length > 1) this.#pendingFeed += dots;
    this.#feed();
  }

  /** `ESC J`, at most 255 dots. */
  #feed(): void {
    const dots = Math.min(this.#pendingFeed, 255);
    if (dots > 0) this.#lines.push(`{x:\\x1bJ\\x${dots.toString(16).padStart(2, '0')}}`);
    this.#pendingFeed = 0;
  }
}

/** `GS V 66 0`: feeds what has been printed past the cutter and cuts. */
export const CUT: Uint8Array = Buffer.from('\x1dVB\x00', 'latin1');

/** `ESC @` and `GS a 255`: a known state, and status pushed on every change. */
export const INITIALISE: Uint8Array = Buffer.from(START, 'latin1');

/** `DLE DC4` function 8: throws away everything in the receive and print buffers, answered by `37 25 00`. */
export const CLEAR_BUFFERS: Uint8Array = Uint8Array.of(0x10, 0x14, 8, 1, 3, 20, 1, 6, 2, 8);

/** `DLE EOT n`: 1 printer, 2 cause of being offline, 3 error, 4 paper. Answered at once, also when offline. */
export function requestStatus(n: 1 | 2 | 3 | 4): Uint8Array {
  return Uint8Array.of(0x10, 0x04, n);
}

/** `GS ( H` function 48: `id` (4 printable ASCII characters) comes back when all before it has been printed. */
export function requestProcessId(id: string): Uint8Array {
  if (!/^[\x20-\x7e]{4}$/.test(id)) throw new RangeError('a process id is 4 printable characters');
  return Buffer.from(`\x1d(H\x06\x0000${id}`, 'latin1');
}
