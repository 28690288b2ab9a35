/** The payment unit that is open now, if any. */

import type { OpenPaymentUnit, PaymentUnit } from '../devices/payment/payment.ts';
import type { Recorder } from './recorder.ts';

export class PaymentSlot {
  readonly #open: OpenPaymentUnit;
  readonly #recorder: Recorder;
  readonly #onLost: (reason: string) => void;
  #unit: PaymentUnit | null = null;

  constructor(open: OpenPaymentUnit, recorder: Recorder, onLost: (reason: string) => void) {
    this.#open = open;
    this.#recorder = recorder;
    this.#onLost = onLost;
  }

  get current(): PaymentUnit | null {
    return this.#unit;
  }

  async open(): Promise<void> {
    this.#unit = await this.#open({
      onLost: (reason) => this.#onLost(reason),
      onDropped: (reason) => this.#recorder.note('payment.dropped', { reason }),
    });
  }

  async close(): Promise<void> {
    const unit = this.#unit;
    this.#unit = null;
    await unit?.close();
  }
}
