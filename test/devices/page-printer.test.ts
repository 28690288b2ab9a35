import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { JOB_STATE, OPERATION } from '../../devices/page/ipp.ts';
import { IppClient } from '../../devices/page/ipp-client.ts';
import type { IppExchange } from '../../devices/page/ipp-http.ts';
import { decodeMessage } from '../../devices/page/ipp-message.ts';
import { openIppPrinter } from '../../devices/page/ipp-printer.ts';
import { PDF_BYTES_MAX } from '../../devices/page/page-printer.ts';
import { openSimPagePrinter, SimPagePrinter } from '../../devices/page/sim-page-printer.ts';
import { askControlSocket } from '../../devices/sim-control.ts';
import { pagePrinterContract } from './page-printer.contract.ts';
import {
  documentOf,
  ID,
  nameOf,
  print,
  type StartPageRig,
  sheetOf,
  TEST_TIMING,
} from './page-story.ts';

const inMemory: StartPageRig = async (sheetMs) => {
  const papers: { name: string; pdf: Uint8Array }[] = [];
  let number = 0;
  let printer = new SimPagePrinter({ sheetMs });
  return {
    options: () => ({
      url: 'ipp://simulated/ipp/print',
      exchange: async (body) => printer.answer(body),
    }),
    inject: async (fault, afterSheets) => printer.setFault(fault, afterSheets),
    clear: async () => printer.setFault('none'),
    async takeTime(next) {
      printer.sheetMs = next;
    },
    papers: async () => [...papers, ...printer.papers],
    spooled: async () => printer.spooled,
    switchOff: async () => printer.setFault('power-off'),
    async switchOn(another) {
      if (another !== true) return printer.setFault('none');
      number += 1;
      papers.push(...printer.papers);
      printer = new SimPagePrinter({ uuid: `urn:uuid:${number}`.padEnd(45, '0') });
    },
    stop: async () => undefined,
  };
};

pagePrinterContract('in memory', inMemory);

const nobody = { onCondition: () => undefined, onLost: () => undefined };

const isAskedWhatIsOpen = (body: Uint8Array): boolean => {
  const { code, groups } = decodeMessage(body);
  return (
    code === OPERATION.getJobs && groups[0]?.attributes.get('which-jobs')?.[0] === 'not-completed'
  );
};

test('a job that ends between the two questions about jobs is found, and its sheet is not printed twice', async () => {
  const printer = new SimPagePrinter();
  const exchange: IppExchange = async (body) => printer.answer(body);
  const client = new IppClient('ipp://simulated/', exchange, TEST_TIMING);
  const job = await client.createJob(nameOf(1), []);
  await client.sendDocument(job, documentOf(1));
  printer.setFault('media-empty');
  await expect.poll(async () => (await client.job(job))?.state).toBe(JOB_STATE.stopped);

  const driver = await openIppPrinter({
    url: 'ipp://simulated/',
    timing: TEST_TIMING,
    async exchange(body, limitMs) {
      if (!isAskedWhatIsOpen(body)) return exchange(body, limitMs);
      // Paper is put in while the question is on its way; what was asked beside it has been answered by then.
      await new Promise(setImmediate);
      printer.setFault('none');
      return exchange(body, limitMs);
    },
  })(nobody);
  expect(await print(driver, sheetOf(1))).toMatchObject({ outcome: 'unknown' });
  expect(printer.papers.map(({ name }) => name)).toEqual([nameOf(1)]);
  await driver.close();
});

describe('the simulated page printer', () => {
  test('is told its faults and asked for its papers over the control socket', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'kazasu-page-'));
    const controlPath = join(folder, 'page.sock');
    try {
      const open = openSimPagePrinter({ controlPath, timing: TEST_TIMING });
      const driver = await open(nobody);
      expect(driver.modelled).toBe(true);
      const ask = (request: Record<string, unknown> & { do: string }) =>
        askControlSocket(controlPath, request);
      await ask({ do: 'fault', fault: 'media-empty', afterSheets: 1 });
      expect(await print(driver, sheetOf(1))).toEqual({ outcome: 'printed' });
      const second = await print(driver, sheetOf(2));
      expect(second).toEqual({ outcome: 'not-printed', reason: 'paper-out' });
      expect(await ask({ do: 'papers' })).toEqual({
        ok: true,
        modelled: true,
        fault: 'media-empty',
        papers: [{ number: 1, name: nameOf(1), pdf: documentOf(1).toString('base64') }],
      });
      expect((await ask({ do: 'papers', since: 1 }))['papers']).toEqual([]);
      await driver.close();
      // A printer that was switched off is switched on over the same socket.
      await ask({ do: 'fault', fault: 'power-off' });
      await expect(open(nobody)).rejects.toThrow('ECONNREFUSED');
      await ask({ do: 'fault', fault: 'none' });
      await (await open(nobody)).close();
      await expect(ask({ do: 'fault', fault: 'on-fire' })).rejects.toThrow('fault is one of');
      await expect(ask({ do: 'papers', since: -1 })).rejects.toThrow('number of sheets');
      await expect(ask({ do: 'dance' })).rejects.toThrow('does "fault" and "papers"');
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  test('refuses sheets that have no name of their own or are too large, before anything is sent', async () => {
    const printer = new SimPagePrinter();
    const driver = await openSimPagePrinter({ printer, timing: TEST_TIMING })(nobody);
    const unfit = [
      { ...sheetOf(1), id: 'f'.repeat(31) },
      { ...sheetOf(1), id: `${ID.slice(1)}G` },
      { ...sheetOf(1), id: `${ID}\n` },
      sheetOf(0),
      sheetOf(5, 4),
      sheetOf(1.5),
      sheetOf(1, 100),
      { ...sheetOf(1), pdf: new Uint8Array(PDF_BYTES_MAX + 1) },
    ];
    for (const sheet of unfit) expect(() => print(driver, sheet)).toThrow(RangeError);
    expect(() => driver.purge('*')).toThrow(RangeError);
    expect(printer.papers).toEqual([]);
    await driver.close();
  });
});
