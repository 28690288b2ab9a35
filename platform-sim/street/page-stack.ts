/** The street's page printer: ippeveprinter, a process of its own that speaks IPP; without it a model in the terminal. */

import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { askControlSocket } from '../../devices/sim-control.ts';
import { IppPrinterError, startIppPrinter } from '../ipp-printer.ts';
import type { Paper } from './receipt-stack.ts';
import { drawSheet } from './sheet-desk.ts';

export type PageFault = 'media-empty' | 'media-jam';

export interface PageStack {
  /** The `[page]` table of the terminal's configuration. */
  readonly config: string;
  readonly says: string;
  /** Now, or in the sheet after so many more. It stays until `clear`. */
  fault(fault: PageFault, afterSheets?: number): Promise<void>;
  /** Paper is put in, what is jammed taken out. */
  clear(): Promise<void>;
  /** How many sheets came out so far. */
  count(): Promise<number>;
  /** What came out after the sheet of this number, oldest first. */
  papers(since: number): Promise<readonly Paper[]>;
  close(): Promise<void>;
}

/** `directory`: of its own. `state`: where the terminal's simulators open their control sockets. */
export async function openPageStack(directory: string, state: string): Promise<PageStack> {
  try {
    return await overIpp(directory);
  } catch (error) {
    if (error instanceof IppPrinterError) return inProcess(state, error.message);
    throw error;
  }
}

async function overIpp(directory: string): Promise<PageStack> {
  // Papers of an evening before.
  await rm(directory, { recursive: true, force: true });
  const printer = await startIppPrinter({ directory, sheetMs: 400 });
  return {
    config: `driver = "ipp"\nurl = "${printer.url}"`,
    says: `sheets: ippeveprinter, a process of its own (${printer.url})`,
    fault: (fault, afterSheets = 0) => printer.inject(fault, afterSheets),
    clear: () => printer.clear(),
    count: async () => (await printer.papers()).at(-1)?.number ?? 0,
    async papers(since) {
      const sheets = await printer.papers(since);
      return Promise.all(sheets.map(({ number, pdf }) => drawn(number, pdf)));
    },
    close: () => printer.stop(),
  };
}

function inProcess(state: string, why: string): PageStack {
  const socket = join(state, 'sim-page.sock');
  const sheets = async (since: number) => {
    const reply = await askControlSocket(socket, { do: 'papers', since });
    return reply['papers'] as { readonly number: number; readonly pdf: string }[];
  };
  return {
    config: 'driver = "simulated"',
    says: `sheets: simulated in the terminal's process (${why})`,
    async fault(fault, afterSheets = 0) {
      await askControlSocket(socket, { do: 'fault', fault, afterSheets });
    },
    async clear() {
      await askControlSocket(socket, { do: 'fault', fault: 'none' });
    },
    count: async () => (await sheets(0)).at(-1)?.number ?? 0,
    async papers(since) {
      const found = await sheets(since);
      return Promise.all(found.map(({ number, pdf }) => drawn(number, Buffer.from(pdf, 'base64'))));
    },
    close: async () => {},
  };
}

async function drawn(number: number, pdf: Uint8Array): Promise<Paper> {
  return { number, complete: true, pdf, ...(await drawSheet(pdf)) };
}
