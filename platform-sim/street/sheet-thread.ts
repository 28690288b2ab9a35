/** Draws sheets and reads their codes, in a thread of its own: that takes a second, and printers answer in less. */

import { parentPort } from 'node:worker_threads';
import { PNG } from 'pngjs';
import { readPaperSigners } from '../municipality/paper-signers.ts';
import { rasterise, textOf } from '../municipality/raster.ts';
import { type PaperVerdict, verifyPaper } from '../municipality/verify-paper.ts';

/** Readable when it is opened large, and light enough for a page that shows a pile of them. */
const DPI = 110;
const GREY = 0;

export interface DrawnSheet {
  readonly svg: string;
  /** For those who can't see the drawing. */
  readonly text: string;
}

export interface SheetCalls {
  readonly draw: { readonly asked: { readonly pdf: Uint8Array }; readonly said: DrawnSheet };
  /** `keys`: the folder of the platform's keys. */
  readonly verify: {
    readonly asked: { readonly paper: string | Uint8Array; readonly keys: string };
    readonly said: PaperVerdict;
  };
}

export type SheetCall = {
  readonly [Name in keyof SheetCalls]: {
    readonly id: number;
    readonly name: Name;
    readonly asked: SheetCalls[Name]['asked'];
  };
}[keyof SheetCalls];

export type SheetSaid =
  | { readonly id: number; readonly said: DrawnSheet | PaperVerdict }
  | { readonly id: number; readonly failed: string };

parentPort?.on('message', async (call: SheetCall) => {
  const { id } = call;
  const said: SheetSaid = await obey(call).then(
    (answer) => ({ id, said: answer }),
    (error: Error) => ({ id, failed: error.message }),
  );
  parentPort?.postMessage(said);
});

async function obey(call: SheetCall): Promise<DrawnSheet | PaperVerdict> {
  if (call.name === 'draw') return draw(call.asked.pdf);
  return verifyPaper(call.asked.paper, await readPaperSigners(call.asked.keys));
}

async function draw(pdf: Uint8Array): Promise<DrawnSheet> {
  const [page] = await rasterise(pdf, { dpi: DPI, pagesMax: 1 });
  if (page === undefined) throw new Error('a sheet without a page');
  const { width, height, grey } = page;
  const image = new PNG({ width, height, colorType: GREY, inputColorType: GREY });
  image.data = Buffer.from(grey);
  const options = { colorType: GREY, inputColorType: GREY, inputHasAlpha: false } as const;
  const png = PNG.sync.write(image, options).toString('base64');
  return {
    text: await textOf(pdf),
    svg: `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}"><image width="${width}" height="${height}" href="data:image/png;base64,${png}"/></svg>`,
  };
}
