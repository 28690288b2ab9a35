/** The receipt printer that is open now, if any. */

import type {
  OpenReceiptPrinter,
  PrinterCondition,
  ReceiptPrinter,
} from '../devices/receipt/receipt-printer.ts';

export interface PrinterSlotListener {
  onCondition(condition: PrinterCondition): void;
  onLost(reason: string): void;
}

export class PrinterSlot {
  readonly #open: OpenReceiptPrinter;
  readonly #listener: PrinterSlotListener;
  readonly #firstTry = Promise.withResolvers<void>();
  #printer: ReceiptPrinter | null = null;

  constructor(open: OpenReceiptPrinter, listener: PrinterSlotListener) {
    this.#open = open;
    this.#listener = listener;
  }

  get current(): ReceiptPrinter | null {
    return this.#printer;
  }

  /**
   * The printer that is open, or null. After a start it waits for the first try to open it: the first visitor may be
   * quicker, and a printer that is well should not owe them a receipt.
   */
  async afterFirstTry(): Promise<ReceiptPrinter | null> {
    await this.#firstTry.promise;
    return this.#printer;
  }

  async open(): Promise<void> {
    try {
      this.#printer = await this.#open({
        onCondition: (condition) => this.#listener.onCondition(condition),
        onLost: (reason) => this.#listener.onLost(reason),
      });
    } finally {
      this.#firstTry.resolve();
    }
  }

  async close(): Promise<void> {
    const printer = this.#printer;
    this.#printer = null;
    await printer?.close();
  }
}
