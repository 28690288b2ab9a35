/**
 * The payment unit as a thing of its own: the model at the far end of a pseudo-terminal, with its own memory on the disk
 * and its own control socket. It knows what it holds and what it took, whatever becomes of the kiosk. Needs `socat`.
 */

import { join } from 'node:path';
import { memoryInFile } from '../devices/payment/sim-memory.ts';
import { controlSimUnit, type Plug } from '../devices/payment/sim-payment.ts';
import { SimUnit } from '../devices/payment/sim-unit.ts';
import { openControlSocket } from '../devices/sim-control.ts';
import { openPtyLine, type PtyLine } from './pty-line.ts';

export interface PtyPaymentUnit {
  /** What a daemon opens as its serial port. */
  readonly path: string;
  /** Where it is driven: the requests of sim-payment.ts. */
  readonly controlPath: string;
  readonly unit: SimUnit;
  readonly plug: Plug;
  stop(): Promise<void>;
}

export interface PtyPaymentOptions {
  /** Where the link to the terminal, the memory and the control socket are made, as `payment-unit`, `.json` and `.sock`. */
  readonly directory: string;
  readonly lateMs?: number | undefined;
  readonly abandonedMs?: number | undefined;
}

/** One directory is one unit: started again on it, it remembers. Rejects when socat is missing or makes no terminal. */
export async function startPtyPaymentUnit(options: PtyPaymentOptions): Promise<PtyPaymentUnit> {
  const path = join(options.directory, 'payment-unit');
  const controlPath = `${path}.sock`;
  const unit = new SimUnit({ ...options, memory: memoryInFile(`${path}.json`) });
  let line: PtyLine | null = null;
  const plug: Plug = {
    async pull(): Promise<void> {
      unit.connect(undefined);
      await line?.stop();
      line = null;
    },
    async putBack(): Promise<void> {
      if (line !== null) return;
      const opened = await openPtyLine(path, (bytes) => unit.receive(bytes));
      unit.connect((bytes) => opened.send(bytes));
      line = opened;
    },
  };
  await plug.putBack();
  const control = await openControlSocket(controlPath, (request) =>
    controlSimUnit(unit, plug, request),
  );
  const stop = async (): Promise<void> => {
    await control.close();
    await plug.pull();
  };
  return { path, controlPath, unit, plug, stop };
}
