/**
 * The modelled receipt printer at the far end of a pseudo-terminal, so that the daemon's real serial driver talks to it
 * over a real tty. Needs `socat`.
 */

import { join } from 'node:path';
import { SimPrinter, type SimPrinterOptions } from '../devices/receipt/sim-printer.ts';
import { openPtyLine } from './pty-line.ts';

export interface PtyPrinter {
  /** What a daemon opens as its serial port. */
  readonly path: string;
  readonly printer: SimPrinter;
  /** Ends the line: whoever has the port open sees it vanish. Doing it twice does nothing. */
  stop(): Promise<void>;
}

export interface PtyPrinterOptions extends SimPrinterOptions {
  /** Where the link to the terminal is made, as `receipt-printer`. */
  readonly directory: string;
  /** A printer to plug in, with its papers and its faults; a new one unless told. */
  readonly printer?: SimPrinter | undefined;
}

/** Rejects when socat is missing or makes no terminal. */
export async function startPtyPrinter(options: PtyPrinterOptions): Promise<PtyPrinter> {
  const path = join(options.directory, 'receipt-printer');
  const printer = options.printer ?? new SimPrinter(options);
  const line = await openPtyLine(path, (bytes) => printer.receive(bytes));
  printer.connect((bytes) => line.send(bytes));
  const stop = async (): Promise<void> => {
    printer.connect(undefined);
    await line.stop();
  };
  return { path, printer, stop };
}
