/** The worker of `PdfInspector`: one document, then it ends, and what it knew of it with it. */

import { parentPort } from 'node:worker_threads';
import { inspectPages, warmUp } from './pdf-pages.ts';
import { rehearsalDocument } from './pdf-rehearsal.ts';

interface Order {
  readonly pdf: Uint8Array;
  readonly pagesMax: number;
}

const port = parentPort;
if (port === null) throw new Error('a worker without anybody who asks');
await warmUp();
await inspectPages(await rehearsalDocument(), 1);
port.once('message', async ({ pdf, pagesMax }: Order) => {
  port.postMessage(await inspectPages(pdf, pagesMax));
});
