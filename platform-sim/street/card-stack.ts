/** Where the street's residents hold their cards: over the real pcscd when that can be had, else in the gate's process. */

import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type CardDefinition, SimCard } from '../../devices/card/sim-card.ts';
import { holdOnVpcd, VPCD_PORT } from '../../devices/card/vpcd.ts';
import { askControlSocket } from '../../devices/sim-control.ts';
import {
  missingParts,
  type Pcscd,
  pcscdIsRunning,
  startPcscd,
  VPCD_READER,
  vpcdIsReachable,
} from '../pcscd.ts';

const RESTART_MS = 1_000;

export interface HeldOver {
  remove(): Promise<void>;
}

export interface CardStack {
  /** The `[card]` table of the gate's configuration. */
  readonly config: string;
  /** One line for people: what is real. */
  readonly says: string;
  hold(card: CardDefinition): Promise<HeldOver>;
  /** Kills the service behind the reader and starts it again after a second. Rejects where it is not the street's. */
  restart(): Promise<void>;
  close(): Promise<void>;
}

/** `directory`: for the shim; `gateState`: where the gate's simulators open their control sockets. */
export async function openCardStack(directory: string, gateState: string): Promise<CardStack> {
  if (process.getuid?.() !== 0) {
    return (await reusable())
      ? overPcscd(null, 'a pcscd that was running')
      : inProcess(gateState, 'not root');
  }
  const missing = await missingParts();
  if (missing.length > 0) return inProcess(gateState, `missing: ${missing.join(', ')}`);
  if (await pcscdIsRunning()) {
    return (await reusable())
      ? overPcscd(null, 'the pcscd that was running')
      : inProcess(gateState, 'the running pcscd has no virtual reader');
  }
  const start = () => startPcscd({ directory: join(directory, 'pcscd'), system: true });
  return overPcscd(start, 'pcscd started here');
}

async function reusable(): Promise<boolean> {
  return (await pcscdIsRunning()) && (await vpcdIsReachable());
}

/** `start`: null for a pcscd that belongs to somebody else. */
async function overPcscd(start: (() => Promise<Pcscd>) | null, how: string): Promise<CardStack> {
  let pcscd = (await start?.()) ?? null;
  return {
    config: `driver = "pcsc"\nreader = "${VPCD_READER}"`,
    says: `cards: virtual cards on the real PC/SC stack (${how}, reader "${VPCD_READER}")`,
    hold: (card) => holdOnVpcd(new SimCard(card), { port: VPCD_PORT }),
    async restart() {
      if (start === null || pcscd === null) throw new Error('this pcscd was not started here');
      pcscd.kill('SIGKILL');
      await pcscd.exited;
      await delay(RESTART_MS);
      pcscd = await start();
    },
    async close() {
      await pcscd?.stop();
    },
  };
}

function inProcess(gateState: string, why: string): CardStack {
  const socket = join(gateState, 'sim-card.sock');
  return {
    config: 'driver = "simulated"',
    says: `cards: simulated in the gate's process, times are modelled (${why})`,
    async hold(card) {
      await askControlSocket(socket, { do: 'hold', card });
      return {
        async remove() {
          // A card that was taken away early is gone already.
          await askControlSocket(socket, { do: 'remove' }).catch(() => {});
        },
      };
    },
    async restart() {
      throw new Error('there is no PC/SC service: the reader is simulated');
    },
    close: async () => {},
  };
}
