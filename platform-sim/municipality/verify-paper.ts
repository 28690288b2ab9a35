/**
 * Whether a paper is a municipality's: the code on each sheet is checked with the public keys that are at hand, and nobody
 * is asked. A code vouches for the issue, not for the words around it.
 */

import type { KeyObject } from 'node:crypto';
import { SHEETS_MAX } from '../../src/domain/municipal-certificate.ts';
import { PAPER_CODE } from '../../src/link/certificate-protocol.ts';
import { type PaperCode, readPaperCode } from '../../src/link/paper-code.ts';
import { isSignedBy } from './paper-signature.ts';
import { rasterise, readCodes } from './raster.ts';

/** A municipality that signs papers. */
export interface PaperSigner {
  readonly municipality: string;
  /** P-256, public. */
  readonly key: KeyObject;
}

/**
 * - `no-code`: none that can be read, or more than one.
 * - `not-signed`: by no key of the municipality that it names.
 * - `of-another-order`: genuine, and of another order than the sheets before it.
 * - `twice`: genuine, and the same sheet was there before.
 */
export type SheetFault = 'no-code' | 'not-signed' | 'of-another-order' | 'twice';

export type SheetVerdict =
  | { readonly genuine: true; readonly code: PaperCode }
  | { readonly genuine: false; readonly fault: SheetFault };

export interface PaperVerdict {
  /** In the order in which they came. */
  readonly sheets: readonly SheetVerdict[];
  /** Numbers of the order's sheets that were not there. */
  readonly missing: readonly number[];
  /** Every sheet that was there is genuine, and there was one. */
  readonly genuine: boolean;
}

const PDF_MARK = '%PDF-';

/** `paper`: a PDF, a PNG or JPEG, or the text of a code. Throws UnfitPdfError. */
export async function verifyPaper(
  paper: string | Uint8Array,
  signers: readonly PaperSigner[],
): Promise<PaperVerdict> {
  const sheets: SheetVerdict[] = [];
  for (const texts of await textsOf(paper)) sheets.push(verifySheet(texts, signers, sheets));
  return {
    sheets,
    missing: missingOf(sheets),
    genuine: sheets.length > 0 && sheets.every(({ genuine }) => genuine),
  };
}

/** The codes of each sheet. */
async function textsOf(paper: string | Uint8Array): Promise<string[][]> {
  if (typeof paper === 'string') return [[paper]];
  if (Buffer.from(paper.subarray(0, PDF_MARK.length)).toString('latin1') !== PDF_MARK)
    return [await readCodes(paper)];
  const sheets: string[][] = [];
  for (const page of await rasterise(paper, { pagesMax: SHEETS_MAX }))
    sheets.push(await readCodes(page));
  return sheets;
}

function verifySheet(
  texts: readonly string[],
  signers: readonly PaperSigner[],
  before: readonly SheetVerdict[],
): SheetVerdict {
  const [text, ...further] = texts.filter((said) => said.startsWith(PAPER_CODE.prefix));
  const signed = text === undefined || further.length > 0 ? null : readPaperCode(text);
  if (signed === null) return { genuine: false, fault: 'no-code' };
  const { code } = signed;
  const isSigned = signers.some(
    ({ municipality, key }) => municipality === code.municipality && isSignedBy(signed, key),
  );
  if (!isSigned) return { genuine: false, fault: 'not-signed' };
  const others = codesOf(before);
  if (others.some((other) => !isSameOrder(other, code)))
    return { genuine: false, fault: 'of-another-order' };
  if (others.some(({ page }) => page === code.page)) return { genuine: false, fault: 'twice' };
  return { genuine: true, code };
}

function isSameOrder(one: PaperCode, other: PaperCode): boolean {
  return (
    one.request === other.request &&
    one.subject === other.subject &&
    one.municipality === other.municipality &&
    one.document === other.document &&
    one.pages === other.pages
  );
}

function missingOf(sheets: readonly SheetVerdict[]): number[] {
  const codes = codesOf(sheets);
  const there = new Set(codes.map(({ page }) => page));
  const all = Array.from({ length: codes[0]?.pages ?? 0 }, (_, place) => place + 1);
  return all.filter((page) => !there.has(page));
}

function codesOf(sheets: readonly SheetVerdict[]): PaperCode[] {
  return sheets.flatMap((sheet) => (sheet.genuine ? [sheet.code] : []));
}
