/** The contract of page printers on CUPS's `ippeveprinter`, over HTTP, and what `ipptool` sees of it. */

import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { ippOverHttp } from '../../devices/page/ipp-http.ts';
import { openIppPrinter } from '../../devices/page/ipp-printer.ts';
import { type IppPrinter, startIppPrinter } from '../../platform-sim/ipp-printer.ts';
import { pagePrinterContract } from './page-printer.contract.ts';
import {
  documentOf,
  nameOf,
  names,
  type PageRig,
  print,
  type StartPageRig,
  sheetOf,
  TEST_TIMING,
} from './page-story.ts';

const run = promisify(execFile);
const nobody = { onCondition: () => undefined, onLost: () => undefined };

interface RealRig extends PageRig {
  readonly printer: () => IppPrinter;
  readonly directory: string;
}

async function onIppeveprinter(sheetMs: number): Promise<RealRig> {
  const directory = await mkdtemp(join(tmpdir(), 'kazasu-page-'));
  let printer = await startIppPrinter({ directory, sheetMs });
  const { url, port } = printer;
  return {
    directory,
    printer: () => printer,
    options: () => ({ url, exchange: ippOverHttp(url) }),
    inject: (fault, afterSheets) => printer.inject(fault, afterSheets),
    clear: () => printer.clear(),
    takeTime: (next) => printer.takeTime(next),
    papers: () => printer.papers(),
    spooled: async () => (await printer.spooled()).length,
    switchOff: () => printer.kill(),
    async switchOn(another) {
      const name = another === true ? 'another' : 'kiosk';
      printer = await startIppPrinter({ directory, port, name });
    },
    async stop() {
      await printer.stop();
      await rm(directory, { recursive: true });
    },
  };
}

const start: StartPageRig = onIppeveprinter;
pagePrinterContract('on ippeveprinter', start);

async function withRig(story: (rig: RealRig) => Promise<void>, sheetMs = 0): Promise<void> {
  const rig = await onIppeveprinter(sheetMs);
  try {
    await story(rig);
  } finally {
    await rig.stop();
  }
}

/** A line to a printer that breaks: `cuts` sees all bytes of a connection so far, and says how many of them arrive. */
async function throughProxy(
  port: number,
  cuts: (sent: Buffer) => number | null,
  story: (url: string) => Promise<void>,
): Promise<void> {
  const sockets = new Set<Socket>();
  const server = createServer((near) => {
    const far = connect(port, '127.0.0.1');
    let sent = Buffer.alloc(0);
    for (const each of [near, far]) sockets.add(each.on('error', () => each.destroy()));
    near.on('data', (bytes: Buffer) => {
      const before = sent.length;
      sent = Buffer.concat([sent, bytes]);
      const end = cuts(sent);
      far.write(sent.subarray(before, end ?? sent.length));
      if (end === null) return;
      // What was written still reaches the printer; no answer comes back.
      near.destroy();
      far.end();
    });
    far.on('data', (bytes) => near.write(bytes));
    near.on('close', () => far.end());
    far.on('close', () => near.end());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  try {
    await story(`ipp://127.0.0.1:${address.port}/ipp/print`);
  } finally {
    for (const each of sockets) each.destroy();
    server.close();
  }
}

describe.concurrent('beside ipptool', { timeout: 120_000 }, () => {
  test('a sheet is a completed job of its name, of one copy on A4, with one impression', () =>
    withRig(async (rig) => {
      const driver = await openIppPrinter({ ...rig.options(), timing: TEST_TIMING })(nobody);
      expect(await print(driver, sheetOf(1))).toEqual({ outcome: 'printed' });
      await driver.close();
      const tests = '/usr/share/cups/ipptool/get-job-attributes.test';
      const { stdout } = await run('ipptool', ['-tv', `${rig.options().url}/1`, tests]);
      for (const line of [
        `job-name (nameWithoutLanguage) = ${nameOf(1)}`,
        'job-state (enum) = completed',
        'job-impressions-completed (integer) = 1',
        'copies (integer) = 1',
        'media (keyword) = iso_a4_210x297mm',
        'sides (keyword) = one-sided',
        'document-format-supplied (mimeMediaType) = application/pdf',
        'job-originating-user-name (nameWithoutLanguage) = kazasu',
      ]) {
        expect(stdout).toContain(line);
      }
    }));

  test('a job of the name that somebody else sent is found, and no second one is made', () =>
    withRig(async (rig) => {
      const { url } = rig.options();
      const [pdf, tests] = [join(rig.directory, 'theirs.pdf'), join(rig.directory, 'theirs.test')];
      await writeFile(pdf, documentOf(9));
      await writeFile(
        tests,
        `{ OPERATION Print-Job GROUP operation-attributes-tag
  ATTR charset attributes-charset utf-8 ATTR language attributes-natural-language en
  ATTR uri printer-uri $uri ATTR name job-name ${nameOf(1)}
  ATTR mimeMediaType document-format application/pdf FILE $filename STATUS successful-ok }\n`,
      );
      await run('ipptool', ['-f', pdf, url, tests]);
      const driver = await openIppPrinter({ ...rig.options(), timing: TEST_TIMING })(nobody);
      expect((await print(driver, sheetOf(1))).outcome).toBe('unknown');
      expect(await names(rig)).toEqual([nameOf(1)]);
      await driver.close();
    }));
});

describe.concurrent('over a line that breaks', { timeout: 120_000 }, () => {
  test('half a document that the printer calls completed is unknown, and never sent again', () =>
    withRig(async (rig) => {
      const pdf = Buffer.concat([documentOf(1), Buffer.alloc(60_000, 0x20)]);
      const cuts = (sent: Buffer) =>
        sent.includes('%PDF') && sent.length > 20_000 ? 20_000 : null;
      await throughProxy(rig.printer().port, cuts, async (url) => {
        const timing = { ...TEST_TIMING, heartbeat: 60_000 };
        const driver = await openIppPrinter({ url, timing })(nobody);
        const outcome = await print(driver, { ...sheetOf(1), pdf });
        expect(outcome).toEqual({ outcome: 'unknown', reason: 'unacknowledged' });
        expect(await print(driver, { ...sheetOf(1), pdf })).toEqual(outcome);
        const [paper, ...more] = await rig.papers();
        // This is why: the printer counts an impression of what it has.
        expect(paper?.pdf.length).toBeLessThan(pdf.length);
        expect([paper?.name, more]).toEqual([nameOf(1), []]);
        await driver.close();
      });
    }));

  test('a document that came whole and whose answer was lost comes out once', () =>
    withRig(async (rig) => {
      const cuts = (sent: Buffer) => (sent.includes('%%EOF') ? sent.length : null);
      await throughProxy(rig.printer().port, cuts, async (url) => {
        const timing = { ...TEST_TIMING, heartbeat: 60_000 };
        const driver = await openIppPrinter({ url, timing })(nobody);
        const outcome = { outcome: 'unknown', reason: 'unacknowledged' };
        expect(await print(driver, sheetOf(1))).toEqual(outcome);
        expect(await print(driver, sheetOf(1))).toEqual(outcome);
        expect((await rig.papers()).map(({ pdf }) => Buffer.from(pdf))).toEqual([documentOf(1)]);
        await driver.close();
      });
    }));
});

test('a printer that takes no PDF is not opened, and told in words', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'kazasu-page-'));
  const printer = await startIppPrinter({ directory, format: 'image/urf' });
  try {
    await expect(openIppPrinter({ url: printer.url })(nobody)).rejects.toThrow(
      `${printer.url}: it takes no application/pdf`,
    );
  } finally {
    await printer.stop();
    await rm(directory, { recursive: true });
  }
});
