/**
 * The way of a PIN to the card process: a pipe of its own beside the IPC channel, whose messages are serialised into
 * buffers that nobody can overwrite. The digits are in the pipe before the message that speaks of them is sent, so
 * reading never waits.
 */

import { readSync } from 'node:fs';
import type { Writable } from 'node:stream';
import { CARD_PIN_DIGITS } from '../../src/domain/card-pin.ts';

/** Descriptor in the card process: the first after stdin, stdout, stderr and IPC. */
export const PIN_PIPE = 4;

/** Overwrites `pin` once it is written. Rejects when the process is gone. */
export async function writePin(pipe: Writable, pin: Uint8Array): Promise<void> {
  try {
    await new Promise<void>((resolve, reject) => {
      pipe.write(pin, (error) => (error ? reject(error) : resolve()));
    });
  } finally {
    pin.fill(0);
  }
}

/** The PIN that was written for the message at hand, four bytes. The caller overwrites it. */
export function readPin(): Uint8Array {
  const pin = new Uint8Array(new ArrayBuffer(CARD_PIN_DIGITS));
  const bytes = readSync(PIN_PIPE, pin);
  if (bytes !== pin.length) throw new Error('the pipe of the PIN ended');
  return pin;
}
