/**
 * Pages as a printer would put them on paper: pixels, and what a code on them says. Text that a PDF claims to hold proves
 * nothing about its ink (a subset font can be blank), so whoever checks a document looks at this.
 */

import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { type PDFiumDocument, PDFiumLibrary } from '@hyzyla/pdfium';
import { prepareZXingModule, readBarcodes } from 'zxing-wasm/reader';

const POINTS_PER_INCH = 72;
/** Enough for the code of a certificate: three pixels and more to a module. */
const DPI = 150;
const RGBA = 4;
/** A pixel as the machine (little-endian) holds it: alpha first. */
const OPAQUE = 0xff000000;
const GREY_RGB = 0x010101;
/** Of a side: a little more than A3. Larger pages would only fill the memory. */
const POINTS_MAX = 1_300;
/** Codes on one picture; a sheet has one. */
const CODES_MAX = 4;

const resolve = createRequire(import.meta.url).resolve;

/** Bytes that are not looked at any further. */
export class UnfitPdfError extends Error {
  override readonly name = 'UnfitPdfError';
}

/** One page; a byte a pixel, 0 is black, row by row from the top left. */
export interface Raster {
  readonly width: number;
  readonly height: number;
  readonly grey: Uint8Array;
}

let pdfium: Promise<PDFiumLibrary> | null = null;
let codeReader: Promise<unknown> | null = null;

/** The pages of a PDF. Throws UnfitPdfError for bytes that are no PDF, for more than `pagesMax` pages and for huge ones. */
export async function rasterise(
  pdf: Uint8Array,
  { dpi = DPI, pagesMax }: { readonly dpi?: number; readonly pagesMax: number },
): Promise<Raster[]> {
  pdfium ??= PDFiumLibrary.init();
  const document = await load(await pdfium, pdf);
  try {
    const count = document.getPageCount();
    if (count > pagesMax) throw new UnfitPdfError(`${count} pages; ${pagesMax} at most`);
    const pages: Raster[] = [];
    for (const page of document.pages()) {
      const { originalWidth, originalHeight } = page.getOriginalSize();
      if (Math.max(originalWidth, originalHeight) > POINTS_MAX)
        throw new UnfitPdfError('a page is larger than A3');
      const { width, height, data } = await page.render({
        scale: dpi / POINTS_PER_INCH,
        colorSpace: 'Gray',
        // Out of the library's memory, which the next page overwrites.
        render: ({ data: pixels }) => Promise.resolve(Uint8Array.from(pixels)),
      });
      pages.push({ width, height, grey: data });
    }
    return pages;
  } finally {
    document.destroy();
  }
}

/** What a PDF claims to say, for those who can't see it drawn. Throws UnfitPdfError. */
export async function textOf(pdf: Uint8Array): Promise<string> {
  pdfium ??= PDFiumLibrary.init();
  const document = await load(await pdfium, pdf);
  try {
    return [...document.pages()].map((page) => page.getText()).join('\n');
  } finally {
    document.destroy();
  }
}

async function load(library: PDFiumLibrary, pdf: Uint8Array): Promise<PDFiumDocument> {
  try {
    return await library.loadDocument(pdf);
  } catch (error) {
    throw new UnfitPdfError('this is no PDF that can be read', { cause: error });
  }
}

/** What the QR codes on a page, or in the bytes of a PNG or JPEG, say. Empty when none can be read. */
export async function readCodes(picture: Raster | Uint8Array): Promise<string[]> {
  codeReader ??= prepareReader();
  await codeReader;
  const input = picture instanceof Uint8Array ? picture : imageOf(picture);
  const found = await readBarcodes(input, {
    formats: ['QRCode'],
    maxNumberOfSymbols: CODES_MAX,
    tryInvert: false,
  });
  return found.filter(({ isValid }) => isValid).map(({ text }) => text);
}

/** Without the file at hand the library would load it from a public server. */
async function prepareReader(): Promise<void> {
  const wasm = await readFile(resolve('zxing-wasm/reader/zxing_reader.wasm'));
  const wasmBinary = wasm.buffer.slice(wasm.byteOffset, wasm.byteOffset + wasm.byteLength);
  await prepareZXingModule({ overrides: { wasmBinary }, fireImmediately: true });
}

function imageOf({ width, height, grey }: Raster) {
  const data = new Uint8ClampedArray(width * height * RGBA);
  const pixels = new Uint32Array(data.buffer);
  for (let place = 0; place < grey.length; place += 1)
    pixels[place] = (grey[place] ?? 0) * GREY_RGB + OPAQUE;
  return { data, width, height };
}
