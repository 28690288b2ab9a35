/**
 * The receipt printer as the rest of the daemon sees it. "Printed" means that the printer itself said so.
 *
 * A driver never heals itself: when the line or the printer is gone it says so once with `onLost`;
 * `state-machines/device.ts` closes it and opens a new one.
 */

import type { Receipt } from '../../src/domain/receipt.ts';

/** `silent`: the line is open and nothing answers on it. */
export type PrinterCondition =
  | 'ready'
  | 'paper-out'
  | 'cover-open'
  | 'offline'
  | 'error'
  | 'silent';

export type PrintOutcome =
  /** The printer answered with the process id of this job after the last line. */
  | { readonly outcome: 'printed' }
  /** Known: nothing, or only a part that the printer has since thrown away, and nothing will come out later. */
  | { readonly outcome: 'not-printed'; readonly reason: PrinterCondition }
  /** Bytes were sent and no answer tells what became of them. */
  | { readonly outcome: 'unknown'; readonly reason: string };

export interface ReceiptPrinterListener {
  /** Called on every change, and once after opening. */
  onCondition(condition: PrinterCondition): void;
  /** The device can't be used any more. Called at most once. */
  onLost(reason: string): void;
}

export interface ReceiptPrinter {
  readonly name: string;
  readonly modelled: boolean;
  /** Asks the printer now. */
  condition(): Promise<PrinterCondition>;
  /** One job at a time; a second call waits for the first. Never rejects for anything that a printer can do. */
  print(receipt: Receipt): Promise<PrintOutcome>;
  close(): Promise<void>;
}

export type OpenReceiptPrinter = (listener: ReceiptPrinterListener) => Promise<ReceiptPrinter>;
