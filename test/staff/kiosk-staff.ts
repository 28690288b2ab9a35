/** A kiosk's staff without a browser: what waits is in a real ledger, and the receipt printer does as it is told. */

import { randomUUID } from 'node:crypto';
import type { ReceiptPrinter } from '../../devices/receipt/receipt-printer.ts';
import { OrderRecords } from '../../src/certificate-order/order-records.ts';
import { OrderSession } from '../../src/certificate-order/session.ts';
import { Charges } from '../../src/charges.ts';
import type { Order } from '../../src/domain/municipal-certificate.ts';
import { present } from '../../src/domain/present.ts';
import type { Receipt } from '../../src/domain/receipt.ts';
import { Papers } from '../../src/papers.ts';
import type { Recorder } from '../../src/recorder.ts';
import { kioskWork } from '../../src/staff/kiosk-work.ts';
import type { Step } from '../../src/store/steps.ts';
import { CERTIFICATE } from '../certificate-order/one-card.ts';
import { TERMINAL, TOWN } from '../certificate-order/stand-in-centre.ts';
import { type RigOptions, StaffRig } from './staff-rig.ts';

export class KioskStaff {
  readonly rig: StaffRig;
  readonly orders: OrderRecords;
  readonly #recorder: Recorder;
  readonly #bench: Bench;

  private constructor(rig: StaffRig, recorder: Recorder, bench: Bench) {
    this.rig = rig;
    this.#recorder = recorder;
    this.orders = new OrderRecords(recorder);
    this.#bench = bench;
  }

  static async open(options: RigOptions = {}): Promise<KioskStaff> {
    const bench = new Bench();
    let made: Recorder | null = null;
    const work = (recorder: Recorder) => {
      made = recorder;
      const papers = new Papers(TERMINAL, recorder, () => bench.printer);
      const charges = new Charges(recorder, () => null);
      return kioskWork({ terminal: TERMINAL, recorder, papers, charges });
    };
    const rig = await StaffRig.open({ ...options, work });
    return new KioskStaff(rig, present<Recorder>(made, 'recorder'), bench);
  }

  get recorder(): Recorder {
    return this.#recorder;
  }

  /** What came out of the receipt printer. */
  get printed(): readonly Receipt[] {
    return this.#bench.printed;
  }

  set receiptPrinter(state: 'ready' | 'gone') {
    this.#bench.isThere = state === 'ready';
  }

  /** An order of so many sheets, of which the printer said nothing but that the first so many came out. */
  unknownSheets(of: number, done: number): string {
    const request = this.order(of);
    for (let sheet = 1; sheet <= done + 1; sheet += 1) {
      const record = this.orders.intend(request, sheet, of);
      if (sheet <= done) this.orders.done(record, true);
      else this.orders.unknown(record, 'jam');
    }
    this.orders.void(request, 'printing-unknown');
    return request;
  }

  /** One that was begun and issued. */
  order(pages: number): string {
    const order: Order = {
      document: 'resident-record',
      municipality: TOWN,
      option: 'self',
      copies: 1,
      fee: 300,
    };
    const session = new OrderSession(CERTIFICATE, TERMINAL, order);
    this.orders.begin(session);
    this.orders.issued(session.request, order, pages);
    return session.request;
  }

  /** A charge of which the unit can't say what became of it. */
  unknownCharge(request: string = randomUUID()): string {
    this.#step('charge', request, { request, yen: 300, means: 'cash', payment: 'p' }, (step) => [
      { event: 'payment.unknown', subject: request, body: { request, payment: step.id } },
      'unknown',
    ]);
    return request;
  }

  /** A whole order, paid, whose receipt did not come out, or nobody knows. */
  receipt(state: 'owed' | 'unknown'): { readonly request: string; readonly paper: string } {
    const request = this.order(1);
    this.orders.done(this.orders.intend(request, 1, 1), true);
    this.orders.printed(request);
    this.#step('charge', request, { request, yen: 300, means: 'cash', payment: 'p' }, () => [
      { event: 'payment.captured', subject: request, body: { request, yen: 300 } },
      'done',
    ]);
    let paper = '';
    this.#step('receipt', request, { request }, ({ number }) => {
      paper = `${TERMINAL}-${String(number).padStart(6, '0')}`;
      return [
        { event: `print.${state}`, subject: request, body: { paper, request } },
        state === 'owed' ? 'failed' : 'unknown',
      ];
    });
    return { request, paper };
  }

  #step(
    kind: string,
    request: string,
    detail: Readonly<Record<string, unknown>>,
    ended: (step: Step) => [Parameters<Recorder['record']>[0][number], Step['state']],
  ): void {
    const { steps } = this.#recorder.ledger;
    const step = steps.plan(kind, request, detail);
    steps.move(step.id, 'started', kind === 'receipt' ? { sent: true } : {});
    const [fact, state] = ended(step);
    this.#recorder.record([fact], { steps: (moving) => void moving.move(step.id, state) });
  }
}

/** The receipt printer on the bench. */
class Bench {
  isThere = true;
  readonly printed: Receipt[] = [];

  get printer(): ReceiptPrinter | null {
    if (!this.isThere) return null;
    const printer: Partial<ReceiptPrinter> = {
      name: 'receipts',
      modelled: true,
      condition: async () => 'ready',
      print: async (receipt) => {
        this.printed.push(receipt);
        return { outcome: 'printed' };
      },
    };
    return printer as ReceiptPrinter;
  }
}
