/**
 * The bench group "page": from a sheet that is asked for to the printer's word that it has the whole document, over HTTP
 * to a real `ippeveprinter`. Before that word lie three exchanges: the looks at the printer and for a job of this name,
 * which go at once, the empty job, and the document. The floor is one: the same document by a bare Print-Job.
 */

import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { hasEnded, OPERATION, viewOfJob } from '../../devices/page/ipp.ts';
import { type IppExchange, ippOverHttp } from '../../devices/page/ipp-http.ts';
import { ORDINARY_PAGE_TIMING } from '../../devices/page/ipp-jobs.ts';
import {
  decodeMessage,
  encodeMessage,
  GROUP,
  type IppAttribute,
  type IppAttributes,
  TAG,
} from '../../devices/page/ipp-message.ts';
import { openIppPrinter } from '../../devices/page/ipp-printer.ts';
import { startIppPrinter } from '../../platform-sim/ipp-printer.ts';
import { type Bench, median, reportTimes } from './figures.ts';

const SHEETS = 60;
const QUICK_SHEETS = 10;
/** What a page of a certificate has, its font's glyphs among them. */
const PDF_BYTES = 50_000;
const PRINT_JOB = 0x0002;
const LIMIT_MS = 20_000;
const POLL_MS = 5;

export async function pageBench({ report, quick }: Bench): Promise<void> {
  const sheets = quick ? QUICK_SHEETS : SHEETS;
  const directory = await mkdtemp(join(tmpdir(), 'kazasu-bench-page-'));
  const printer = await startIppPrinter({ directory });
  const timing = { ...ORDINARY_PAGE_TIMING, poll: POLL_MS };
  const open = openIppPrinter({ url: printer.url, timing });
  const driver = await open({ onCondition: () => undefined, onLost: () => undefined });
  const pdf = Buffer.concat([Buffer.from('%PDF-1.7\n'), randomBytes(PDF_BYTES)]);
  const accepted: number[] = [];
  const printed: number[] = [];
  const bare: number[] = [];
  try {
    for (let sheet = 1; sheet <= sheets; sheet += 1) {
      const id = randomBytes(16).toString('hex');
      const begun = performance.now();
      const outcome = await driver.print(
        { id, sheet: 1, of: 1, pdf },
        () => accepted.push(performance.now() - begun),
        new AbortController().signal,
      );
      if (outcome.outcome !== 'printed') throw new Error(`a sheet was ${outcome.outcome}`);
      printed.push(performance.now() - begun);
      bare.push(await printBare(printer.url, pdf));
    }
  } finally {
    await driver.close();
    await printer.stop();
    await rm(directory, { recursive: true });
  }
  const floor = median(bare);
  const detail = { bytes: pdf.length, floor };
  reportTimes(report, 'page.accepted', accepted, { ...detail, exchanges: 3 });
  reportTimes(report, 'page.printed', printed, { modelled: true, bytes: pdf.length });
}

/** Milliseconds until the printer took one Print-Job; returns when it is free again. */
export async function printBare(url: string, pdf: Uint8Array): Promise<number> {
  const exchange = ippOverHttp(url);
  const begun = performance.now();
  const job = await ask(
    exchange,
    url,
    PRINT_JOB,
    [
      { name: 'job-name', tag: TAG.name, values: ['bare'] },
      { name: 'document-format', tag: TAG.mimeType, values: ['application/pdf'] },
    ],
    pdf,
  );
  const took = performance.now() - begun;
  const id = Number(job?.get('job-id')?.[0]);
  for (;;) {
    const now = await ask(exchange, url, OPERATION.getJobAttributes, [
      { name: 'job-id', tag: TAG.integer, values: [id] },
    ]);
    const view = now === undefined ? null : viewOfJob(now);
    if (view !== null && hasEnded(view)) return took;
    await delay(POLL_MS);
  }
}

async function ask(
  exchange: IppExchange,
  url: string,
  code: number,
  more: readonly IppAttribute[],
  data?: Uint8Array,
): Promise<IppAttributes | undefined> {
  const attributes: IppAttribute[] = [
    { name: 'attributes-charset', tag: TAG.charset, values: ['utf-8'] },
    { name: 'attributes-natural-language', tag: TAG.language, values: ['en'] },
    { name: 'printer-uri', tag: TAG.uri, values: [url] },
    ...more,
  ];
  const groups = [{ tag: GROUP.operation, attributes }];
  const reply = decodeMessage(
    await exchange(encodeMessage({ code, requestId: 1, groups, data }), LIMIT_MS),
  );
  return reply.groups.find(({ tag }) => tag === GROUP.job)?.attributes;
}
