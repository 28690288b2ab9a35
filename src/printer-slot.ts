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
  #printer: ReceiptPrinter | null = null;

  constructor(open: OpenReceiptPrinter, listener: PrinterSlotListener) {
    this.#open = open;
    this.#listener = listener;
  }

  get current(): ReceiptPrinter | null {
    return this.#printer;
  }

  async open(): Promise<void> {
    this.#printer = await this.#open({
      onCondition: (condition) => this.#listener.onCondition(condition),
      onLost: (reason) => this.#listener.onLost(reason),
    });
  }

  async close(): Promise<void> {
    const printer = this.#printer;
    this.#printer = null;
    await printer?.close();
  }
}
