/** What every receipt printer of ours must do, whatever line it is on: run against the model in memory and on a tty. */

import { describe, expect, test, vi } from 'vitest';
import type { Timing } from '../../devices/receipt/escpos-printer.ts';
import type {
  PrinterCondition,
  ReceiptPrinter,
  ReceiptPrinterListener,
} from '../../devices/receipt/receipt-printer.ts';
import { textOfPaper } from '../../devices/receipt/sim-paper.ts';
import { SimPrinter, type SimPrinterOptions } from '../../devices/receipt/sim-printer.ts';
import type { Receipt } from '../../src/domain/receipt.ts';

/** Quick heartbeats; answers may take as long as a loaded machine needs. */
export const TEST_TIMING: Timing = {
  reply: 10_000,
  response: 15_000,
  heartbeat: 100,
  jobHeartbeat: 100,
  printed: 30_000,
};

/** For printers that are going to be silent. */
export const IMPATIENT: Timing = { ...TEST_TIMING, reply: 1200, response: 2500 };

export const PATIENCE = { timeout: 30_000, interval: 20 };

export interface Rig {
  readonly printer: SimPrinter;
  open(listener: ReceiptPrinterListener, timing: Timing): Promise<ReceiptPrinter>;
  stop(): Promise<void>;
}

export type StartRig = (printer: SimPrinter) => Promise<Rig>;

export interface Story {
  readonly printer: SimPrinter;
  readonly driver: ReceiptPrinter;
  /** Everything that the driver has told its listener. */
  readonly conditions: PrinterCondition[];
  readonly lost: string[];
}

export function receiptNumbered(number: number): Receipt {
  const text = `No. ${number}`;
  const lines = Array.from({ length: 12 }, () => ({ kind: 'text', text, size: 1 }) as const);
  return { paper: text, blocks: [{ kind: 'mark' }, ...lines, { kind: 'qr', data: text }] };
}

/** Runs `story` with an open driver, and cleans up after it. */
export async function withPrinter(
  startRig: StartRig,
  story: (each: Story) => Promise<void>,
  options: SimPrinterOptions & { timing?: Timing; before?: (printer: SimPrinter) => void } = {},
): Promise<void> {
  const printer = new SimPrinter(options);
  options.before?.(printer);
  const rig = await startRig(printer);
  const [conditions, lost]: [PrinterCondition[], string[]] = [[], []];
  try {
    const listener = {
      onCondition: (condition: PrinterCondition) => void conditions.push(condition),
      onLost: (reason: string) => void lost.push(reason),
    };
    const driver = await rig.open(listener, options.timing ?? TEST_TIMING);
    try {
      await story({ printer, driver, conditions, lost });
    } finally {
      await driver.close();
    }
  } finally {
    await rig.stop();
  }
}

/** The receipts on the papers that came out: number, and whether the paper is whole and holds that receipt alone. */
export function receiptsOn(printer: SimPrinter): { numbers: string[]; whole: boolean }[] {
  return printer.papers.map((paper) => {
    const lines = textOfPaper(paper).filter((line) => line.startsWith('No.'));
    const numbers = [...new Set(lines)];
    return { numbers, whole: paper.complete && numbers.length === 1 && lines.length === 12 };
  });
}

const whole = (number: number) => ({ numbers: [`No. ${number}`], whole: true });

async function inTheMiddleOfAJob(printer: SimPrinter): Promise<void> {
  const before = printer.receivedBytes;
  await vi.waitFor(() => expect(printer.receivedBytes).toBeGreaterThan(before + 1000), PATIENCE);
}

type Tell = (
  tell: (each: Story) => Promise<void>,
  options?: Parameters<typeof withPrinter>[2],
) => () => Promise<void>;

export function receiptPrinterContract(name: string, startRig: StartRig): void {
  const story: Tell = (tell, options) => () => withPrinter(startRig, tell, options);
  describe.concurrent(`a receipt printer ${name}`, { timeout: 120_000 }, () => {
    printing(story);
    stoppedPrinter(startRig);
    offlinePrinter(story);
    silentPrinter(story);
    otherTroubles(story, startRig);
  });
}

function printing(story: Tell): void {
  test(
    'says that it is ready, and prints what it is given, once and whole',
    story(async ({ printer, driver, conditions }) => {
      expect(conditions).toEqual(['ready']);
      expect(await driver.print(receiptNumbered(1))).toEqual({ outcome: 'printed' });
      expect(receiptsOn(printer)).toEqual([whole(1)]);
      expect(printer.unknownBytes.count).toBe(0);
    }),
  );

  test(
    'says printed only after the paper is out, however fast the line took the bytes',
    story(
      async ({ printer, driver }) => {
        let papersWhenPrinted = -1;
        const printed = driver.print(receiptNumbered(1)).then((outcome) => {
          papersWhenPrinted = printer.papers.length;
          return outcome;
        });
        await inTheMiddleOfAJob(printer);
        expect(papersWhenPrinted).toBe(-1);
        expect(await printed).toEqual({ outcome: 'printed' });
        expect(papersWhenPrinted).toBe(1);
      },
      { lineMs: 40 },
    ),
  );

  test(
    'prints twenty receipts that were asked for at once, each once, in their order',
    story(async ({ printer, driver }) => {
      const numbers = Array.from({ length: 20 }, (_, index) => index);
      const outcomes = await Promise.all(numbers.map((n) => driver.print(receiptNumbered(n))));
      expect(new Set(outcomes.map(({ outcome }) => outcome))).toEqual(new Set(['printed']));
      expect(receiptsOn(printer)).toEqual(numbers.map(whole));
    }),
  );
}

function stoppedPrinter(startRig: StartRig): void {
  test.each(['paper-out', 'cover-open', 'offline', 'error'] as const)(
    'sends no byte of a receipt to a printer that is %s, and prints nothing when it is cured',
    (fault) =>
      withPrinter(startRig, async ({ printer, driver, conditions }) => {
        printer.setFault(fault);
        await vi.waitFor(() => expect(conditions.at(-1)).toBe(fault), PATIENCE);
        const before = printer.receivedBytes;
        expect(await driver.print(receiptNumbered(1))).toEqual({
          outcome: 'not-printed',
          reason: fault,
        });
        expect(printer.receivedBytes - before).toBeLessThan(60);
        printer.setFault('none');
        await vi.waitFor(() => expect(conditions.at(-1)).toBe('ready'), PATIENCE);
        expect(await driver.print(receiptNumbered(2))).toEqual({ outcome: 'printed' });
        expect(receiptsOn(printer)).toEqual([whole(2)]);
      }),
  );

  test.each(['paper-out', 'cover-open', 'error'] as const)(
    'calls a receipt not printed when %s cut it short, and nothing of it comes out later',
    (fault) =>
      withPrinter(startRig, async ({ printer, driver, conditions }) => {
        printer.setFault(fault, 4);
        expect(await driver.print(receiptNumbered(1))).toEqual({
          outcome: 'not-printed',
          reason: fault,
        });
        printer.setFault('none');
        await vi.waitFor(() => expect(conditions.at(-1)).toBe('ready'), PATIENCE);
        expect(await driver.print(receiptNumbered(2))).toEqual({ outcome: 'printed' });
        const [scrap, next, ...more] = receiptsOn(printer);
        expect(scrap?.whole).toBe(false);
        // The next person's receipt must not hang on the remains of this one.
        expect(next).toEqual(whole(2));
        expect(more).toEqual([]);
      }),
  );
}

function offlinePrinter(story: Tell): void {
  test(
    'waits for a printer that is offline for a moment and goes on by itself',
    story(async ({ printer, driver }) => {
      printer.setFault('offline', 4);
      const printed = driver.print(receiptNumbered(1));
      await vi.waitFor(() => expect(printer.fault).toBe('offline'), PATIENCE);
      printer.setFault('none');
      expect(await printed).toEqual({ outcome: 'printed' });
      expect(receiptsOn(printer)).toEqual([whole(1)]);
    }),
  );

  test(
    'calls a receipt not printed when the printer stayed offline for the whole time limit',
    story(
      async ({ printer, driver }) => {
        printer.setFault('offline', 4);
        expect(await driver.print(receiptNumbered(1))).toEqual({
          outcome: 'not-printed',
          reason: 'offline',
        });
        printer.setFault('none');
        expect(await driver.print(receiptNumbered(2))).toEqual({ outcome: 'printed' });
        expect(receiptsOn(printer).map(({ whole: all }) => all)).toEqual([false, true]);
      },
      { timing: { ...TEST_TIMING, printed: 1500 } },
    ),
  );
}

function silentPrinter(story: Tell): void {
  test(
    'does not know what became of a receipt when the power failed under it, and never sends it again',
    story(
      async ({ printer, driver, conditions, lost }) => {
        await vi.waitFor(() => expect(conditions.at(-1)).toBe('ready'), PATIENCE);
        printer.setFault('power-off', 4);
        expect(await driver.print(receiptNumbered(1))).toEqual({
          outcome: 'unknown',
          reason: 'silent',
        });
        expect(conditions.at(-1)).toBe('silent');
        printer.setFault('none');
        await vi.waitFor(() => expect(conditions.at(-1)).toBe('ready'), PATIENCE);
        expect(await driver.print(receiptNumbered(2))).toEqual({ outcome: 'printed' });
        const [scrap, next, ...more] = receiptsOn(printer);
        expect([scrap?.whole, next, more]).toEqual([false, whole(2), []]);
        expect(lost).toEqual([]);
      },
      { timing: IMPATIENT },
    ),
  );

  test(
    'opens when the printer has no power, says so, and heals when it is switched on',
    story(
      async ({ printer, driver, conditions }) => {
        expect(conditions).toEqual(['silent']);
        expect(await driver.print(receiptNumbered(1))).toEqual({
          outcome: 'not-printed',
          reason: 'silent',
        });
        printer.setFault('none');
        await vi.waitFor(() => expect(conditions.at(-1)).toBe('ready'), PATIENCE);
        expect(await driver.print(receiptNumbered(2))).toEqual({ outcome: 'printed' });
        expect(receiptsOn(printer)).toEqual([whole(2)]);
      },
      { timing: IMPATIENT, before: (printer) => printer.setFault('power-off') },
    ),
  );

  test(
    'notices by its heartbeat that an idle printer has gone silent',
    story(
      async ({ printer, driver, conditions }) => {
        await vi.waitFor(() => expect(conditions.at(-1)).toBe('ready'), PATIENCE);
        printer.setFault('power-off');
        await vi.waitFor(() => expect(conditions.at(-1)).toBe('silent'), PATIENCE);
        expect(await driver.condition()).toBe('silent');
      },
      { timing: IMPATIENT },
    ),
  );
}

function otherTroubles(story: Tell, startRig: StartRig): void {
  test(
    'throws away what an earlier process left in the printer, before anything else',
    story(
      async ({ printer, driver, conditions }) => {
        expect(conditions).toEqual(['paper-out']);
        printer.setFault('none');
        await vi.waitFor(() => expect(conditions.at(-1)).toBe('ready'), PATIENCE);
        expect(await driver.print(receiptNumbered(2))).toEqual({ outcome: 'printed' });
        expect(receiptsOn(printer)).toEqual([whole(2)]);
      },
      {
        before: (printer) => {
          printer.setFault('paper-out');
          printer.receive(Buffer.from('No. 1\n\x1dVB\x00\x1d8L\xff\xff\x00\x00', 'latin1'));
        },
      },
    ),
  );

  test(
    'lives with answers that are late',
    story(
      async ({ printer, driver }) => {
        expect(await driver.condition()).toBe('ready');
        expect(await driver.print(receiptNumbered(1))).toEqual({ outcome: 'printed' });
        expect(receiptsOn(printer)).toEqual([whole(1)]);
      },
      { replyDelayMs: 250 },
    ),
  );

  test(
    'answers for its condition while it prints, without waiting for the receipt',
    story(
      async ({ printer, driver }) => {
        const printed = driver.print(receiptNumbered(1));
        await inTheMiddleOfAJob(printer);
        expect(await driver.condition()).toBe('ready');
        expect(printer.papers).toHaveLength(0);
        expect(await printed).toEqual({ outcome: 'printed' });
      },
      { lineMs: 60 },
    ),
  );

  test(
    'does not know what became of a receipt that it was closed upon, and tells nobody that it is lost',
    story(
      async ({ printer, driver, lost }) => {
        const printed = driver.print(receiptNumbered(1));
        await inTheMiddleOfAJob(printer);
        await driver.close();
        await driver.close();
        expect(await printed).toEqual({ outcome: 'unknown', reason: 'line-lost' });
        expect(lost).toEqual([]);
      },
      { lineMs: 60 },
    ),
  );

  test('refuses a printer that has no process ids, before anything is printed', async () => {
    const printer = new SimPrinter({ processIds: false });
    const rig = await startRig(printer);
    const listener = { onCondition: () => undefined, onLost: () => undefined };
    try {
      await expect(rig.open(listener, IMPATIENT)).rejects.toMatchObject({
        code: 'no-process-ids',
      });
      expect(printer.papers).toEqual([]);
    } finally {
      await rig.stop();
    }
  });
}
