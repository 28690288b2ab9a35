/** Facts on the link `kazasu.v1`: how they go up, and how a platform says how fast. Both sides share it. */

import { z } from 'zod';

/** Of the UTF-8 of one fact. A fact is small; bulk never travels on the socket. */
export const FACT_BYTES = 16_384;

/** The longest that a platform may ask for silence. */
export const PAUSE_MS_MAX = 600_000;

const sha256 = z.string().regex(/^[0-9a-f]{64}$/u, 'SHA-256 in lower-case hex');
const count = z.int().nonnegative();

/** What may be on its way without an answer: so many facts and bytes (UTF-8) a frame, so many frames. */
export const CREDIT = z.strictObject({
  batch: z.int().min(1).max(1000),
  bytes: z.int().min(FACT_BYTES),
  inflight: z.int().min(1).max(64),
});
export type Credit = z.infer<typeof CREDIT>;

/** `items`: the exact JSON texts of the facts `from`, `from + 1`, ... as the ledger holds them: their bytes are hashed. */
export const FACTS_FRAME = z.strictObject({
  frame: z.literal('facts'),
  from: z.int().positive(),
  items: z.array(z.string().max(FACT_BYTES)).min(1).max(1000),
});

/**
 * A question without a card, whose answer is empty: the facts up to `upto` of this epoch have left the terminal, for a platform
 * held them once. Asked when a platform lacks some of them.
 */
export const REMOVED_SERVICE = 'ledger-removed';
export const REMOVED = z.strictObject({ epoch: z.uuid(), upto: z.int().positive() });

/** The fact `upto`, the last of the frame that is answered, and every one before it are kept: held, or set apart. */
export const ACK_FRAME = z.strictObject({ frame: z.literal('ack'), upto: count });

/** Facts arrived that do not continue what the platform holds: send again from `upto + 1`. */
export const GAP_FRAME = z.strictObject({ frame: z.literal('gap'), upto: count });

/** From now on this credit, and no facts before `pauseMs` have passed. Of `kazasu.v1.1`. */
export const SLOW_FRAME = z.strictObject({
  frame: z.literal('slow'),
  credit: CREDIT,
  pauseMs: count.max(PAUSE_MS_MAX),
});

/**
 * SHA-256 of the fact `upto` as the platform holds it, 64 zeros while it holds none. A terminal whose own fact is another,
 * or that has none of this number, opens a new epoch. Of `kazasu.v1.1`.
 */
export const HELD_HASH = sha256;

const RETRY_AFTER = /^retry-after=(\d{1,4})$/u;

/** The reason of a close 1013: not before so many seconds. */
export function retryAfterReason(seconds: number): string {
  return `retry-after=${seconds}`;
}

/** Milliseconds; null where the reason of a close says nothing of the kind. */
export function retryAfterOf(reason: string): number | null {
  const seconds = RETRY_AFTER.exec(reason)?.[1];
  return seconds === undefined ? null : Math.min(Number(seconds) * 1_000, PAUSE_MS_MAX);
}

/**
 * Facts that go up without a link: a file of lines. The first names the terminal, the last ends it; between them the exact
 * texts of the facts, a line each, by number within each epoch.
 */
export const RESCUE_HEADER = z.strictObject({
  kazasu: z.literal('rescue-1'),
  terminal: z.string().max(64),
  made: z.iso.datetime(),
});
export const RESCUE_END = z.strictObject({
  kazasu: z.literal('rescue-end'),
  facts: count,
  /** Of every byte before this line. */
  sha256,
  /** What could not be read, for people; null: nothing. */
  lost: z.string().max(1_000).nullable(),
});
