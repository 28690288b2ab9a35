/**
 * The bench group "receipt": from the durable entry to the printer's word that the paper came out, over a real serial
 * line (a pseudo-terminal) to a modelled printer that prints in no time.
 */

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { askControlSocket } from '../../devices/sim-control.ts';
import { startPtyPrinter } from '../../platform-sim/pty-printer.ts';
import { type Bench, reportTimes } from './figures.ts';
import { ANSWER_MS_MAX, inService, withGateSite } from './gate.ts';

const RECEIPTS = 50;
const QUICK_RECEIPTS = 10;

export async function receiptBench({ report, quick }: Bench): Promise<void> {
  const receipts = quick ? QUICK_RECEIPTS : RECEIPTS;
  const directory = await mkdtemp(join(tmpdir(), 'kazasu-bench-printer-'));
  const pty = await startPtyPrinter({ directory });
  const shape = {
    rows: receipts,
    cards: receipts,
    reader: 'simulated',
    printer: pty.path,
  } as const;
  try {
    await withGateSite(shape, async (site) => {
      await site.startPlatform();
      const gate = site.startGate();
      await inService(gate);
      const socket = join(site.state, 'sim-card.sock');
      const whole: number[] = [];
      for (const { card } of site.cards) {
        const before = gate.lines.all.length;
        await askControlSocket(socket, { do: 'hold', card });
        const granted = await gate.lines.next({ event: 'entry.granted' }, before, ANSWER_MS_MAX);
        const done = await gate.lines.next({ event: 'print.done' }, before, ANSWER_MS_MAX);
        whole.push(Date.parse(done['at'] as string) - Date.parse(granted['at'] as string));
        await askControlSocket(socket, { do: 'remove' });
      }
      const bytes = Math.round(pty.printer.receivedBytes / receipts);
      reportTimes(report, 'receipt.printed', whole, { modelled: true, bytes });
    });
  } finally {
    await pty.stop();
    await rm(directory, { recursive: true, force: true });
  }
}
