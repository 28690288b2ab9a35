/**
 * A turnstile on the lines of a serial port (devices/modem-lines.ts): break is the pulse, as of a release line; CTS says that
 * it is locked and ready, DSR is its passage contact.
 */

import { setTimeout as wait } from 'node:timers/promises';
import { type LinePort, ModemLines, openLinePort } from '../modem-lines.ts';
import { letThrough } from './passage.ts';
import type { OpenTurnstile, Turnstile, TurnstileListener } from './turnstile.ts';

export function openSerialTurnstile({ path }: { readonly path: string }): OpenTurnstile {
  return async (listener) => new SerialTurnstile(path, await openLinePort(path), listener);
}

export class SerialTurnstile implements Turnstile {
  readonly name: string;
  readonly modelled = false;
  readonly #lines: ModemLines;

  constructor(path: string, port: LinePort, listener: TurnstileListener) {
    this.name = path;
    this.#lines = new ModemLines(port, (reason) => listener.onLost(reason));
  }

  letThrough(signal: AbortSignal) {
    const wires = {
      look: async () => {
        const { cts, dsr } = await this.#lines.look();
        return { ready: cts, contact: dsr };
      },
      raise: (on: boolean) => this.#lines.raise(on),
    };
    return letThrough(wires, async (ms) => wait(ms), signal);
  }

  close(): Promise<void> {
    return this.#lines.close();
  }
}
