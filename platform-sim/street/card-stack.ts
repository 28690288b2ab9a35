/**
 * Where the street's residents hold their cards at one terminal: over a real pcscd when that can be had, else in the
 * terminal's process. The first terminal has the system's pcscd; each other one has a pcscd of its own, as if it were
 * another machine, so that what happens to one reader happens to no other.
 */

import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type CardDefinition, SimCard, type TriesLeft } from '../../devices/card/sim-card.ts';
import { holdOnVpcd, VPCD_PORT } from '../../devices/card/vpcd.ts';
import { askControlSocket, type ControlReply } from '../../devices/sim-control.ts';
import {
  missingParts,
  type Pcscd,
  pcscdIsRunning,
  startPcscd,
  VPCD_READER,
  VPCD_READERS,
  vpcdIsReachable,
} from '../pcscd.ts';

const RESTART_MS = 1_000;

export interface HeldOver {
  /** Resolves with how often its PIN and password may still be wrong, as far as it has them and anybody could tell. */
  remove(): Promise<TriesLeft>;
}

export interface CardStack {
  /** The `[card]` table of the terminal's configuration. */
  readonly config: string;
  /** One line for people: what is real. */
  readonly says: string;
  /** What the terminal's process needs in its environment to find the reader. */
  readonly environment: Readonly<Record<string, string>>;
  /** Whether the reader is simulated inside the terminal's process and dies with it. */
  readonly livesInTerminal: boolean;
  /** Whether the reader can be unplugged here. */
  readonly canUnplug: boolean;
  /** Whether there is a PC/SC service that may be killed. */
  readonly canRestart: boolean;
  /** Over a reader that is unplugged or dead nothing happens, as in the world. `onCommand`: how many the card got. */
  hold(card: CardDefinition, onCommand?: (count: number) => void): Promise<HeldOver>;
  /** Kills the service behind the reader and starts it again after a second. Rejects where it is not the street's. */
  restart(): Promise<void>;
  unplug(): Promise<void>;
  plug(): Promise<void>;
  close(): Promise<void>;
}

export interface CardStackOptions {
  /** Of its own pcscd, with the shim. */
  readonly directory: string;
  /** Where the terminal's simulators open their control sockets. */
  readonly state: string;
  /** Which terminal of the street it is, from 0. */
  readonly number: number;
}

export async function openCardStack({
  directory,
  state,
  number,
}: CardStackOptions): Promise<CardStack> {
  if (process.getuid?.() !== 0) {
    return (await reusable())
      ? overForeignPcscd('a pcscd that was running', number, state)
      : inProcess(state, 'not root');
  }
  const missing = await missingParts();
  if (missing.length > 0) return inProcess(state, `missing: ${missing.join(', ')}`);
  if (number > 0) return overOwnPcscd(directory, false);
  if (await pcscdIsRunning()) {
    return (await reusable())
      ? overForeignPcscd('the pcscd that was running', number, state)
      : inProcess(state, 'the running pcscd has no virtual reader');
  }
  return overOwnPcscd(directory, true);
}

async function reusable(): Promise<boolean> {
  return (await pcscdIsRunning()) && (await vpcdIsReachable());
}

/** A virtual card that tells how many commands it was asked. */
class WatchedCard extends SimCard {
  readonly #onCommand: (count: number) => void;
  #count = 0;

  constructor(definition: CardDefinition, onCommand: (count: number) => void) {
    super(definition);
    this.#onCommand = onCommand;
  }

  override transmit(bytes: Uint8Array): Promise<Uint8Array> {
    this.#count += 1;
    this.#onCommand(this.#count);
    return super.transmit(bytes);
  }
}

const NOTHING_HELD: HeldOver = { remove: async () => ({}) };

async function holdOverVpcd(
  port: number,
  card: CardDefinition,
  onCommand: (count: number) => void = () => {},
): Promise<HeldOver> {
  try {
    const watched = new WatchedCard(card, onCommand);
    const held = await holdOnVpcd(watched, { port });
    return {
      async remove() {
        await held.remove();
        return watched.triesLeft;
      },
    };
  } catch (error) {
    if (isNobodyThere(error)) return NOTHING_HELD;
    throw error;
  }
}

function isNobodyThere(error: unknown): boolean {
  return ['ECONNREFUSED', 'ENOENT'].includes((error as NodeJS.ErrnoException).code ?? '');
}

function notOurs(): Promise<never> {
  return Promise.reject(new Error('this pcscd was not started here'));
}

/** It belongs to somebody else, who would miss it; a slot of it for each of the first terminals. */
function overForeignPcscd(how: string, number: number, state: string): CardStack {
  const reader = VPCD_READERS[number];
  if (reader === undefined) return inProcess(state, 'the running pcscd has no slot left');
  return {
    config: pcscConfig(reader),
    says: saysOfPcscd(how, reader),
    environment: {},
    livesInTerminal: false,
    canUnplug: false,
    canRestart: false,
    hold: (card, onCommand) => holdOverVpcd(VPCD_PORT + number, card, onCommand),
    restart: notOurs,
    unplug: notOurs,
    plug: notOurs,
    close: async () => {},
  };
}

function pcscConfig(reader: string): string {
  return `driver = "pcsc"\nreader = "${reader}"`;
}

function saysOfPcscd(how: string, reader: string): string {
  return `cards: virtual cards on the real PC/SC stack (${how}, reader "${reader}")`;
}

async function overOwnPcscd(directory: string, system: boolean): Promise<CardStack> {
  const start = (withoutReader: boolean) => startPcscd({ directory, system, withoutReader });
  let pcscd: Pcscd = await start(false);
  let plugged = true;
  const again = async () => {
    await pcscd.stop();
    pcscd = await start(!plugged);
  };
  return {
    config: pcscConfig(VPCD_READER),
    says: saysOfPcscd('pcscd started here', VPCD_READER),
    environment: pcscd.env,
    livesInTerminal: false,
    canUnplug: true,
    canRestart: true,
    hold: (card, onCommand) => holdOverVpcd(pcscd.port, card, onCommand),
    async restart() {
      pcscd.kill('SIGKILL');
      await pcscd.exited;
      await delay(RESTART_MS);
      pcscd = await start(!plugged);
    },
    // pcscd has no serial reader come or go while it runs: it is started anew, and without the reader.
    async unplug() {
      plugged = false;
      await again();
    },
    async plug() {
      plugged = true;
      await again();
    },
    close: () => pcscd.stop(),
  };
}

function inProcess(state: string, why: string): CardStack {
  const socket = join(state, 'sim-card.sock');
  return {
    config: 'driver = "simulated"',
    says: `cards: simulated in the terminal's process, times are modelled (${why})`,
    environment: {},
    livesInTerminal: true,
    canUnplug: true,
    canRestart: false,
    async hold(card) {
      try {
        await askControlSocket(socket, { do: 'hold', card });
      } catch (error) {
        if (isNobodyThere(error)) return NOTHING_HELD;
        throw error;
      }
      return {
        async remove() {
          // A card that was taken away early is gone already.
          const reply = await askControlSocket(socket, { do: 'remove' }).catch(() => null);
          return triesIn(reply ?? {});
        },
      };
    },
    async restart() {
      throw new Error('there is no PC/SC service: the reader is simulated');
    },
    async unplug() {
      await askControlSocket(socket, { do: 'unplug' });
    },
    async plug() {
      await askControlSocket(socket, { do: 'plug' });
    },
    close: async () => {},
  };
}

function triesIn({ pinTriesLeft, passwordTriesLeft }: ControlReply): TriesLeft {
  if (typeof pinTriesLeft !== 'number' || typeof passwordTriesLeft !== 'number') return {};
  return { pinTriesLeft, passwordTriesLeft };
}
