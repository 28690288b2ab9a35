/**
 * `kazasu.neighbour.v1`: everything that gates of one venue say to each other. Both sides say the same, whichever of them
 * opened the socket: JSON frames on one websocket for two gates, over TLS 1.3 with both certificates. Every frame is parsed
 * here, and so is every fact in one.
 */

import { z } from 'zod';
import { NAME } from '../link/protocol.ts';
import { FACT_BYTES } from '../link/upload-protocol.ts';

export const SUBPROTOCOL = 'kazasu.neighbour.v1';

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

/** The facts of which the state of a ticket is made; no others are told. */
export const TOLD_EVENTS = [
  'entry.granted',
  'entry.undone',
  'entry.passed',
  'entry.not-passed',
  'entry.left',
] as const;
export type ToldEvent = (typeof TOLD_EVENTS)[number];

const sha256 = z.string().regex(/^[0-9a-f]{64}$/u, 'SHA-256 in lower-case hex');
const seq = z.int().positive();

const HELLO = z.strictObject({
  frame: z.literal('hello'),
  terminal: NAME,
  /** Made anew at each start. */
  instance: z.uuid(),
  lists: z.array(NAME).max(LIMITS.lists),
  software: z.string().max(64),
});

const HAVE = z.strictObject({
  frame: z.literal('have'),
  list: NAME,
  streams: z
    .array(z.strictObject({ terminal: NAME, epoch: z.uuid(), upto: z.int().nonnegative() }))
    .max(LIMITS.streams),
});

const FACTS = z.strictObject({
  frame: z.literal('facts'),
  list: NAME,
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

export const NEIGHBOUR_FRAME = z.discriminatedUnion('frame', [
  HELLO,
  HAVE,
  FACTS,
  z.strictObject({ frame: z.literal('beat') }),
]);
export type NeighbourFrame = z.infer<typeof NEIGHBOUR_FRAME>;
export type Hello = z.infer<typeof HELLO>;
export type Have = z.infer<typeof HAVE>;
export type FactsFrame = z.infer<typeof FACTS>;
export type SignedText = FactsFrame['items'][number];

/** What a fact has to be before anything of it counts; the rest of it is the event's own. */
export const TOLD_FACT = z.looseObject({
  terminal: NAME,
  epoch: z.uuid(),
  seq,
  event: z.enum(TOLD_EVENTS),
  subject: z.string().min(3).max(300),
  at: z.iso.datetime(),
  body: z.looseObject({
    list: NAME,
    ticket: z.string().min(1).max(200),
    ref: z.string().max(64).optional(),
    gate: z.string().min(1).max(64),
  }),
});

/** Null for whatever is no frame. */
export function parseFrame(text: string): NeighbourFrame | null {
  try {
    return NEIGHBOUR_FRAME.parse(JSON.parse(text));
  } catch {
    return null;
  }
}
