/** The street's receipt printer: a printer model behind a real serial line (socat's PTY), or in the gate's process. */

import { access, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { textOfPaper } from '../../devices/receipt/sim-paper.ts';
import { askControlSocket } from '../../devices/sim-control.ts';
import { startPtyPrinter } from '../pty-printer.ts';

export type PrinterFault = 'paper-out' | 'cover-open' | 'offline' | 'power-off' | 'none';

export interface ReceiptStack {
  /** The `[receipt]` table of the gate's configuration. */
  readonly config: string;
  readonly says: string;
  fault(fault: PrinterFault): Promise<void>;
  /** What came out so far, as text, oldest first. */
  papers(): Promise<readonly string[]>;
  close(): Promise<void>;
}

export async function openReceiptStack(
  directory: string,
  gateState: string,
): Promise<ReceiptStack> {
  const socat = await access('/usr/bin/socat').then(
    () => true,
    () => false,
  );
  return socat ? overSerialLine(join(directory, 'printer')) : inProcess(gateState);
}

async function overSerialLine(directory: string): Promise<ReceiptStack> {
  await mkdir(directory, { recursive: true });
  const { path, printer, stop } = await startPtyPrinter({ directory });
  return {
    config: `driver = "serial"\npath = ${JSON.stringify(path)}\nbaud = 115200`,
    says: `receipts: a modelled ESC/POS printer on a real serial line (${path})`,
    async fault(fault) {
      printer.setFault(fault);
    },
    papers: async () => printer.papers.map((paper) => textOfPaper(paper).join('\n')),
    close: stop,
  };
}

function inProcess(gateState: string): ReceiptStack {
  const socket = join(gateState, 'sim-printer.sock');
  return {
    config: 'driver = "simulated"',
    says: "receipts: simulated in the gate's process (missing: socat)",
    async fault(fault) {
      await askControlSocket(socket, { do: 'fault', fault });
    },
    async papers() {
      const reply = await askControlSocket(socket, { do: 'papers', since: 0 });
      const papers = reply['papers'] as { readonly text: readonly string[] }[];
      return papers.map(({ text }) => text.join('\n'));
    },
    close: async () => {},
  };
}
