/** What a browser may send: everything else is not of the protocol. */

import { z } from 'zod';
import { CHARACTER, type FromBrowser, LANGUAGES } from '../domain/screen.ts';

/** A frame is a key with a few characters. */
export const FRAME_BYTES_MAX = 4_096;

const KEY = z.discriminatedUnion('key', [
  z.strictObject({ key: z.literal('language'), language: z.enum(LANGUAGES) }),
  z.strictObject({ key: z.literal('sound') }),
  z.strictObject({ key: z.literal('staff') }),
  z.strictObject({ key: z.literal('character'), character: z.string().regex(CHARACTER) }),
  z.strictObject({ key: z.literal('erase') }),
  z.strictObject({ key: z.literal('enter') }),
  z.strictObject({ key: z.literal('back') }),
  z.strictObject({ key: z.literal('choose'), choice: z.string().regex(/^[\w.-]{1,80}$/u) }),
  z.strictObject({ key: z.literal('stay') }),
  z.strictObject({ key: z.literal('passed') }),
  z.strictObject({ key: z.literal('not-passed') }),
  z.strictObject({ key: z.literal('more') }),
  z.strictObject({ key: z.literal('call') }),
  z.strictObject({ key: z.literal('kana-mark') }),
]);

const FRAME = z.strictObject({
  type: z.literal('key'),
  number: z.int().nonnegative(),
  key: KEY,
}) satisfies z.ZodType<FromBrowser>;

/** Null for whatever is not a frame of the protocol. */
export function parseFrame(text: string): FromBrowser | null {
  try {
    return FRAME.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    return null;
  }
}
