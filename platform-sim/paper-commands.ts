/** `kazasu-platform verify-paper`: what the code on a paper says, in words, without asking anybody. */

import { readFile, stat } from 'node:fs/promises';
import { z } from 'zod';
import { timeInJapan } from '../src/domain/japan-time.ts';
import { DOCUMENT_BYTES_MAX, PAPER_CODE } from '../src/link/certificate-protocol.ts';
import type { PaperCode } from '../src/link/paper-code.ts';
import { check, type RawOptions, STATE } from './commands.ts';
import { InputError } from './input-error.ts';
import { municipalityOf } from './municipality/municipalities.ts';
import { readPaperSigners } from './municipality/paper-signers.ts';
import { DOCUMENT_TITLES } from './municipality/titles.ts';
import type { PaperVerdict, SheetFault, SheetVerdict } from './municipality/verify-paper.ts';
import { keysFolder } from './stores.ts';

const EXIT_FORGED = 1;

const FAULTS: Readonly<Record<SheetFault, string>> = {
  'no-code': 'no code of a certificate can be read on it',
  'not-signed': 'NOT GENUINE: no municipality known here signed this code',
  'of-another-order':
    'NOT ONE PAPER: this sheet belongs to another certificate than those before it',
  twice: 'NOT ONE PAPER: this sheet was there before',
};

/** `verify-paper`. Exit code 1 when not every sheet is genuine. */
export async function verifyPaperOf(given: string, raw: RawOptions): Promise<void> {
  const { state } = check(z.object(STATE), raw);
  const signers = await readPaperSigners(keysFolder(state));
  if (signers.length === 0)
    throw new InputError(`${state} has no keys of municipalities: is it the platform's folder?`);
  const paper = await paperOf(given);
  // What looks at pages is large, and no other command needs it.
  const { verifyPaper } = await import('./municipality/verify-paper.ts');
  const verdict = await verifyPaper(paper, signers).catch((error: Error) => {
    if (error.name === 'UnfitPdfError') throw new InputError(`${given}: ${error.message}`);
    throw error;
  });
  process.stdout.write(`${inWords(verdict).join('\n')}\n`);
  if (!verdict.genuine) process.exitCode = EXIT_FORGED;
}

async function paperOf(given: string): Promise<string | Uint8Array> {
  if (given.startsWith(PAPER_CODE.prefix)) return given;
  const found = await stat(given).catch(() => null);
  if (found === null || !found.isFile())
    throw new InputError(`${given}: no such file, and no code (${PAPER_CODE.prefix}...)`);
  if (found.size > DOCUMENT_BYTES_MAX) throw new InputError(`${given}: larger than 20 MB`);
  return readFile(given);
}

function inWords({ sheets, missing, genuine }: PaperVerdict): string[] {
  return [
    ...sheets.map(sheetInWords),
    ...(missing.length > 0 ? [`Not here: sheet ${missing.join(', ')}.`] : []),
    ...(genuine ? ['The codes vouch for this, not for the words around them.'] : []),
  ];
}

function sheetInWords(sheet: SheetVerdict, place: number): string {
  if (!sheet.genuine) return `Sheet ${place + 1} as given: ${FAULTS[sheet.fault]}.`;
  return codeInWords(sheet.code);
}

function codeInWords({ municipality, document, issuedAt, page, pages, request }: PaperCode) {
  const { name } = municipalityOf(municipality);
  const when = timeInJapan(issuedAt.getTime());
  return `Genuine: ${name} issued this ${DOCUMENT_TITLES[document]} on ${when} (Japan), sheet ${page} of ${pages}; request ${request}.`;
}
