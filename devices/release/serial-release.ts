/** A relay on the lines of a serial port (devices/modem-lines.ts): break is the pulse, CTS says that the machine is ready. */

import { setTimeout as wait } from 'node:timers/promises';
import { type LinePort, ModemLines, openLinePort } from '../modem-lines.ts';
import { pulse } from './pulse.ts';
import type { OpenReleaseLine, ReleaseLine, ReleaseListener } from './release.ts';

export function openSerialRelease({ path }: { readonly path: string }): OpenReleaseLine {
  return async (listener) => new SerialRelease(path, await openLinePort(path), listener);
}

export class SerialRelease implements ReleaseLine {
  readonly name: string;
  readonly modelled = false;
  readonly #lines: ModemLines;

  constructor(path: string, port: LinePort, listener: ReleaseListener) {
    this.name = path;
    this.#lines = new ModemLines(port, (reason) => listener.onLost(reason));
  }

  release() {
    const wires = {
      isReady: async () => (await this.#lines.look()).cts,
      raise: (on: boolean) => this.#lines.raise(on),
    };
    return pulse(wires, async (ms) => wait(ms));
  }

  close(): Promise<void> {
    return this.#lines.close();
  }
}
