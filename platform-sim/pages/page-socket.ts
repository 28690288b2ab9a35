/** What goes over the websocket of a page, in both directions. */

import type { WebSocket } from 'ws';
import type { z } from 'zod';

/** RFC 6455 7.4.1. */
export const CLOSE = { goingAway: 1001, wrongData: 1008, tryLater: 1013 } as const;
/** A page that does not read is let go, and comes back when it wakes. */
const BUFFERED_BYTES_MAX = 4_194_304;

/** Null for what no page of ours sends. */
export function heardFrom<Frame>(schema: z.ZodType<Frame>, text: string): Frame | null {
  try {
    return schema.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    return null;
  }
}

/** Nothing for a page that has gone. */
export function tellPage<Message>(socket: WebSocket, message: Message): void {
  if (socket.readyState !== socket.OPEN) return;
  if (socket.bufferedAmount > BUFFERED_BYTES_MAX) socket.terminate();
  else socket.send(JSON.stringify(message));
}
