/**
 * After a start: what an earlier run was cut off in. No session goes on. The printer is asked what became of each sheet
 * that may have been sent, the order ends as printed or void, and the money follows (src/charges.ts). What the printer
 * can't say is asked of staff.
 */

import type { PagePrinter } from '../../devices/page/page-printer.ts';
import { DiskFullError } from '../store/ledger.ts';
import type { OrderRecords, SheetRecord } from './order-records.ts';
import { hexOf } from './session.ts';

export interface SettlementParts {
  readonly records: OrderRecords;
  readonly printer: () => PagePrinter | null;
  /** The orders are over: money that is held for them can be taken or given back. */
  readonly onSettled: () => void;
}

export class Settlement {
  readonly #parts: SettlementParts;
  /** Of the run before. */
  readonly #open: Set<string>;
  #working: Promise<void> | null = null;

  /** To be made before anything is ordered in this run. */
  constructor(parts: SettlementParts) {
    this.#parts = parts;
    this.#open = new Set(parts.records.open());
  }

  /** Nothing is ordered before it is. */
  get isDone(): boolean {
    return this.#open.size === 0;
  }

  /** As far as it can be done now; to be called again while `isDone` says no. Never rejects for what printers do. */
  settle(): Promise<void> {
    this.#working ??= this.#settleAll().finally(() => {
      this.#working = null;
    });
    return this.#working;
  }

  async #settleAll(): Promise<void> {
    try {
      for (const request of this.#open) {
        if (await this.#settleOne(request)) this.#open.delete(request);
      }
    } catch (error) {
      // Nothing was changed; there will be room again.
      if (!(error instanceof DiskFullError)) throw error;
    }
    if (this.isDone) this.#parts.onSettled();
  }

  async #settleOne(request: string): Promise<boolean> {
    const { records } = this.#parts;
    const sheets = records.sheets(request);
    for (const sheet of sheets.filter(({ state }) => state === 'started')) {
      if (!(await this.#settleSheet(sheet))) return false;
    }
    const first = sheets[0];
    if (first !== undefined) {
      // Nothing of it may come out later, when somebody else stands there.
      if ((await this.#parts.printer()?.purge(hexOf(request))) !== true) return false;
      if (records.sheetsDone(request) === first.of) {
        records.printed(request);
        return true;
      }
    }
    records.void(request, 'interrupted');
    return true;
  }

  async #settleSheet(record: SheetRecord): Promise<boolean> {
    const { records, printer } = this.#parts;
    const current = printer();
    if (current === null) return false;
    const { request, sheet, of, acknowledged } = record;
    const said = await current.outcomeOf({ id: hexOf(request), sheet, of }, acknowledged);
    switch (said.outcome) {
      case 'printed':
        records.done(record, current.modelled);
        return true;
      case 'not-printed':
        records.notDone(record);
        return true;
      case 'unknown':
        if (said.reason === 'offline') return false;
        break;
      case 'partly':
      case 'never-seen':
        break;
    }
    records.unknown(record, said.outcome === 'never-seen' ? 'interrupted' : said.reason);
    return true;
  }
}
