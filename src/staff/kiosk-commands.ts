/** What staff decides at a kiosk, at a keyboard beside the running daemon or without one. Each is a fact with who and why. */

import { OrderRecords, type UnknownOrder } from '../certificate-order/order-records.ts';
import { clearKiosk, type KioskStop, kioskStops } from '../certificate-order/stop.ts';
import type { Config } from '../config.ts';
import type { Ledger } from '../store/ledger.ts';
import { settleCharge, type UnknownCharge, unknownCharges } from '../unknown-charges.ts';
import { StaffError, withLedger } from './commands.ts';
import type { Decision } from './decisions.ts';

export interface KioskWaiting {
  /** Why it is stopped; empty: it is not. */
  readonly stops: readonly KioskStop[];
  /** Orders of which nobody knows which sheets came out. */
  readonly orders: readonly UnknownOrder[];
  /** Charges of which nobody knows whether they were taken. */
  readonly charges: readonly UnknownCharge[];
}

export function kioskWaiting(config: Config): KioskWaiting {
  return withLedger(config, ({ ledger }) => ({
    stops: kioskStops(ledger),
    orders: recordsOf(ledger).waiting(),
    charges: unknownCharges(ledger),
  }));
}

/**
 * Somebody has looked: it may go on, as far as it was stopped by `request`, or by any (null). Throws StaffError, as the
 * others.
 */
export function clearStoppedKiosk(
  config: Config,
  decision: Decision,
  request: string | null = null,
): readonly KioskStop[] {
  return withLedger(config, ({ ledger }) => {
    const cleared = clearKiosk(ledger, decision, request);
    if (cleared.length > 0) return cleared;
    throw new StaffError(
      `${config.name} is not stopped${request === null ? '' : ` by ${request}`}`,
    );
  });
}

/** Somebody has looked what lies in the tray: all sheets of the order, or not all. */
export function settleOrder(
  config: Config,
  request: string,
  printed: boolean,
  decision: Decision,
): { readonly request: string; readonly printed: boolean } {
  return withLedger(config, ({ ledger }) => {
    const records = recordsOf(ledger);
    const isUnknown = records.waiting().some((order) => order.request === request);
    if (isUnknown && records.settle(request, printed, decision)) return { request, printed };
    throw new StaffError(`order ${request} is not one that waits for this answer`);
  });
}

/** Somebody has looked at the payment unit's own records. */
export function settleMoney(
  config: Config,
  request: string,
  charged: boolean,
  decision: Decision,
): { readonly request: string; readonly charged: boolean } {
  return withLedger(config, ({ ledger }) => {
    if (settleCharge(ledger, request, charged, decision)) return { request, charged };
    throw new StaffError(`no charge for ${request} waits for this answer`);
  });
}

function recordsOf(ledger: Ledger): OrderRecords {
  return new OrderRecords({
    ledger,
    record: (facts, { steps } = {}) => ledger.record(facts, steps),
  });
}
