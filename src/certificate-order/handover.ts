/**
 * From the money to the paper: the effects of state-machines/certificate-handover.ts, and how an order is closed, whichever
 * way it ended. What is begun here is in the ledger, so that a run that is cut off leaves nothing that can't be settled.
 */

import type { HandoverResult, Means } from '../../state-machines/certificate-handover-setup.ts';
import type { EndedCharge, HeldCharge, NotCharged, PlannedCharge } from '../charges.ts';
import type { MoneyEnd } from '../domain/municipal-certificate.ts';
import { paymentReceipt } from '../domain/payment-receipt.ts';
import { present } from '../domain/present.ts';
import type { Reason } from '../domain/reason.ts';
import type { TerminalParts } from '../services/service.ts';
import { DiskFullError } from '../store/ledger.ts';
import type { Steps } from '../store/steps.ts';
import { catalogueOf } from '../text/index.ts';
import { plain } from '../text/ruby.ts';
import type { OrderRecords } from './order-records.ts';
import type { OrderVisit } from './order-visit.ts';
import { Sheets, type SheetsListener } from './sheets.ts';

/** After that the receipt is said to follow. */
const RECEIPT_MS_MAX = 8_000;

export type ReceiptShown = 'printed' | 'owed' | 'none';

export interface HandoverParts {
  readonly terminal: TerminalParts;
  readonly records: OrderRecords;
  readonly visit: OrderVisit;
  /** How often a printer that waits for a person is looked at, in ms. */
  readonly lookEveryMs?: number | undefined;
}

export class Handover {
  readonly #parts: HandoverParts;
  /** The person does not go on. */
  readonly #stop = new AbortController();
  /** What is asked of a device; an order is closed when its answer is there. */
  #underWay: Promise<unknown> = Promise.resolve();
  #charge: PlannedCharge | null = null;
  #wasHeld = false;
  #receipt: ReceiptShown = 'none';

  constructor(parts: HandoverParts) {
    this.#parts = parts;
  }

  get receipt(): ReceiptShown {
    return this.#receipt;
  }

  /** The unit gives back what was put in; the printer drops what is not printed. */
  stop(): void {
    this.#stop.abort();
  }

  authorise(means: Means, inserted: (yen: number) => void): Promise<HandoverResult> {
    const held = this.#authorise(means, inserted);
    this.#underWay = held;
    return held;
  }

  printSheets(on: SheetsListener): Promise<HandoverResult> {
    const printed = this.#printSheets(on);
    this.#underWay = printed;
    return printed;
  }

  /** Every sheet came out: the centre is told, the money taken, and the receipt says what became of it. */
  async settle(): Promise<HandoverResult> {
    const { records } = this.#parts;
    const { request } = this.#session;
    this.#keep(() => records.printed(request));
    const ended = await this.#capture();
    await this.#printReceipt(ended);
    this.#parts.visit.wipe();
    return { next: 'go-on' };
  }

  /** Nothing stays open: held money goes back, the centre is told, the session is wiped. `reason`: null, the person left. */
  async close(reason: Reason | null): Promise<MoneyEnd> {
    const { records, visit } = this.#parts;
    this.stop();
    const { session } = visit;
    await this.#underWay.catch(() => {});
    if (session === null) {
      visit.wipe();
      return 'nothing-charged';
    }
    this.#keep(() => records.void(session.request, reason ?? 'order-cancelled'));
    const money = this.#charge === null ? 'nothing-charged' : await this.#giveBack(this.#charge);
    if (this.#wasHeld && money !== 'nothing-charged') await this.#printReceipt(money);
    visit.wipe();
    return money;
  }

  get #session() {
    return present(this.#parts.visit.session, 'session');
  }

  async #authorise(means: Means, inserted: (yen: number) => void): Promise<HandoverResult> {
    const { charges } = this.#parts.terminal;
    const { request, order } = this.#session;
    const charge = this.#plan((steps) => charges.plan(steps, { request, yen: order.fee, means }));
    if (charge === null) return { next: 'refuse', reason: 'disk-full' };
    this.#charge = charge;
    const held = await charges.authorise(charge, { inserted }, this.#stop.signal);
    if (held.outcome !== 'authorised') return { next: 'refuse', reason: reasonNotHeld(held) };
    this.#wasHeld = true;
    // The unit was faster than the person who stops.
    if (this.#stop.signal.aborted) return { next: 'refuse', reason: 'order-cancelled' };
    return { next: 'go-on' };
  }

  async #printSheets(on: SheetsListener): Promise<HandoverResult> {
    const { terminal, records, visit, lookEveryMs } = this.#parts;
    const session = this.#session;
    const { sheets, manifest } = present(visit.document, 'document');
    const printing = new Sheets({
      records,
      printer: () => terminal.pagePrinter(),
      isStill: () => visit.session === session && manifest.subject === session.subject,
      ...(lookEveryMs === undefined ? {} : { lookEveryMs }),
    });
    try {
      const said = await printing.print(session.request, sheets, on, this.#stop.signal);
      switch (said.outcome) {
        case 'printed':
          return { next: 'go-on' };
        case 'differs':
          visit.differs(session, ['sheet']);
          return { next: 'refuse', reason: 'document-differs' };
        case 'stopped':
          return { next: 'refuse', reason: 'order-cancelled' };
        case 'unknown':
          return { next: 'refuse', reason: 'printing-unknown' };
        case 'failed':
          return { next: 'refuse', reason: said.reason };
      }
    } catch (error) {
      if (error instanceof DiskFullError) return { next: 'refuse', reason: 'disk-full' };
      throw error;
    }
  }

  async #capture(): Promise<MoneyEnd> {
    if (this.#charge === null) return 'nothing-charged';
    return moneyOf(await this.#parts.terminal.charges.capture(this.#charge));
  }

  async #giveBack(charge: PlannedCharge): Promise<MoneyEnd> {
    const money = moneyOf(await this.#parts.terminal.charges.void(charge));
    return money === 'returned' && !this.#wasHeld ? 'nothing-charged' : money;
  }

  /** A disk that is full keeps what is open open: the next start settles it, and the money with it. */
  #keep(record: () => void): void {
    try {
      record();
    } catch (error) {
      if (!(error instanceof DiskFullError)) throw error;
    }
  }

  async #printReceipt(money: MoneyEnd): Promise<void> {
    const { terminal, records, visit } = this.#parts;
    const { papers } = terminal;
    const { request, order } = this.#session;
    if (money === 'nothing-charged' || this.#charge === null) return;
    const planned = this.#plan((steps) => papers.plan(steps, request, { request }));
    if (planned === null) return;
    const { document, municipality, copies } = order;
    const receipt = paymentReceipt({
      paper: planned.paper,
      reissue: planned.reissue,
      place: terminal.terminal,
      document: plain(catalogueOf('ja').kiosk.choices.documents[document]),
      municipality: municipality.name,
      copies,
      yen: order.fee,
      means: this.#charge.means,
      money,
      sheets: { done: records.sheetsDone(request), of: visit.document?.sheets.length ?? 0 },
      request,
      at: terminal.now(),
    });
    const late = new Promise<'owed'>((resolve) => {
      setTimeout(resolve, RECEIPT_MS_MAX, 'owed').unref();
    });
    const said = await Promise.race([papers.print(planned, receipt), late]);
    this.#receipt = said === 'printed' ? 'printed' : 'owed';
  }

  /** Null when the disk takes nothing. */
  #plan<Planned>(plan: (steps: Steps) => Planned): Planned | null {
    const planned: Planned[] = [];
    const { recorder } = this.#parts.terminal;
    this.#keep(() => recorder.record([], { steps: (steps) => void planned.push(plan(steps)) }));
    return planned[0] ?? null;
  }
}

function moneyOf({ outcome }: EndedCharge): MoneyEnd {
  if (outcome === 'charged') return 'charged';
  return outcome === 'not-charged' ? 'returned' : 'asked';
}

function reasonNotHeld(held: Exclude<HeldCharge, { outcome: 'authorised' }>): Reason {
  return held.outcome === 'not-charged' ? REASONS[held.why] : 'payment-lost';
}

const REASONS: Readonly<Record<NotCharged, Reason>> = {
  stopped: 'order-cancelled',
  declined: 'payment-declined',
  'cash-full': 'payment-declined',
  'no-change': 'payment-declined',
  abandoned: 'payment-timeout',
  busy: 'payment-lost',
  power: 'payment-lost',
  'out-of-order': 'payment-lost',
  absent: 'payment-lost',
  interrupted: 'payment-lost',
  'not-issued': 'payment-lost',
  'not-held': 'payment-lost',
  'returned-at-unit': 'order-cancelled',
};
