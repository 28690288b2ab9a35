/**
 * Holds a virtual card on vpcd, the virtual reader of pcscd (vsmartcard). The card is the TCP client. Each message is
 * its length in two bytes, big-endian, and so many bytes; one byte is a control, more are a command APDU.
 */

import { connect, type Socket } from 'node:net';
import type { SimCard } from './sim-card.ts';

/** The port of the first slot, as the Debian package of vpcd has it. */
export const VPCD_PORT = 35_963;

/**
 * What a card without power answers: nothing that has a status word. vpcd ends the connection of a card that says
 * nothing at all; this one still lies there, and the next reader to power it will be answered.
 */
const NO_ANSWER = Uint8Array.of(0x00);

const CONTROL = { off: 0x00, on: 0x01, reset: 0x02, atr: 0x04 } as const;

export interface HeldCard {
  /** Takes the card away, also in the middle of a command. Resolves when vpcd's connection is closed. */
  remove(): Promise<void>;
  /** Resolves when the card is away: by `remove`, by a fault of the card, or because vpcd went. */
  readonly removed: Promise<void>;
}

/**
 * Puts the card on the reader. pcscd notices within its polling time (400 ms in Debian). Rejects when no vpcd listens.
 * One card a slot: a second one waits unseen until the first is gone.
 */
export async function holdOnVpcd(
  card: SimCard,
  options: { readonly host?: string; readonly port?: number } = {},
): Promise<HeldCard> {
  const socket = connect({
    host: options.host ?? '127.0.0.1',
    port: options.port ?? VPCD_PORT,
    noDelay: true,
  });
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve).once('error', reject);
  });
  const removed = new Promise<void>((resolve) => {
    socket.once('close', () => {
      card.powerOff();
      resolve();
    });
  });
  // An error is followed by `close`, which says all there is to say.
  socket.on('error', () => undefined);
  readMessages(socket, (message) => void answer(card, socket, message));
  return {
    removed,
    async remove() {
      socket.destroy();
      await removed;
    },
  };
}

/** Messages arrive in any pieces. Two length bytes bound what is kept. */
function readMessages(socket: Socket, onMessage: (message: Buffer) => void): void {
  let pending = Buffer.alloc(0);
  socket.on('data', (piece: Buffer) => {
    pending = Buffer.concat([pending, piece]);
    while (pending.length >= 2) {
      const end = 2 + pending.readUInt16BE();
      if (pending.length < end) return;
      onMessage(pending.subarray(2, end));
      pending = pending.subarray(end);
    }
  });
}

async function answer(card: SimCard, socket: Socket, message: Buffer): Promise<void> {
  if (message.length > 1) {
    try {
      send(socket, card.isPowered ? await card.transmit(message) : NO_ANSWER);
    } catch {
      // No card answers any more: it left by a fault, or lost its power under the command.
      socket.destroy();
    }
    return;
  }
  switch (message[0]) {
    case CONTROL.off:
      card.powerOff();
      break;
    case CONTROL.on:
      card.powerOn();
      break;
    case CONTROL.reset:
      card.reset();
      break;
    case CONTROL.atr:
      send(socket, card.atr);
      break;
    default:
      // Empty messages and controls that this card does not know are nothing to answer to.
      break;
  }
}

function send(socket: Socket, bytes: Uint8Array): void {
  const length = Buffer.alloc(2);
  length.writeUInt16BE(bytes.length);
  socket.write(Buffer.concat([length, bytes]));
}
