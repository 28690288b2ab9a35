/**
 * The way of a PIN or password to the card process: a pipe of its own beside the IPC channel, whose messages are serialised
 * into buffers that nobody can overwrite. It is in the pipe, behind one byte with its length, before the message that
 * speaks of it is sent, so reading never waits.
 */

import { readSync } from 'node:fs';
import type { Writable } from 'node:stream';

/** Descriptor in the card process: the first after stdin, stdout, stderr and IPC. */
export const PIN_PIPE = 4;

const SECRET_BYTES_MAX = 255;

/** Overwrites `secret` once it is written. Rejects when the process is gone. */
export async function writeSecret(pipe: Writable, secret: Uint8Array): Promise<void> {
  if (secret.length > SECRET_BYTES_MAX) throw new RangeError('a secret has 255 bytes at most');
  const framed = new Uint8Array(new ArrayBuffer(1 + secret.length));
  framed[0] = secret.length;
  framed.set(secret, 1);
  secret.fill(0);
  try {
    await new Promise<void>((resolve, reject) => {
      pipe.write(framed, (error) => (error ? reject(error) : resolve()));
    });
  } finally {
    framed.fill(0);
  }
}

/** What was written for the message at hand. The caller overwrites it. */
export function readSecret(): Uint8Array {
  const [length = 0] = readBytes(1);
  return readBytes(length);
}

function readBytes(length: number): Uint8Array {
  // Memory of its own, which nothing copies.
  const bytes = new Uint8Array(new ArrayBuffer(length));
  if (readSync(PIN_PIPE, bytes) !== length) throw new Error('the pipe of the PIN ended');
  return bytes;
}
