/**
 * A serial port of which the modem lines alone are used (ITU-T V.24), as wires: TXD held in break is the one out, CTS and DSR
 * are those in. Not RTS or DTR: whoever opens a port on Linux raises both, and every start would set something off.
 */

import { SerialPort } from 'serialport';

/** Never used: nothing is sent as bytes. */
const BAUD = 9_600;

/** What is used of a serial port. */
export type LinePort = Pick<SerialPort, 'get' | 'set' | 'close' | 'isOpen' | 'on'>;

/** Rejects when the port can't be opened. */
export function openLinePort(path: string): Promise<LinePort> {
  return new Promise((resolve, reject) => {
    const port = new SerialPort({ path, baudRate: BAUD, autoOpen: false });
    port.open((error) => (error ? reject(error) : resolve(port)));
  });
}

export class ModemLines {
  readonly #port: LinePort;
  #isClosing = false;

  /** `onLost` is told once, and not when it was closed here. */
  constructor(port: LinePort, onLost: (reason: string) => void) {
    this.#port = port;
    let isLost = false;
    const lost = (reason: string): void => {
      if (this.#isClosing || isLost) return;
      isLost = true;
      onLost(reason);
    };
    port.on('close', () => lost('the port closed'));
    port.on('error', (error: Error) => lost(error.message));
  }

  /** The levels of the lines that come in. */
  look(): Promise<{ readonly cts: boolean; readonly dsr: boolean }> {
    return new Promise((resolve, reject) =>
      this.#port.get((error, lines) => {
        if (error) reject(error);
        else resolve({ cts: lines?.cts === true, dsr: lines?.dsr === true });
      }),
    );
  }

  /** The line that goes out. */
  raise(on: boolean): Promise<void> {
    return new Promise((resolve, reject) =>
      this.#port.set({ brk: on }, (error) => (error ? reject(error) : resolve())),
    );
  }

  async close(): Promise<void> {
    this.#isClosing = true;
    if (!this.#port.isOpen) return;
    await new Promise<void>((resolve) => this.#port.close(() => resolve()));
  }
}
