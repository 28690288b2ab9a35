/** An ESC/POS printer on a serial port (RS-232, or USB with the printer's serial class). */

import { SerialPort } from 'serialport';
import {
  type BytePipe,
  type BytePipeListener,
  type PrinterUnavailableCode,
  PrinterUnavailableError,
} from './byte-pipe.ts';
import type { PaperWidth } from './escpos.ts';
import { ORDINARY_TIMING, openEscPosPrinter, type Timing } from './escpos-printer.ts';
import type { OpenReceiptPrinter } from './receipt-printer.ts';

export interface SerialPrinterOptions {
  /** Such as `/dev/ttyUSB0`. */
  readonly path: string;
  readonly baud: number;
  /** 80 unless told. */
  readonly width?: PaperWidth | undefined;
  /**
   * What the printer's switches say. Many leave the factory on DTR/DSR, which Linux does not have: set those to
   * XON/XOFF, or wire their DTR to our CTS and say `rts-cts`. `none` unless told: a receipt fits in the printer's buffer.
   */
  readonly flowControl?: 'none' | 'rts-cts' | 'xon-xoff' | undefined;
  readonly timing?: Timing | undefined;
  readonly onBoxed?: ((characters: readonly string[]) => void) | undefined;
}

/** Opening rejects with a PrinterUnavailableError when the port is missing, locked by another process or forbidden. */
export function openSerialPrinter(options: SerialPrinterOptions): OpenReceiptPrinter {
  return (listener) =>
    openEscPosPrinter(
      {
        name: options.path,
        modelled: false,
        width: options.width ?? 80,
        timing: options.timing ?? ORDINARY_TIMING,
        openPipe: (pipeListener) => openSerialPipe(options, pipeListener),
        onBoxed: options.onBoxed,
      },
      listener,
    );
}

async function openSerialPipe(
  { path, baud, flowControl = 'none' }: SerialPrinterOptions,
  listener: BytePipeListener,
): Promise<BytePipe> {
  const port = new SerialPort({
    path,
    baudRate: baud,
    rtscts: flowControl === 'rts-cts',
    xon: flowControl === 'xon-xoff',
    xoff: flowControl === 'xon-xoff',
    autoOpen: false,
  });
  port.on('data', (bytes: Buffer) => listener.onBytes(bytes));
  // A vanished port closes twice, the second time saying `disconnected`.
  port.on('close', (error: Error | null) => listener.onClosed(error?.message ?? 'closed'));
  port.on('error', (error: Error) => listener.onClosed(error.message));
  await call((done) => port.open(done)).catch((error: Error) => {
    throw new PrinterUnavailableError(codeOf(error.message), error.message);
  });
  return {
    // A start bit, eight of data, a stop bit.
    bytesPerSecond: baud / 10,
    write: (bytes) => call((done) => port.write(Buffer.from(bytes), done)),
    discard: () => call((done) => port.flush(done)),
    async close() {
      if (port.isOpen) await call((done) => port.close(done)).catch(() => undefined);
    },
  };
}

/** serialport has no error codes, only these words. */
function codeOf(message: string): PrinterUnavailableCode {
  if (/cannot lock|resource busy/i.test(message)) return 'port-locked';
  if (/no such file|no such device/i.test(message)) return 'no-such-port';
  if (/permission denied|access denied/i.test(message)) return 'no-permission';
  return 'open-failed';
}

function call(start: (done: (error: Error | null | undefined) => void) => unknown): Promise<void> {
  return new Promise((resolve, reject) => {
    start((error) => (error ? reject(error) : resolve()));
  });
}
