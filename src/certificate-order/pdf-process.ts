/** The process of `PdfInspector`: one document, then it is ended, and what it knew of it with it. */

import { inspectPages, warmUp } from './pdf-pages.ts';
import { rehearsalDocument } from './pdf-rehearsal.ts';

export interface InspectionOrder {
  readonly pdf: Uint8Array;
  readonly pagesMax: number;
}

process.once('disconnect', () => process.exit());
// The document may be here before the libraries are.
const order = new Promise<InspectionOrder>((resolve) => {
  process.once('message', (message) => resolve(message as InspectionOrder));
});
await warmUp();
await inspectPages(await rehearsalDocument(), 1);
const { pdf, pagesMax } = await order;
process.send?.(await inspectPages(pdf, pagesMax));
