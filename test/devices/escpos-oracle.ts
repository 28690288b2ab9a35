/**
 * Reads a job as a strict printer would, sharing nothing with the code under test: its own command table, glibc's CP932
 * instead of iconv-lite's, jsQR for codes. Throws at the first byte that it does not know.
 */

import { spawnSync } from 'node:child_process';
import jsqrModule from 'jsqr';
import { PNG } from 'pngjs';

export interface OracleText {
  readonly text: string;
  readonly x: number;
  readonly y: number;
  readonly scale: number;
  readonly bold: boolean;
  readonly inverted: boolean;
}

export interface OracleImage {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly isBlack: (x: number, y: number) => boolean;
}

export interface OraclePaper {
  readonly texts: readonly OracleText[];
  readonly images: readonly OracleImage[];
  readonly height: number;
  readonly cuts: number;
  readonly processIds: readonly string[];
  /** The last parameter of `GS a`. */
  readonly statusBack: number;
}

// CommonJS in a default export, for the types of jsqr say otherwise.
const jsQR = jsqrModule as unknown as typeof jsqrModule.default;

/** Fixed-length commands that change nothing the oracle looks at: bytes of parameters. */
const IGNORED = new Map([
  ['1b20', 1],
  ['1b2d', 1],
  ['1b33', 1],
  ['1b4d', 1],
  ['1b52', 1],
  ['1b74', 1],
  ['1b7b', 1],
  ['1c2d', 1],
  ['1c2e', 0],
  ['1c43', 1],
  ['1c53', 2],
  ['1d57', 2],
]);

interface RawText extends Omit<OracleText, 'text'> {
  readonly bytes: Uint8Array;
}

/** `paperDots`: width of the printable area. */
export function readPaper(job: Uint8Array, paperDots = 576): OraclePaper {
  const reader = new Reader(job, paperDots);
  while (!reader.atEnd) reader.step();
  const decoded = decodeCp932(reader.texts.map(({ bytes }) => bytes));
  const texts = reader.texts.map(({ bytes: _, ...rest }, index) => ({
    ...rest,
    text: decoded[index] ?? '',
  }));
  return {
    texts,
    images: reader.images,
    height: reader.y,
    cuts: reader.cuts,
    processIds: reader.processIds,
    statusBack: reader.statusBack,
  };
}

class Reader {
  readonly texts: RawText[] = [];
  readonly images: OracleImage[] = [];
  readonly processIds: string[] = [];
  statusBack = 0;
  cuts = 0;
  y = 0;
  readonly #job: Uint8Array;
  readonly #paperDots: number;
  #position = 0;
  #line: RawText[] = [];
  #x = 0;
  #left = 0;
  #align = 0;
  #scale = 1;
  #bold = false;
  #inverted = false;
  #unitsPerDot = 2;
  #graphic: Omit<OracleImage, 'x' | 'y'> | undefined;

  constructor(job: Uint8Array, paperDots: number) {
    this.#job = job;
    this.#paperDots = paperDots;
  }

  get atEnd(): boolean {
    return this.#position >= this.#job.length;
  }

  step(): void {
    const first = this.#byte();
    if (first >= 0x20) this.#text(first);
    else if (first === 0x0a) this.#lineFeed();
    else this.#escape(first);
  }

  #escape(first: number): void {
    const name = hex(first) + hex(this.#byte());
    const ignored = IGNORED.get(name);
    if (ignored !== undefined) this.#take(ignored);
    else this.#command(name);
  }

  #command(name: string): void {
    const word = (): number => this.#byte() + 256 * this.#byte();
    switch (name) {
      case '1b40':
        [this.#x, this.#left, this.#align, this.#scale] = [0, 0, 0, 1];
        [this.#bold, this.#inverted, this.#unitsPerDot] = [false, false, 2];
        break;
      case '1b24':
        this.#x = word();
        break;
      case '1b5c':
        this.#x += word();
        break;
      case '1b45':
        this.#bold = (this.#byte() & 1) === 1;
        break;
      case '1b4a':
        this.y += this.#byte() / this.#unitsPerDot;
        break;
      case '1b61':
        this.#align = this.#byte();
        break;
      case '1d21': {
        const size = this.#byte();
        if (size >> 4 !== (size & 15)) throw new Error('width and height differ');
        this.#scale = 1 + (size & 15);
        break;
      }
      case '1d42':
        this.#inverted = this.#byte() === 0x31;
        break;
      case '1d4c':
        this.#left = word();
        break;
      case '1d50':
        this.#motionUnits();
        break;
      case '1d56':
        this.#expect([0x42, 0x00]);
        this.cuts += 1;
        break;
      case '1d61':
        this.statusBack = this.#byte();
        break;
      case '1c28':
        this.#expect([0x41, 2, 0, 48, 0]);
        break;
      case '1d28':
        this.#parenthesis();
        break;
      case '1d38':
        this.#storeGraphic();
        break;
      default:
        throw new Error(`unknown command ${name} at ${this.#position - 2}`);
    }
  }

  #motionUnits(): void {
    this.#expect([0]);
    this.#unitsPerDot = this.#byte() / 203;
  }

  #parenthesis(): void {
    const kind = String.fromCharCode(this.#byte());
    if (kind === 'H') {
      this.#expect([6, 0, 48, 48]);
      this.processIds.push(String.fromCharCode(...this.#take(4)));
    } else if (kind === 'L') {
      this.#expect([2, 0, 48, 50]);
      this.#printGraphic();
    } else {
      throw new Error(`unknown command GS ( ${kind}`);
    }
  }

  #storeGraphic(): void {
    this.#expect([0x4c]);
    const [a = 0, b = 0, c = 0, d = 0] = this.#take(4);
    const length = a + 256 * b + 65_536 * c + 16_777_216 * d;
    this.#expect([48, 112, 48, 1, 1, 49]);
    const [xL = 0, xH = 0, yL = 0, yH = 0] = this.#take(4);
    const [width, height] = [xL + 256 * xH, yL + 256 * yH];
    const stride = Math.ceil(width / 8);
    if (length !== 10 + stride * height) throw new Error('a graphic of the wrong length');
    if (width > this.#paperDots) throw new Error(`a graphic of ${width} dots does not fit`);
    const data = this.#take(stride * height);
    const isBlack = (x: number, y: number): boolean =>
      ((data[y * stride + (x >> 3)] ?? 0) & (0x80 >> (x & 7))) !== 0;
    this.#graphic = { width, height, isBlack };
  }

  #printGraphic(): void {
    if (!this.#graphic) throw new Error('no graphic to print');
    if (this.#line.length > 0) throw new Error('a graphic in the middle of a line');
    const free = this.#paperDots - this.#graphic.width;
    this.images.push({ ...this.#graphic, x: Math.floor((free * this.#align) / 2), y: this.y });
    this.y += this.#graphic.height;
    this.#graphic = undefined;
  }

  #text(first: number): void {
    const start = this.#position - 1;
    while (!this.atEnd && (this.#job[this.#position] ?? 0) >= 0x20) this.#position += 1;
    if (first === 0x7f) throw new Error('DEL in text');
    const bytes = this.#job.slice(start, this.#position);
    const x = this.#left + this.#x;
    this.#x += 12 * this.#scale * bytes.length;
    if (x + 12 * this.#scale * bytes.length > this.#paperDots)
      throw new Error('text over the edge');
    const [scale, bold, inverted] = [this.#scale, this.#bold, this.#inverted];
    this.#line.push({ bytes, x, y: this.y, scale, bold, inverted });
  }

  #lineFeed(): void {
    this.texts.push(...this.#line);
    this.y += 24 * Math.max(1, ...this.#line.map(({ scale }) => scale));
    this.#line = [];
    this.#x = 0;
  }

  #expect(bytes: readonly number[]): void {
    for (const expected of bytes) {
      const byte = this.#byte();
      if (byte !== expected) {
        throw new Error(`${hex(byte)} instead of ${hex(expected)} at ${this.#position - 1}`);
      }
    }
  }

  #take(count: number): Uint8Array {
    if (this.#position + count > this.#job.length) throw new Error('the job ends in a command');
    this.#position += count;
    return this.#job.slice(this.#position - count, this.#position);
  }

  #byte(): number {
    return this.#take(1)[0] ?? 0;
  }
}

function hex(byte: number): string {
  return byte.toString(16).padStart(2, '0');
}

/** All texts of a job in one run of iconv; it fails at what is not CP932. */
function decodeCp932(texts: readonly Uint8Array[]): string[] {
  const input = Buffer.concat(texts.flatMap((bytes) => [bytes, Buffer.from('\n')]));
  const { status, stdout, stderr, error } = spawnSync('iconv', ['-f', 'CP932', '-t', 'UTF-8'], {
    input,
  });
  if (error) throw error;
  if (status !== 0) throw new Error(stderr.toString());
  return stdout.toString().split('\n').slice(0, -1);
}

/** What a phone reads from the paper; undefined when there is no code on it. */
export function readQrCode(paper: OraclePaper, paperDots = 576): string | undefined {
  const { data, width, height } = rasterOf(paper, paperDots);
  return jsQR(new Uint8ClampedArray(data), width, height)?.data;
}

/** The images of the paper, white around them: one pixel a dot. Text is left out. */
export function rasterOf(paper: OraclePaper, paperDots = 576): PNG {
  const border = 32;
  const png = new PNG({ width: paperDots + 2 * border, height: paper.height + 2 * border });
  png.data.fill(255);
  for (const image of paper.images) {
    for (let y = 0; y < image.height; y++) {
      for (let x = 0; x < image.width; x++) {
        if (!image.isBlack(x, y)) continue;
        const offset = 4 * ((border + image.y + y) * png.width + border + image.x + x);
        png.data.fill(0, offset, offset + 3);
      }
    }
  }
  return png;
}
