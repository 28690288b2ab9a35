/** Documents as they could come: right ones, and such as nobody should print. */

import { PDFDocument, PDFName, PDFString } from '@cantoo/pdf-lib';
import { encode } from 'uqr';

export const A4: [number, number] = [595.28, 841.89];
const MODULE = 2;

/** One page a code. */
export async function documentOf(
  codes: readonly string[],
  change: (document: PDFDocument) => void | Promise<void> = () => {},
): Promise<Buffer> {
  const document = await PDFDocument.create();
  for (const code of codes) {
    const page = document.addPage(A4);
    const { data } = encode(code, { ecc: 'M', border: 0 });
    for (const [row, modules] of data.entries()) {
      for (const [column, isDark] of modules.entries()) {
        if (!isDark) continue;
        const x = 60 + column * MODULE;
        const y = 200 - row * MODULE;
        page.drawRectangle({ x, y, width: MODULE, height: MODULE });
      }
    }
  }
  await change(document);
  return Buffer.from(await document.save());
}

export async function pagesOf(count: number, size = A4): Promise<Buffer> {
  const document = await PDFDocument.create();
  for (let page = 0; page < count; page += 1) document.addPage(size);
  return Buffer.from(await document.save());
}

export function addScript(document: PDFDocument): void {
  document.addJavaScript('greeting', 'app.alert("hello")');
}

export function addOpenAction(document: PDFDocument): void {
  const { context, catalog } = document;
  const action = context.obj({ S: 'URI', URI: PDFString.of('https://example.invalid/') });
  catalog.set(PDFName.of('OpenAction'), action);
}

export async function addAttachment(document: PDFDocument): Promise<void> {
  await document.attach(Buffer.from('a file'), 'a.txt');
}

export function addForm(document: PDFDocument): void {
  document.getForm().createTextField('name').addToPage(document.getPage(0));
}
