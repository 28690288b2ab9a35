/** A new PIN from a keyboard, twice and without echo, or from a pipe. */

import type { ReadStream } from 'node:tty';
import { hasPinLength, PIN_DIGITS, PinVault } from '../pin-vault.ts';

/** In words for the person at the keyboard. */
export class PinEntryError extends Error {}

const BYTES_MAX = 1_024;
const KEY = { interrupt: 0x03, end: 0x04, backspace: 0x08, newline: 0x0a, enter: 0x0d, rub: 0x7f };

/** Throws PinEntryError. `prompt` writes where a person reads. */
export async function readNewPin(
  input: ReadStream,
  prompt: (text: string) => void,
): Promise<PinVault> {
  const bytes = bytesOf(input);
  if (!input.isTTY) return readPin(bytes);
  input.setRawMode(true);
  try {
    prompt('New PIN: ');
    const first = await readPin(bytes);
    prompt('\nThe same again: ');
    const again = await readPin(bytes);
    prompt('\n');
    const isSame = first.equals(again);
    again.wipe();
    if (!isSame) throw new PinEntryError('the two are not the same');
    return first;
  } finally {
    input.setRawMode(false);
    await bytes.return(undefined);
  }
}

/** One line. The end of the input ends it too. */
async function readPin(bytes: AsyncGenerator<number, void, void>): Promise<PinVault> {
  const vault = new PinVault();
  let isPin = true;
  for (let read = 0; read < BYTES_MAX; read += 1) {
    const { value: byte = KEY.end } = await bytes.next();
    if (byte === KEY.interrupt) throw new PinEntryError('interrupted');
    if (byte === KEY.newline || byte === KEY.enter || byte === KEY.end) break;
    if (byte === KEY.backspace || byte === KEY.rub) vault.erase();
    else isPin = vault.addByte(byte) && isPin;
  }
  if (isPin && hasPinLength(vault.length)) return vault;
  vault.wipe();
  throw new PinEntryError(
    `a PIN has ${PIN_DIGITS.least} to ${PIN_DIGITS.most} digits, and nothing else`,
  );
}

/** What was read is overwritten behind the reader. */
async function* bytesOf(input: ReadStream): AsyncGenerator<number, void, void> {
  for await (const chunk of input as AsyncIterable<Buffer>) {
    for (let at = 0; at < chunk.length; at += 1) {
      const byte = chunk.readUInt8(at);
      chunk[at] = 0;
      yield byte;
    }
  }
}
