/** Documents that come, looked at by the process that looks at them. */

import { createHash } from 'node:crypto';
import { PDFDocument } from '@cantoo/pdf-lib';
import { afterAll, expect, test } from 'vitest';
import { PdfInspector } from '../../src/certificate-order/pdf-inspection.ts';
import { inspectPages } from '../../src/certificate-order/pdf-pages.ts';
import { rehearsalDocument } from '../../src/certificate-order/pdf-rehearsal.ts';
import { SHEETS_MAX } from '../../src/domain/municipal-certificate.ts';
import { DOCUMENT_BYTES_MAX } from '../../src/link/certificate-protocol.ts';
import {
  A4,
  addAttachment,
  addForm,
  addOpenAction,
  addScript,
  documentOf,
  pagesOf,
} from './documents.ts';

const inspector = new PdfInspector();
afterAll(() => inspector.close());
const never = new AbortController().signal;
const CODES = ['KZ1:THE FIRST', 'KZ1:THE SECOND', 'KZ1:THE THIRD'];

test('each page becomes a document of its own, and the code on it is read where it is printed', async () => {
  const inspected = await inspector.inspect(await documentOf(CODES), never);
  if (!inspected.usable) throw new Error(inspected.why);
  expect(inspected.sheets.map(({ codes }) => codes)).toEqual(CODES.map((code) => [code]));
  for (const { pdf } of inspected.sheets) {
    const sheet = await PDFDocument.load(pdf);
    expect(sheet.getPageCount()).toBe(1);
    expect(sheet.getPage(0).getWidth()).toBeCloseTo(A4[0], 1);
  }
  const digests = inspected.sheets.map(({ pdf }) => createHash('sha256').update(pdf).digest('hex'));
  expect(new Set(digests).size).toBe(CODES.length);
});

test.each([
  ['no-pdf', 'no PDF', async () => Buffer.from('<html>not found</html>')],
  [
    'no-pdf',
    'a PDF that ends in the middle',
    async () => (await documentOf(CODES)).subarray(0, 400),
  ],
  ['too-many-pages', '500 pages', () => pagesOf(500)],
  ['not-a4', 'a page of another size', () => pagesOf(1, [3_000, 3_000])],
  ['acts', 'JavaScript', () => documentOf(CODES, addScript)],
  ['acts', 'an action on opening', () => documentOf(CODES, addOpenAction)],
  ['acts', 'an attachment', () => documentOf(CODES, addAttachment)],
  ['acts', 'a form', () => documentOf(CODES, addForm)],
] as const)('%s: %s', async (why, _, made) => {
  expect(await inspectPages(await made(), SHEETS_MAX)).toEqual({ usable: false, why });
});

test('what a process rehearses with goes the whole way of a certificate, up to its code', async () => {
  const rehearsed = await inspectPages(await rehearsalDocument(), 1);
  expect(rehearsed).toMatchObject({ usable: true, sheets: [{ codes: ['KAZASU'] }] });
});

test('more than 20 MB is not even looked at', async () => {
  const large = Buffer.alloc(DOCUMENT_BYTES_MAX + 1);
  expect(await inspector.inspect(large, never)).toEqual({ usable: false, why: 'too-large' });
});

test('a document that takes too long, or more memory than it may have, is given up', async () => {
  const pdf = await documentOf(CODES);
  const slow = new PdfInspector({ totalMs: 1, heapMib: 256, residentBytes: Infinity });
  expect(await slow.inspect(pdf, never)).toEqual({ usable: false, why: 'too-slow' });
  const small = new PdfInspector({ totalMs: 60_000, heapMib: 256, residentBytes: 0 });
  expect(await small.inspect(pdf, never)).toEqual({ usable: false, why: 'too-large' });
});

test('a process that dies over a document takes nothing else with it', async () => {
  const limits = { totalMs: 60_000, heapMib: 4, residentBytes: Infinity };
  const dying = new PdfInspector(limits);
  const pdf = await documentOf(CODES);
  expect(await dying.inspect(pdf, never)).toEqual({ usable: false, why: 'too-large' });
  expect(await inspector.inspect(pdf, never)).toMatchObject({ usable: true });
});

test('nobody waits for it any more: it ends', async () => {
  const stop = new AbortController();
  const inspected = inspector.inspect(await documentOf(CODES), stop.signal);
  stop.abort();
  await expect(inspected).rejects.toMatchObject({ name: 'AbortError' });
});
