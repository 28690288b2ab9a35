/**
 * Sheets, one by one and each once: checked again, intended (durable), printed, and only with the printer's own word is the
 * next one begun. A printer that needs a person is waited for, until somebody mends it or the person gives up.
 */

import { createHash } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { PageCondition, PagePrinter, PageTrouble } from '../../devices/page/page-printer.ts';
import type { Reason } from '../domain/reason.ts';
import type { OrderRecords, SheetRecord } from './order-records.ts';
import { hexOf } from './session.ts';

/** How often a printer that waits for a person is looked at. */
const LOOK_EVERY_MS = 500;
/** A sheet that the printer gives up so often without a cause is not tried any more. */
const TRIES_MAX = 3;

export interface CheckedSheet {
  readonly pdf: Uint8Array;
  /** Of the sheet when its code was read, hex. */
  readonly sha256: string;
}

export interface SheetsListener {
  /** So many came out so far. */
  done(sheets: number): void;
  /** The printer waits for a person; null: not any more. */
  held(reason: Reason | null): void;
}

/**
 * `differs`: a sheet is not the one that was looked at. `stopped`: the person, or staff, gave up; what came out is known.
 * `failed`: the printer does not print it; what came out is known. `unknown`: staff is asked.
 */
export type SheetsOutcome =
  | { readonly outcome: 'printed' }
  | { readonly outcome: 'differs' | 'stopped' | 'unknown' }
  | { readonly outcome: 'failed'; readonly reason: Reason };

export interface SheetsParts {
  readonly records: OrderRecords;
  /** The printer that is open at the time. */
  readonly printer: () => PagePrinter | null;
  /** Checked before each sheet, beside its bytes: the session still is that of the manifest. */
  readonly isStill: () => boolean;
  readonly lookEveryMs?: number;
}

export class Sheets {
  readonly #parts: SheetsParts;

  constructor(parts: SheetsParts) {
    this.#parts = parts;
  }

  /** Never rejects for what printers do. Rejects with `DiskFullError`: nothing was sent after that. */
  async print(
    request: string,
    sheets: readonly CheckedSheet[],
    on: SheetsListener,
    signal: AbortSignal,
  ): Promise<SheetsOutcome> {
    for (const [at, sheet] of sheets.entries()) {
      const said = await this.#printOne(request, at + 1, sheets.length, sheet, on, signal);
      if (said.outcome !== 'printed') {
        await this.#parts.printer()?.purge(hexOf(request));
        return said;
      }
      on.done(at + 1);
    }
    return { outcome: 'printed' };
  }

  async #printOne(
    request: string,
    sheet: number,
    of: number,
    { pdf, sha256 }: CheckedSheet,
    on: SheetsListener,
    signal: AbortSignal,
  ): Promise<SheetsOutcome> {
    const { records, isStill } = this.#parts;
    for (let tries = 1; ; tries += 1) {
      const printer = await this.#ready(on, signal);
      if (printer === null) return { outcome: 'stopped' };
      // What is intended now is what was looked at then, of this order and no other.
      const found = createHash('sha256').update(pdf).digest('hex');
      if (found !== sha256 || !isStill()) return { outcome: 'differs' };
      const record = records.intend(request, sheet, of);
      const name = { id: hexOf(request), sheet, of };
      const said = await printer.print({ ...name, pdf }, () => records.acknowledge(record), signal);
      switch (said.outcome) {
        case 'printed':
          records.done(record, printer.modelled);
          return said;
        case 'not-printed':
          records.notDone(record);
          if (signal.aborted) return { outcome: 'stopped' };
          if (!waitsForPerson(said.reason) && tries >= TRIES_MAX) {
            return { outcome: 'failed', reason: reasonOf(said.reason) };
          }
          break;
        case 'partly':
        case 'unknown':
          return this.#unknown(record, said.reason);
      }
    }
  }

  #unknown(record: SheetRecord, reason: string): SheetsOutcome {
    this.#parts.records.unknown(record, reason);
    return { outcome: 'unknown' };
  }

  /** The printer, once it can print; null when nobody waits for it any more. */
  async #ready(on: SheetsListener, signal: AbortSignal): Promise<PagePrinter | null> {
    const { printer, lookEveryMs = LOOK_EVERY_MS } = this.#parts;
    let held: PageCondition | null = null;
    while (!signal.aborted) {
      const current = printer();
      const condition = (await current?.condition()) ?? 'offline';
      if (signal.aborted) break;
      if (current !== null && condition === 'ready') {
        if (held !== null) on.held(null);
        return current;
      }
      if (held !== condition) on.held(reasonOf(condition));
      held = condition;
      await delay(lookEveryMs, null, { signal }).catch(() => {});
    }
    return null;
  }
}

function waitsForPerson(trouble: PageTrouble): boolean {
  return reasonOf(trouble) !== 'page-printer-lost' || trouble === 'offline';
}

/** Why a printer in this condition prints nothing. */
export function reasonOf(trouble: PageCondition | PageTrouble): Reason {
  switch (trouble) {
    case 'paper-out':
      return 'page-paper-out';
    case 'jam':
    case 'cover-open':
      return 'page-jam';
    default:
      return 'page-printer-lost';
  }
}
