/**
 * A turnstile on the lines of a serial port (ITU-T V.24): TXD held in break is the pulse, as of a release line; CTS says that
 * it is locked and ready, DSR is its passage contact. Not RTS or DTR: whoever opens a port on Linux raises both.
 */

import { setTimeout as wait } from 'node:timers/promises';
import { SerialPort } from 'serialport';
import { letThrough, type Wires } from './passage.ts';
import type { OpenTurnstile, Turnstile, TurnstileListener } from './turnstile.ts';

/** Never used: nothing is sent as bytes. */
const BAUD = 9_600;

export function openSerialTurnstile({ path }: { readonly path: string }): OpenTurnstile {
  return async (listener) => new SerialTurnstile(path, await openPort(path), listener);
}

/** What is used of a serial port. */
type Port = Pick<SerialPort, 'get' | 'set' | 'close' | 'isOpen' | 'on'>;

export class SerialTurnstile implements Turnstile {
  readonly name: string;
  readonly modelled = false;
  readonly #port: Port;
  #isClosing = false;

  constructor(path: string, port: Port, listener: TurnstileListener) {
    this.name = path;
    this.#port = port;
    let isLost = false;
    const lost = (reason: string): void => {
      if (this.#isClosing || isLost) return;
      isLost = true;
      listener.onLost(reason);
    };
    port.on('close', () => lost('the port closed'));
    port.on('error', (error: Error) => lost(error.message));
  }

  letThrough(signal: AbortSignal) {
    return letThrough(wiresOf(this.#port), async (ms) => wait(ms), signal);
  }

  async close(): Promise<void> {
    this.#isClosing = true;
    if (!this.#port.isOpen) return;
    await new Promise<void>((resolve) => this.#port.close(() => resolve()));
  }
}

function wiresOf(port: Port): Wires {
  return {
    look: () =>
      new Promise((resolve, reject) =>
        port.get((error, lines) => {
          if (error) reject(error);
          else resolve({ ready: lines?.cts === true, contact: lines?.dsr === true });
        }),
      ),
    raise: (on) =>
      new Promise((resolve, reject) =>
        port.set({ brk: on }, (error) => (error ? reject(error) : resolve())),
      ),
  };
}

function openPort(path: string): Promise<SerialPort> {
  return new Promise((resolve, reject) => {
    const port = new SerialPort({ path, baudRate: BAUD, autoOpen: false });
    port.open((error) => (error ? reject(error) : resolve(port)));
  });
}
