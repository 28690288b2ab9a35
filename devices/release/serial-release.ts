/**
 * A relay on the lines of a serial port (ITU-T V.24): TXD held in break is the pulse, CTS says that the machine is ready.
 * Not RTS or DTR: whoever opens a port on Linux raises both, and every start would hand something out.
 */

import { setTimeout as wait } from 'node:timers/promises';
import { SerialPort } from 'serialport';
import { pulse, type Wires } from './pulse.ts';
import type { OpenReleaseLine, ReleaseLine, ReleaseListener } from './release.ts';

/** Never used: nothing is sent as bytes. */
const BAUD = 9_600;

export function openSerialRelease({ path }: { readonly path: string }): OpenReleaseLine {
  return async (listener) => {
    const port = await openPort(path);
    return new SerialRelease(path, port, listener);
  };
}

/** What is used of a serial port. */
type Port = Pick<SerialPort, 'get' | 'set' | 'close' | 'isOpen' | 'on'>;

export class SerialRelease implements ReleaseLine {
  readonly name: string;
  readonly modelled = false;
  readonly #port: Port;
  #isClosing = false;

  constructor(path: string, port: Port, listener: ReleaseListener) {
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

  release() {
    return pulse(wiresOf(this.#port), async (ms) => wait(ms));
  }

  async close(): Promise<void> {
    this.#isClosing = true;
    if (!this.#port.isOpen) return;
    await new Promise<void>((resolve) => this.#port.close(() => resolve()));
  }
}

function wiresOf(port: Port): Wires {
  return {
    isReady: () =>
      new Promise((resolve, reject) =>
        port.get((error, lines) => (error ? reject(error) : resolve(lines?.cts === true))),
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
