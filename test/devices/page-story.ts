/** Stories of a page printer: a printer, the driver on it, and what can be done to both. */

import type { IppExchange } from '../../devices/page/ipp-http.ts';
import type { PageTiming } from '../../devices/page/ipp-jobs.ts';
import { decodeMessage } from '../../devices/page/ipp-message.ts';
import { type IppPrinterOptions, openIppPrinter } from '../../devices/page/ipp-printer.ts';
import type {
  PageCondition,
  PagePrinter,
  Sheet,
  SheetOutcome,
} from '../../devices/page/page-printer.ts';

/** Quick looks; answers may take as long as a loaded machine needs. */
export const TEST_TIMING: PageTiming = {
  query: 20_000,
  document: 20_000,
  heartbeat: 40,
  poll: 15,
  printed: 60_000,
  ended: 30_000,
  busy: 20_000,
  silent: 30_000,
};

export const PATIENCE = { timeout: 30_000, interval: 10 };
/** Longer than any test looks on. */
export const LONG_MS = 100_000;
export const ID = '0123456789abcdef0123456789abcdef';
export const HOLDING_FAULTS = ['media-empty', 'media-jam', 'cover-open', 'toner-empty'] as const;
export const CONDITION_OF = {
  'media-empty': 'paper-out',
  'media-jam': 'jam',
  'cover-open': 'cover-open',
  'toner-empty': 'toner-out',
} as const;

export type Fault = (typeof HOLDING_FAULTS)[number] | 'abort' | 'abort-after-one' | 'uncounted';

export interface PageRig {
  /** What the driver opens. */
  options(): IppPrinterOptions & { readonly exchange: IppExchange };
  inject(fault: Fault, afterSheets?: number): Promise<void>;
  clear(): Promise<void>;
  papers(): Promise<readonly { readonly name: string; readonly pdf: Uint8Array }[]>;
  /** How long the sheets to come take. */
  takeTime(sheetMs: number): Promise<void>;
  /** How many documents lie in its spool. */
  spooled(): Promise<number>;
  switchOff(): Promise<void>;
  /** With no memory of what was before; `another`: it is another printer. */
  switchOn(another?: boolean): Promise<void>;
  stop(): Promise<void>;
}

export type StartPageRig = (sheetMs: number) => Promise<PageRig>;

export interface Story {
  readonly rig: PageRig;
  readonly driver: PagePrinter;
  readonly conditions: PageCondition[];
  readonly lost: string[];
  /** Opens a second driver on the same printer, as the next run of the daemon does. */
  another(): Promise<PagePrinter>;
}

export interface StoryOptions {
  readonly sheetMs?: number;
  readonly timing?: Partial<PageTiming>;
  /** Goes between the first driver and the printer. */
  readonly between?: (exchange: IppExchange) => IppExchange;
}

export const documentOf = (sheet: number): Buffer =>
  Buffer.from(`%PDF-1.7\nsheet ${sheet}\n%%EOF\n`);
export const sheetOf = (sheet: number, of = 4, id = ID): Sheet => ({
  id,
  sheet,
  of,
  pdf: documentOf(sheet),
});
export const nameOf = (sheet: number, of = 4) => `kazasu-${ID}-${sheet}of${of}`;

export const ignore = () => undefined;

export function print(
  driver: PagePrinter,
  sheet: Sheet,
  onAccepted: () => void = ignore,
): Promise<SheetOutcome> {
  return driver.print(sheet, onAccepted, new AbortController().signal);
}

export async function withPagePrinter(
  start: StartPageRig,
  story: (each: Story) => Promise<void>,
  { sheetMs = 0, timing = {}, between }: StoryOptions = {},
): Promise<void> {
  const rig = await start(sheetMs);
  const drivers: PagePrinter[] = [];
  const [conditions, lost]: [PageCondition[], string[]] = [[], []];
  const open = async (options: Partial<IppPrinterOptions>, isFirst: boolean) => {
    const listener = {
      onCondition: (told: PageCondition) => void (isFirst && conditions.push(told)),
      onLost: (reason: string) => void (isFirst && lost.push(reason)),
    };
    const all = { ...rig.options(), timing: { ...TEST_TIMING, ...timing }, ...options };
    const driver = await openIppPrinter(all)(listener);
    drivers.push(driver);
    return driver;
  };
  try {
    const { exchange } = rig.options();
    const driver = await open(between === undefined ? {} : { exchange: between(exchange) }, true);
    await story({ rig, driver, conditions, lost, another: () => open({}, false) });
  } finally {
    for (const each of drivers) await each.close();
    await rig.stop();
  }
}

/** Loses something of the first request of an operation: all of it, or the printer's answer. */
export function losing(operation: number, what: 'request' | 'reply') {
  let isDone = false;
  return (exchange: IppExchange): IppExchange =>
    async (body, limitMs) => {
      const strikes = !isDone && decodeMessage(body).code === operation;
      if (!strikes) return exchange(body, limitMs);
      isDone = true;
      if (what === 'reply') await exchange(body, limitMs);
      throw new Error('ECONNRESET');
    };
}

/** The first exchanges, of opening and of looking before a sheet, go well. */
export function afterFirst(lossy: IppExchange, well: IppExchange): IppExchange {
  let count = 0;
  return (body, limitMs) => {
    count += 1;
    return count <= 4 ? well(body, limitMs) : lossy(body, limitMs);
  };
}

export const names = async (rig: PageRig) => (await rig.papers()).map(({ name }) => name);
