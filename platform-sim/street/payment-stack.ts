/** The street's payment unit: a model with its own memory behind a real serial line (socat's PTY), or in the terminal. */

import { access, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { askControlSocket } from '../../devices/sim-control.ts';
import { startPtyPaymentUnit } from '../payment-unit.ts';
import type { PlaceShown, StreetPiece } from './messages.ts';

type PaymentShown = NonNullable<PlaceShown['payment']>;

export interface PaymentStack {
  /** The `[payment]` table of the terminal's configuration. */
  readonly config: string;
  readonly says: string;
  /** What no payment waits for falls into the tray. */
  insert(piece: StreetPiece): Promise<void>;
  /** Somebody's e-money is held to its reader; a wallet that it sees for the first time has 5,000 yen. */
  touch(who: string): Promise<void>;
  /** Resolves with what lay in the tray, in yen. */
  takeTray(): Promise<number>;
  shown(): Promise<PaymentShown>;
  /** Yen that it has taken for good. */
  takings(): Promise<number>;
  unplug(): Promise<void>;
  plug(): Promise<void>;
  close(): Promise<void>;
}

export async function openPaymentStack(directory: string, state: string): Promise<PaymentStack> {
  const socat = await access('/usr/bin/socat').then(
    () => true,
    () => false,
  );
  if (!socat) {
    const says = "payment: simulated in the terminal's process (missing: socat)";
    return driven(join(state, 'sim-payment.sock'), 'driver = "simulated"', says, async () => {});
  }
  // Another evening: nobody's money is in it.
  await rm(join(directory, 'payment-unit.json'), { force: true });
  const { path, controlPath, stop } = await startPtyPaymentUnit({ directory });
  const config = `driver = "serial"\npath = ${JSON.stringify(path)}`;
  const says = `payment: a modelled unit for coins and e-money on a real serial line (${path})`;
  return driven(controlPath, config, says, stop);
}

function driven(
  socket: string,
  config: string,
  says: string,
  close: () => Promise<void>,
): PaymentStack {
  const tell = async (request: { readonly do: string; readonly [name: string]: unknown }) =>
    await askControlSocket(socket, request);
  return {
    ...{ config, says, close },
    async insert(piece) {
      await tell({ do: 'insert', piece });
    },
    async touch(who) {
      await tell({ do: 'touch', wallet: who });
    },
    async takeTray() {
      return sum((await tell({ do: 'take' }))['taken']);
    },
    async shown() {
      const { tray, open } = await tell({ do: 'look' });
      const state = (open as { readonly state?: string } | null)?.state;
      return { tray: sum(tray), waits: state === 'collecting' };
    },
    takings: async () => Number((await tell({ do: 'look' }))['takings']),
    async unplug() {
      await tell({ do: 'unplug' });
    },
    async plug() {
      await tell({ do: 'plug' });
    },
  };
}

/** Of pieces, in yen. */
function sum(pieces: unknown): number {
  return Array.isArray(pieces)
    ? pieces.reduce((total: number, each) => total + Number(each), 0)
    : 0;
}
