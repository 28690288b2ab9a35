/**
 * The bench group "receipt": from the durable entry to the printer's word that the paper came out, over a real serial
 * line (a pseudo-terminal) to a modelled printer that prints in no time.
 */

import { withSite } from '../rig/site.ts';
import { type Bench, reportTimes } from './figures.ts';
import { publish } from './gate.ts';

const RECEIPTS = 50;
const QUICK_RECEIPTS = 10;

export async function receiptBench({ report, quick }: Bench): Promise<void> {
  const receipts = quick ? QUICK_RECEIPTS : RECEIPTS;
  await withSite({}, async (site) => {
    const cards = await publish(site, { rows: receipts, cards: receipts });
    await site.openGate();
    const times: number[] = [];
    for (const { card } of cards) {
      const after = site.gate.lines.all.length;
      const granted = await site.tap(card);
      const done = await site.gate.next({ event: 'print.done' }, after);
      times.push(Date.parse(String(done['at'])) - Date.parse(String(granted['at'])));
    }
    const bytes = Math.round(site.printer.receivedBytes / receipts);
    reportTimes(report, 'receipt.printed', times, { modelled: true, bytes });
  });
}
