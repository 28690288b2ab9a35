/** From configuration to devices. Only the driver that is chosen is loaded. */

import type { OpenCardReader } from './card/card.ts';
import type { OpenReceiptPrinter } from './receipt/receipt-printer.ts';

export type CardConfig =
  | { readonly driver: 'pcsc'; readonly reader?: string | undefined }
  | { readonly driver: 'simulated' };

export type ReceiptConfig =
  | {
      readonly driver: 'serial';
      readonly path: string;
      readonly baud: number;
      readonly paper: 80 | 58;
    }
  | { readonly driver: 'simulated'; readonly paper: 80 | 58 };

/** `controlPath`: where a simulator opens its control socket. */
export async function cardReaderOpener(
  config: CardConfig,
  controlPath: string,
): Promise<OpenCardReader> {
  switch (config.driver) {
    case 'pcsc': {
      const { openPcscReader } = await import('./card/pcsc-reader.ts');
      return openPcscReader(config.reader === undefined ? {} : { reader: config.reader });
    }
    case 'simulated': {
      const { openSimReader } = await import('./card/sim-reader.ts');
      return openSimReader({ controlPath });
    }
  }
}

export async function receiptPrinterOpener(
  config: ReceiptConfig,
  controlPath: string,
): Promise<OpenReceiptPrinter> {
  switch (config.driver) {
    case 'serial': {
      const { openSerialPrinter } = await import('./receipt/serial-printer.ts');
      return openSerialPrinter({ path: config.path, baud: config.baud, width: config.paper });
    }
    case 'simulated': {
      const { openSimPrinter } = await import('./receipt/sim-printer.ts');
      return openSimPrinter({ controlPath, width: config.paper });
    }
  }
}
