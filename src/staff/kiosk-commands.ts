/** What staff decides at a kiosk, at a keyboard beside the running daemon or without one. Each is a fact with who and why. */

import { OrderRecords, type UnknownOrder } from '../certificate-order/order-records.ts';
import { clearKiosk, type KioskStop, kioskStops } from '../certificate-order/stop.ts';
import type { Config } from '../config.ts';
import type { Ledger } from '../store/ledger.ts';
import { StaffError, withLedger } from './commands.ts';
import type { Decision } from './decisions.ts';

export interface KioskWaiting {
  /** Why it is stopped; empty: it is not. */
  readonly stops: readonly KioskStop[];
  /** Orders of which nobody knows which sheets came out. */
  readonly orders: readonly UnknownOrder[];
}

export function kioskWaiting(config: Config): KioskWaiting {
  return withLedger(config, ({ ledger }) => ({
    stops: kioskStops(ledger),
    orders: recordsOf(ledger).waiting(),
  }));
}

/** Somebody has looked: it may go on. Throws StaffError, as the next. */
export function clearStoppedKiosk(config: Config, decision: Decision): readonly KioskStop[] {
  return withLedger(config, ({ ledger }) => {
    const cleared = clearKiosk(ledger, decision);
    if (cleared.length === 0) throw new StaffError(`${config.name} is not stopped`);
    return cleared;
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
    if (!isUnknown) throw new StaffError(`order ${request} is not one that waits for this answer`);
    records.settle(request, printed, decision);
    return { request, printed };
  });
}

function recordsOf(ledger: Ledger): OrderRecords {
  return new OrderRecords({
    ledger,
    record: (facts, { steps } = {}) => ledger.record(facts, steps),
  });
}
