/**
 * `kazasu.neighbour`: everything that gates of one venue, or readers of one shelter, say to each other. Both sides say the same, whichever of them
 * opened the socket: JSON frames on one websocket for two gates, over TLS 1.3 with both certificates. Every frame is parsed
 * here, and so is every fact in one.
 */

import { z } from 'zod';
import { NAME } from '../link/protocol.ts';
import { FACT_BYTES } from '../link/upload-protocol.ts';

/** The newest first: a gate takes the first that it knows. Readers of a shelter need 1.1, which has topics and `marks`. */
export const SUBPROTOCOLS = ['kazasu.neighbour.v1.1', 'kazasu.neighbour.v1'] as const;
/** Of this one, what is told belongs to a list, and nothing else. */
export const LISTS_ONLY: string = SUBPROTOCOLS[1];

/** Limits that both sides hold each other to. */
export const LIMITS = {
  frameBytes: 1_048_576,
  /** Of a frame of facts: few, because each is verified between two taps. */
  facts: 32,
  factsBytes: 262_144,
  lists: 16,
  /** Of one list: a gate has one, and one more for each ledger that it began anew. */
  streams: 1_024,
  connections: 128,
  /** Keys of marks of one shelter. */
  marks: 16,
  frames: { atOnce: 200, perSecond: 100 },
} as const;

/** Both sides, by a timer that nothing re-arms. Two missed: a gate that is gone is noticed in 4 to 6 seconds. */
export const BEAT_MS = 2_000;
export const MISSED_BEATS = 2;

/** Websocket close codes (RFC 6455 7.4.2). */
export const CLOSE = {
  /** A frame that is not of the protocol, or not now. */
  notOfTheProtocol: 4000,
  /** Another socket of the same two gates took over. */
  replaced: 4001,
  /** The other side is not the gate that it says, or this very gate. */
  identity: 4003,
  silent: 4008,
  ending: 1001,
} as const;

const sha256 = z.string().regex(/^[0-9a-f]{64}$/u, 'SHA-256 in lower-case hex');
/** A list, or of a shelter `list/shelter`: what facts are told of, and who is told. */
const TOPIC = z.union([
  NAME,
  z.string().regex(/^[a-z0-9][a-z0-9._-]{0,63}\/[a-z0-9][a-z0-9._-]{0,63}$/u),
]);

const HELLO = z.strictObject({
  frame: z.literal('hello'),
  terminal: NAME,
  /** Made anew at each start. */
  instance: z.uuid(),
  lists: z.array(TOPIC).max(LIMITS.lists),
  software: z.string().max(64),
});

const HAVE = z.strictObject({
  frame: z.literal('have'),
  list: TOPIC,
  streams: z
    .array(z.strictObject({ terminal: NAME, epoch: z.uuid(), upto: z.int().nonnegative() }))
    .max(LIMITS.streams),
});

const FACTS = z.strictObject({
  frame: z.literal('facts'),
  list: TOPIC,
  terminal: NAME,
  epoch: z.uuid(),
  certificate: z.base64().max(5_500),
  items: z
    .array(
      z.strictObject({
        before: sha256,
        text: z.string().max(FACT_BYTES),
        signature: z.base64().max(684),
      }),
    )
    .min(1)
    .max(LIMITS.facts),
});

const MARKS = z.strictObject({
  frame: z.literal('marks'),
  list: TOPIC,
  keys: z.array(z.base64().length(44)).min(1).max(LIMITS.marks),
});

export const NEIGHBOUR_FRAME = z.discriminatedUnion('frame', [
  HELLO,
  HAVE,
  FACTS,
  MARKS,
  z.strictObject({ frame: z.literal('beat') }),
]);
export type NeighbourFrame = z.infer<typeof NEIGHBOUR_FRAME>;
export type Hello = z.infer<typeof HELLO>;
export type Have = z.infer<typeof HAVE>;
export type FactsFrame = z.infer<typeof FACTS>;
export type SignedText = FactsFrame['items'][number];

/** Null for whatever is no frame. */
export function parseFrame(text: string): NeighbourFrame | null {
  try {
    return NEIGHBOUR_FRAME.parse(JSON.parse(text));
  } catch {
    return null;
  }
}
