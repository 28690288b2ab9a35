/** A payment unit, its driver, and what people and cables do to it: for payment.contract.ts. */

import { randomBytes } from 'node:crypto';
import { expect, vi } from 'vitest';
import type {
  DroppedAnswer,
  PaymentListener,
  PaymentMeans,
  PaymentUnit,
} from '../../devices/payment/payment.ts';
import type { PaymentTiming } from '../../devices/payment/payment-conversation.ts';
import type { Plug } from '../../devices/payment/sim-payment.ts';
import type { SimUnit } from '../../devices/payment/sim-unit.ts';

/** A loaded machine has time to answer. */
export const PATIENT: PaymentTiming = { reply: 5_000, look: 10 };
/** For units that are going to be silent. */
export const QUICK: PaymentTiming = { reply: 300, look: 10 };
export const PATIENCE = { timeout: 20_000, interval: 5 };

export const YEN = 450;

export interface PaymentRig {
  readonly unit: SimUnit;
  readonly plug: Plug;
  open(listener: PaymentListener, timing: PaymentTiming): Promise<PaymentUnit>;
  stop(): Promise<void>;
}

/** `abandonedMs`: see `SimUnitOptions`. */
export type StartPaymentRig = (options: { abandonedMs?: number }) => Promise<PaymentRig>;

export const newId = (): string => randomBytes(16).toString('hex');

export class Story {
  readonly unit: SimUnit;
  readonly plug: Plug;
  readonly lost: string[] = [];
  readonly dropped: DroppedAnswer[] = [];
  readonly inserted: number[] = [];
  readonly #rig: PaymentRig;
  readonly #timing: PaymentTiming;
  #driver: PaymentUnit | null = null;

  constructor(rig: PaymentRig, timing: PaymentTiming) {
    this.#rig = rig;
    this.#timing = timing;
    this.unit = rig.unit;
    this.plug = rig.plug;
  }

  /** A new driver, as the supervisor makes one. */
  async open(timing = this.#timing): Promise<PaymentUnit> {
    await this.close();
    const listener = {
      onLost: (reason: string) => void this.lost.push(reason),
      onDropped: (reason: DroppedAnswer) => void this.dropped.push(reason),
    };
    this.#driver = await this.#rig.open(listener, timing);
    return this.#driver;
  }

  get driver(): PaymentUnit {
    if (this.#driver === null) throw new Error('not open');
    return this.#driver;
  }

  async close(): Promise<void> {
    await this.#driver?.close();
    this.#driver = null;
  }

  authorise(id: string, means: PaymentMeans = 'cash', signal = new AbortController().signal) {
    const on = { inserted: (yen: number) => void this.inserted.push(yen) };
    return this.driver.authorise({ id, yen: YEN, means }, on, signal);
  }

  async collecting(id: string): Promise<void> {
    await vi.waitFor(() => expect(this.unit.books.find(id)?.state).toBe('collecting'), PATIENCE);
  }

  /** Cash that is held; 50 yen of it are change. */
  async authorised(id = newId()): Promise<string> {
    const outcome = this.authorise(id);
    await this.collecting(id);
    this.unit.insert(500);
    expect(await outcome).toEqual({ outcome: 'authorised' });
    return id;
  }
}
