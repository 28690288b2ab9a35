/** What every page printer of ours must do: run against the model in memory and against a real `ippeveprinter`. */

import { describe, expect, test, vi } from 'vitest';
import { OPERATION } from '../../devices/page/ipp.ts';
import type { IppExchange } from '../../devices/page/ipp-http.ts';
import { openIppPrinter } from '../../devices/page/ipp-printer.ts';
import type { PagePrinter } from '../../devices/page/page-printer.ts';
import {
  afterFirst,
  CONDITION_OF,
  documentOf,
  HOLDING_FAULTS,
  ID,
  ignore,
  LONG_MS,
  losing,
  nameOf,
  names,
  PATIENCE,
  print,
  type StartPageRig,
  type Story,
  type StoryOptions,
  sheetOf,
  TEST_TIMING,
  withPagePrinter,
} from './page-story.ts';

type Tell = (tell: (each: Story) => Promise<void>, options?: StoryOptions) => () => Promise<void>;

export function pagePrinterContract(name: string, start: StartPageRig): void {
  const story: Tell = (tell, options) => () => withPagePrinter(start, tell, options);
  describe.concurrent(`a page printer ${name}`, { timeout: 120_000 }, () => {
    printing(story);
    standingFaults(start);
    strikingFaults(story);
    lostMessages(story);
    earlierRuns(story);
    otherPrinters(story);
  });
}

function printing(story: Tell): void {
  test(
    'prints sheets that were asked for at once, each once, byte for byte and in their order, and keeps none',
    story(async ({ rig, driver, conditions }) => {
      expect(conditions).toEqual(['ready']);
      const accepted: number[] = [];
      const sheets = [1, 2, 3, 4];
      const outcomes = await Promise.all(
        sheets.map((sheet) => print(driver, sheetOf(sheet), () => accepted.push(sheet))),
      );
      expect(outcomes).toEqual(sheets.map(() => ({ outcome: 'printed' })));
      expect(accepted).toEqual(sheets);
      const papers = await rig.papers();
      expect(papers.map((paper) => [paper.name, Buffer.from(paper.pdf)])).toEqual(
        sheets.map((sheet) => [nameOf(sheet), documentOf(sheet)]),
      );
      expect(await rig.spooled()).toBe(0);
    }),
  );

  test(
    'says that the printer has the document before the sheet is out, and printed only after it',
    story(
      async ({ rig, driver }) => {
        let papersWhenAccepted = -1;
        const accepted = async () => {
          papersWhenAccepted = (await rig.papers()).length;
        };
        expect(await print(driver, sheetOf(1), () => void accepted())).toEqual({
          outcome: 'printed',
        });
        expect([papersWhenAccepted, (await rig.papers()).length]).toEqual([0, 1]);
      },
      { sheetMs: 400 },
    ),
  );

  test(
    'never sends a sheet a second time',
    story(async ({ rig, driver }) => {
      expect(await print(driver, sheetOf(1))).toEqual({ outcome: 'printed' });
      const again = await print(driver, sheetOf(1));
      expect(again).toEqual({ outcome: 'unknown', reason: 'unacknowledged' });
      expect(await names(rig)).toEqual([nameOf(1)]);
    }),
  );

  test(
    'cancels a sheet on request, and nothing of it comes out',
    story(
      async ({ rig, driver }) => {
        const cancel = new AbortController();
        const outcome = await driver.print(sheetOf(1), () => cancel.abort(), cancel.signal);
        expect(outcome).toEqual({ outcome: 'not-printed', reason: 'cancelled' });
        expect(await driver.print(sheetOf(2), ignore, cancel.signal)).toEqual(outcome);
        await rig.takeTime(0);
        expect(await print(driver, sheetOf(3))).toEqual({ outcome: 'printed' });
        expect(await names(rig)).toEqual([nameOf(3)]);
        expect(await rig.spooled()).toBe(0);
      },
      { sheetMs: LONG_MS },
    ),
  );
}

function standingFaults(start: StartPageRig): void {
  test.each(HOLDING_FAULTS)(
    'sends nothing to a printer with %s, says why, and prints when it is cured',
    (fault) =>
      withPagePrinter(start, async ({ rig, driver, conditions }) => {
        const reason = CONDITION_OF[fault];
        await rig.inject(fault);
        await vi.waitFor(() => expect(conditions.at(-1)).toBe(reason), PATIENCE);
        expect(await driver.condition()).toBe(reason);
        expect(await print(driver, sheetOf(1))).toEqual({ outcome: 'not-printed', reason });
        expect(await driver.outcomeOf(sheetOf(1), false)).toEqual({ outcome: 'never-seen' });
        await rig.clear();
        await vi.waitFor(() => expect(conditions.at(-1)).toBe('ready'), PATIENCE);
        expect(await print(driver, sheetOf(1))).toEqual({ outcome: 'printed' });
        expect(await names(rig)).toEqual([nameOf(1)]);
      }),
  );

  test.each(HOLDING_FAULTS)(
    'gives sheet 2 of 4 up for %s, and nothing of it comes out when that is cured',
    (fault) =>
      withPagePrinter(start, async ({ rig, driver, conditions }) => {
        await rig.inject(fault, 1);
        expect(await print(driver, sheetOf(1))).toEqual({ outcome: 'printed' });
        const reason = CONDITION_OF[fault];
        expect(await print(driver, sheetOf(2))).toEqual({ outcome: 'not-printed', reason });
        expect(await rig.spooled()).toBe(0);
        await rig.clear();
        await vi.waitFor(() => expect(conditions.at(-1)).toBe('ready'), PATIENCE);
        expect(await print(driver, sheetOf(3))).toEqual({ outcome: 'printed' });
        // It is known that nothing came of it, so it may be asked for again.
        expect(await print(driver, sheetOf(2))).toEqual({ outcome: 'printed' });
        expect(await names(rig)).toEqual([nameOf(1), nameOf(3), nameOf(2)]);
      }),
  );
}

function strikingFaults(story: Tell): void {
  test(
    'calls a sheet not printed that the printer gave up before it was counted',
    story(async ({ rig, driver }) => {
      await rig.inject('abort');
      const outcome = await print(driver, sheetOf(1));
      expect(outcome).toEqual({ outcome: 'not-printed', reason: 'aborted' });
      expect(await print(driver, sheetOf(1))).toEqual({ outcome: 'printed' });
      expect(await names(rig)).toEqual([nameOf(1)]);
    }),
  );

  test(
    'calls a sheet partly printed that was counted and then given up, and never sends it again',
    story(async ({ rig, driver, conditions }) => {
      await rig.inject('abort-after-one');
      expect(await print(driver, sheetOf(1))).toEqual({ outcome: 'partly', reason: 'jam' });
      await rig.clear();
      await vi.waitFor(() => expect(conditions.at(-1)).toBe('ready'), PATIENCE);
      expect((await print(driver, sheetOf(1))).outcome).toBe('partly');
      expect(await driver.outcomeOf(sheetOf(1), true)).toEqual({
        outcome: 'partly',
        reason: 'aborted',
      });
      expect(await names(rig)).toEqual([]);
    }),
  );

  test(
    'does not believe a printer that is done and has counted nothing',
    story(async ({ rig, driver }) => {
      await rig.inject('uncounted');
      const outcome = { outcome: 'unknown', reason: 'miscounted' };
      expect(await print(driver, sheetOf(1))).toEqual(outcome);
      expect(await print(driver, sheetOf(1))).toEqual(outcome);
      expect(await names(rig)).toEqual([nameOf(1)]);
    }),
  );
}

function lostMessages(story: Tell): void {
  test(
    'finds the job by its name when the answer to its making was lost, and prints it once',
    story(
      async ({ rig, driver }) => {
        expect(await print(driver, sheetOf(1))).toEqual({ outcome: 'printed' });
        expect(await names(rig)).toEqual([nameOf(1)]);
      },
      { between: losing(OPERATION.createJob, 'reply') },
    ),
  );

  test(
    'calls a sheet not printed whose job was never made',
    story(
      async ({ rig, driver }) => {
        const outcome = await print(driver, sheetOf(1));
        expect(outcome).toEqual({ outcome: 'not-printed', reason: 'offline' });
        expect(await driver.outcomeOf(sheetOf(1), false)).toEqual({ outcome: 'never-seen' });
        expect(await print(driver, sheetOf(1))).toEqual({ outcome: 'printed' });
        expect(await names(rig)).toEqual([nameOf(1)]);
      },
      { between: losing(OPERATION.createJob, 'request') },
    ),
  );

  test(
    'does not know what became of a document whose acceptance was lost, and never sends it again',
    story(
      async ({ rig, driver }) => {
        const outcome = { outcome: 'unknown', reason: 'unacknowledged' };
        let isAccepted = false;
        const accept = () => {
          isAccepted = true;
        };
        expect(await print(driver, sheetOf(1), accept)).toEqual(outcome);
        expect(isAccepted).toBe(false);
        expect(await print(driver, sheetOf(1))).toEqual(outcome);
        expect(await names(rig)).toEqual([nameOf(1)]);
      },
      { between: losing(OPERATION.sendDocument, 'reply') },
    ),
  );

  test(
    'calls a sheet not printed whose document never came to the printer, and frees the printer',
    story(
      async ({ rig, driver }) => {
        const outcome = await print(driver, sheetOf(1));
        expect(outcome).toEqual({ outcome: 'not-printed', reason: 'late' });
        expect(await print(driver, sheetOf(2))).toEqual({ outcome: 'printed' });
        expect(await names(rig)).toEqual([nameOf(2)]);
      },
      { between: losing(OPERATION.sendDocument, 'request'), timing: { silent: 300 } },
    ),
  );

  test.each(['request', 'reply'] as const)(
    'is not misled by a lost %s about the job or the printer',
    async (what) => {
      const lossy = (exchange: IppExchange) =>
        [OPERATION.getJobAttributes, OPERATION.getPrinterAttributes].reduce(
          (inner, operation) => afterFirst(losing(operation, what)(inner), inner),
          exchange,
        );
      await story(
        async ({ rig, driver, lost }) => {
          expect(await print(driver, sheetOf(1))).toEqual({ outcome: 'printed' });
          expect([await names(rig), lost]).toEqual([[nameOf(1)], []]);
        },
        { between: lossy, timing: { heartbeat: 60_000 } },
      )();
    },
  );
}

function earlierRuns(story: Tell): void {
  test(
    'tells what became of a sheet of an earlier run, by its name',
    story(async ({ driver, another }) => {
      expect(await print(driver, sheetOf(1))).toEqual({ outcome: 'printed' });
      await driver.close();
      const next = await another();
      expect(await next.outcomeOf(sheetOf(1), true)).toEqual({ outcome: 'printed' });
      expect(await next.outcomeOf(sheetOf(1), false)).toEqual({
        outcome: 'unknown',
        reason: 'unacknowledged',
      });
      expect(await next.outcomeOf(sheetOf(2), true)).toEqual({ outcome: 'never-seen' });
      expect(await next.outcomeOf({ ...sheetOf(1), id: `f${ID.slice(1)}` }, true)).toEqual({
        outcome: 'never-seen',
      });
    }),
  );

  test(
    'waits for a sheet of an earlier run that is under way',
    story(
      async ({ driver, another }) => {
        await accepted(driver);
        await driver.close();
        const next = await another();
        expect(await next.outcomeOf(sheetOf(1), true)).toEqual({ outcome: 'printed' });
      },
      { sheetMs: 300 },
    ),
  );

  test(
    'purges a sheet of an earlier run, and nothing of it comes out',
    story(
      async ({ rig, driver, another }) => {
        await accepted(driver);
        await driver.close();
        const next = await another();
        expect(await next.purge(ID)).toBe(true);
        expect(await next.purge(ID)).toBe(true);
        expect(await next.outcomeOf(sheetOf(1), true)).toEqual({
          outcome: 'not-printed',
          reason: 'cancelled',
        });
        expect([await names(rig), await rig.spooled()]).toEqual([[], 0]);
      },
      { sheetMs: LONG_MS },
    ),
  );

  test(
    'does not know what became of a sheet when the printer was switched off under it',
    story(
      async ({ rig, driver }) => {
        let isBack = Promise.resolve();
        const printed = print(driver, sheetOf(1), () => {
          isBack = rig.switchOff().then(() => rig.switchOn());
        });
        expect(await printed).toEqual({ outcome: 'unknown', reason: 'forgotten' });
        await isBack;
        await rig.takeTime(0);
        // Its jobs count from 1 again: the next one has the number of the lost one.
        expect(await print(driver, sheetOf(2))).toEqual({ outcome: 'printed' });
        expect(await driver.outcomeOf(sheetOf(1), true)).toEqual({ outcome: 'never-seen' });
        expect(await names(rig)).toEqual([nameOf(2)]);
      },
      { sheetMs: LONG_MS, timing: { heartbeat: 60_000 } },
    ),
  );
}

/** Resolves when the printer has the document of sheet 1; its end is left to others. */
function accepted(driver: PagePrinter): Promise<void> {
  return new Promise((resolve) => {
    void print(driver, sheetOf(1), resolve);
  });
}

function otherPrinters(story: Tell): void {
  test(
    "sends nothing while the printer works on somebody else's job",
    story(
      async ({ rig, driver, another }) => {
        const other = await another();
        await accepted(other);
        expect(await print(driver, sheetOf(2))).toEqual({ outcome: 'not-printed', reason: 'busy' });
        await rig.takeTime(0);
        expect(await driver.purge(ID)).toBe(true);
        await vi.waitFor(async () => expect(await driver.condition()).toBe('ready'), PATIENCE);
        expect(await print(driver, sheetOf(2))).toEqual({ outcome: 'printed' });
        expect(await names(rig)).toEqual([nameOf(2)]);
      },
      { sheetMs: LONG_MS, timing: { busy: 0 } },
    ),
  );

  test(
    'tells once that the printer is gone, and opens again when it is back',
    story(async ({ rig, driver, lost, another }) => {
      await rig.switchOff();
      await vi.waitFor(() => expect(lost).toHaveLength(1), PATIENCE);
      expect(await driver.condition()).toBe('offline');
      expect(await print(driver, sheetOf(1))).toEqual({
        outcome: 'not-printed',
        reason: 'offline',
      });
      await expect(another()).rejects.toThrow('ECONNREFUSED');
      await rig.switchOn();
      const next = await another();
      expect(await print(next, sheetOf(1))).toEqual({ outcome: 'printed' });
      expect([lost.length, await names(rig)]).toEqual([1, [nameOf(1)]]);
    }),
  );

  test(
    'sends nothing to another printer that answers at the address, and calls its own lost',
    story(
      async ({ rig, driver, lost }) => {
        const before = driver.uuid;
        await rig.switchOff();
        await rig.switchOn(true);
        expect(await print(driver, sheetOf(1))).toEqual({
          outcome: 'not-printed',
          reason: 'another-printer',
        });
        expect(lost).toEqual(['another printer answers in its place']);
        expect(await driver.purge(ID)).toBe(false);
        const pinned = openIppPrinter({ ...rig.options(), uuid: before, timing: TEST_TIMING });
        const listener = { onCondition: ignore, onLost: ignore };
        await expect(pinned(listener)).rejects.toThrow('another printer than the configuration');
        expect(await names(rig)).toEqual([]);
      },
      { timing: { heartbeat: 60_000 } },
    ),
  );
}
