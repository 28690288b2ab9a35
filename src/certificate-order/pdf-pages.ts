/**
 * A document of somebody else taken apart and looked at, in a process of its own (pdf-process.ts): whether it is a plain PDF
 * without anything that acts, its pages as documents of one sheet each, and what the codes on these very sheets say.
 *
 * What is looked at is what is printed: the sheets are made first and rendered afterwards.
 */

import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import {
  EncryptedPDFError,
  PDFArray,
  PDFDict,
  PDFDocument,
  PDFName,
  type PDFObject,
  PDFStream,
} from '@cantoo/pdf-lib';
import { PDFiumLibrary } from '@hyzyla/pdfium';
import { prepareZXingModule, readBarcodes } from 'zxing-wasm/reader';

/** Why a document is not printed. */
export const UNUSABLE = [
  'no-pdf',
  'encrypted',
  'too-many-pages',
  'not-a4',
  /** Scripts, actions, forms, attachments: nothing of that belongs into a certificate. */
  'acts',
  'too-large',
  'too-slow',
] as const;
export type Unusable = (typeof UNUSABLE)[number];

export type Inspected =
  | { readonly usable: false; readonly why: Unusable }
  | { readonly usable: true; readonly sheets: readonly InspectedSheet[] };

export interface InspectedSheet {
  /** A document of one page. */
  readonly pdf: Uint8Array;
  /** What the QR codes on it say. */
  readonly codes: readonly string[];
}

const POINTS_PER_INCH = 72;
/** Three pixels and more to a module of the code. */
const DPI = 150;
const RGBA = 4;
const OPAQUE = 0xff000000;
const GREY_RGB = 0x010101;
const CODES_MAX = 4;
/** A4 upright, in points. */
const A4 = { width: 595.28, height: 841.89, tolerance: 2 } as const;
/** Objects of a document; a page of a register has a few hundred. */
const OBJECTS_MAX = 50_000;
const DEPTH_MAX = 40;
/** Where the end of a file is marked (ISO 32000-1 7.5.5, and what readers take). */
const TAIL_BYTES = 1_024;

/** Keys that make a document more than paper. */
const ACTING_KEYS = [
  'AA',
  'JS',
  'JavaScript',
  'AcroForm',
  'XFA',
  'EmbeddedFiles',
  'EF',
  'RichMedia',
];
/** Types of actions (ISO 32000-1 12.6.4) and of annotations that do something. */
const ACTING_TYPES = [
  'JavaScript',
  'Launch',
  'URI',
  'GoToR',
  'GoToE',
  'SubmitForm',
  'ImportData',
  'Rendition',
  'Movie',
  'Sound',
  'Hide',
  'Named',
  'Widget',
  'Screen',
  'FileAttachment',
].map((name) => PDFName.of(name));

const resolve = createRequire(import.meta.url).resolve;

let pdfium: Promise<PDFiumLibrary> | null = null;
let codeReader: Promise<unknown> | null = null;

/** Loads what takes time, before a document comes. */
export async function warmUp(): Promise<void> {
  pdfium ??= PDFiumLibrary.init();
  codeReader ??= prepareReader();
  await Promise.all([pdfium, codeReader]);
}

/** Never rejects for what a document can be. */
export async function inspectPages(pdf: Uint8Array, pagesMax: number): Promise<Inspected> {
  const document = await loaded(pdf);
  if (typeof document === 'string') return { usable: false, why: document };
  const why = reasonAgainst(document, pagesMax);
  if (why !== null) return { usable: false, why };
  try {
    const sheets: InspectedSheet[] = [];
    for (const place of document.getPageIndices()) {
      const sheet = await sheetOf(document, place);
      sheets.push({ pdf: sheet, codes: await codesOn(sheet) });
    }
    return { usable: true, sheets };
  } catch {
    // Objects of it are not what their places want them to be: damaged, or made to be.
    return { usable: false, why: 'no-pdf' };
  }
}

async function loaded(pdf: Uint8Array): Promise<PDFDocument | Unusable> {
  const [head, tail] = [pdf.subarray(0, 5), pdf.subarray(-TAIL_BYTES)];
  // The library mends what was cut off; a certificate that needs mending is none.
  const isWhole = textOf(head) === '%PDF-' && textOf(tail).includes('%%EOF');
  if (!isWhole) return 'no-pdf';
  try {
    return await PDFDocument.load(pdf, { updateMetadata: false, throwOnInvalidObject: true });
  } catch (error) {
    return error instanceof EncryptedPDFError ? 'encrypted' : 'no-pdf';
  }
}

function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('latin1');
}

function reasonAgainst(document: PDFDocument, pagesMax: number): Unusable | null {
  try {
    const { context } = document;
    if (context.trailerInfo.Encrypt !== undefined) return 'encrypted';
    const objects = context.enumerateIndirectObjects();
    if (objects.length > OBJECTS_MAX) return 'too-large';
    const acts = objects.some(([, object]) => isActing(object, 0));
    if (acts || document.catalog.has(PDFName.of('OpenAction'))) return 'acts';
    const count = document.getPageCount();
    if (count < 1) return 'no-pdf';
    if (count > pagesMax) return 'too-many-pages';
    return document.getPages().every(isA4) ? null : 'not-a4';
  } catch {
    return 'no-pdf';
  }
}

function isActing(object: PDFObject, depth: number): boolean {
  if (depth > DEPTH_MAX) return true;
  if (object instanceof PDFArray) {
    return object.asArray().some((member) => isActing(member, depth + 1));
  }
  const dictionary = object instanceof PDFStream ? object.dict : object;
  if (!(dictionary instanceof PDFDict)) return false;
  if (ACTING_KEYS.some((key) => dictionary.has(PDFName.of(key)))) return true;
  const types = [dictionary.get(PDFName.of('S')), dictionary.get(PDFName.of('Subtype'))];
  if (types.some((type) => ACTING_TYPES.some((name) => name === type))) return true;
  return dictionary.values().some((member) => isActing(member, depth + 1));
}

function isA4(page: ReturnType<PDFDocument['getPages']>[number]): boolean {
  const { width, height } = page.getMediaBox();
  const near = (value: number, wanted: number) => Math.abs(value - wanted) <= A4.tolerance;
  return near(width, A4.width) && near(height, A4.height) && page.getRotation().angle % 360 === 0;
}

async function sheetOf(document: PDFDocument, place: number): Promise<Uint8Array> {
  const sheet = await PDFDocument.create({ updateMetadata: false });
  for (const page of await sheet.copyPages(document, [place])) sheet.addPage(page);
  return sheet.save();
}

async function codesOn(sheet: Uint8Array): Promise<string[]> {
  pdfium ??= PDFiumLibrary.init();
  const document = await (await pdfium).loadDocument(sheet);
  try {
    const page = document.getPage(0);
    const { width, height, data } = await page.render({
      scale: DPI / POINTS_PER_INCH,
      colorSpace: 'Gray',
      render: ({ data: pixels }) => Promise.resolve(pixels),
    });
    return await readCodes(width, height, data);
  } finally {
    document.destroy();
  }
}

async function readCodes(width: number, height: number, grey: Uint8Array): Promise<string[]> {
  codeReader ??= prepareReader();
  await codeReader;
  const data = new Uint8ClampedArray(width * height * RGBA);
  const pixels = new Uint32Array(data.buffer);
  for (let at = 0; at < pixels.length; at += 1) {
    pixels[at] = ((grey[at] ?? 0) * GREY_RGB + OPAQUE) >>> 0;
  }
  const found = await readBarcodes(
    { data, width, height },
    { formats: ['QRCode'], maxNumberOfSymbols: CODES_MAX, tryInvert: false },
  );
  return found.filter(({ isValid }) => isValid).map(({ text }) => text);
}

/** Without the file at hand the library would load it from a public server. */
async function prepareReader(): Promise<void> {
  const wasm = await readFile(resolve('zxing-wasm/reader/zxing_reader.wasm'));
  const wasmBinary = wasm.buffer.slice(wasm.byteOffset, wasm.byteOffset + wasm.byteLength);
  await prepareZXingModule({ overrides: { wasmBinary }, fireImmediately: true });
}
