/** The street's receipt printer: a printer model behind a real serial line (socat's PTY), or in the gate's process. */

import { access, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type SimPaper, svgOfPaper, textOfPaper } from '../../devices/receipt/sim-paper.ts';
import { SimPrinter } from '../../devices/receipt/sim-printer.ts';
import { askControlSocket } from '../../devices/sim-control.ts';
import { startPtyPrinter } from '../pty-printer.ts';

export type PrinterFault = 'paper-out' | 'cover-open' | 'offline' | 'power-off' | 'none';

export interface Paper {
  /** Rises with every paper. */
  readonly number: number;
  readonly complete: boolean;
  readonly text: string;
  readonly svg: string;
  /** What it was printed from, where that is a document. */
  readonly pdf?: Uint8Array;
}

export interface ReceiptStack {
  /** The `[receipt]` table of the gate's configuration. */
  readonly config: string;
  readonly says: string;
  fault(fault: PrinterFault): Promise<void>;
  /** What came out after the paper of this number, oldest first. The model keeps the last 200. */
  papers(since: number): Promise<readonly Paper[]>;
  /**
   * From the moment at which the next paper lies in the tray the printer answers nothing, until `speakAgain`: what it
   * would have said is lost. Null where that cannot be arranged.
   */
  readonly fallSilentAfterNextPaper: (() => void) | null;
  speakAgain(): void;
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

/** Whose answers can be lost on the line. */
class TalkativePrinter extends SimPrinter {
  #silentAfter: number | null = null;

  override connect(transmit: ((bytes: Uint8Array) => void) | undefined): void {
    super.connect(transmit && ((bytes) => this.#isSilent() || transmit(bytes)));
  }

  fallSilentAfterNextPaper(): void {
    this.#silentAfter = this.papers.at(-1)?.number ?? 0;
  }

  speakAgain(): void {
    this.#silentAfter = null;
  }

  #isSilent(): boolean {
    return this.#silentAfter !== null && (this.papers.at(-1)?.number ?? 0) > this.#silentAfter;
  }
}

async function overSerialLine(directory: string): Promise<ReceiptStack> {
  await mkdir(directory, { recursive: true });
  const printer = new TalkativePrinter();
  const { path, stop } = await startPtyPrinter({ directory, printer });
  return {
    config: `driver = "serial"\npath = ${JSON.stringify(path)}\nbaud = 115200`,
    says: `receipts: a modelled ESC/POS printer on a real serial line (${path})`,
    async fault(fault) {
      printer.setFault(fault);
    },
    papers: async (since) => printer.papers.filter(({ number }) => number > since).map(drawn),
    fallSilentAfterNextPaper: () => printer.fallSilentAfterNextPaper(),
    speakAgain: () => printer.speakAgain(),
    close: stop,
  };
}

function drawn(paper: SimPaper): Paper {
  const { number, complete } = paper;
  return { number, complete, text: textOfPaper(paper).join('\n'), svg: svgOfPaper(paper) };
}

function inProcess(gateState: string): ReceiptStack {
  const socket = join(gateState, 'sim-printer.sock');
  /** The model dies with the gate and counts from 1 again: papers of its earlier lives come before. */
  let earlier = 0;
  let newest = 0;
  return {
    config: 'driver = "simulated"',
    says: "receipts: simulated in the gate's process (missing: socat)",
    async fault(fault) {
      await askControlSocket(socket, { do: 'fault', fault });
    },
    async papers(since) {
      const reply = await askControlSocket(socket, { do: 'papers', since: 0 });
      const papers = reply['papers'] as (Omit<Paper, 'text'> & { text: readonly string[] })[];
      const last = papers.at(-1)?.number ?? 0;
      if (last < newest) earlier += newest;
      newest = last;
      return papers
        .map(({ text, number, ...paper }) => ({
          ...paper,
          number: earlier + number,
          text: text.join('\n'),
        }))
        .filter(({ number }) => number > since);
    },
    fallSilentAfterNextPaper: null,
    speakAgain: () => {},
    close: async () => {},
  };
}
