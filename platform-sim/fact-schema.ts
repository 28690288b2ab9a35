/** The form of a fact as it comes up, held against before anything of it is stored. */

import { z } from 'zod';
import { NAME } from '../src/link/protocol.ts';

const BODY_DEPTH_MAX = 16;

/** What every fact carries; `body` is the event's own. */
export const FACT = z.looseObject({
  terminal: NAME,
  epoch: z.uuid(),
  seq: z.int().positive(),
  prev: z.string().length(64),
  event: z.string().min(1).max(64),
  at: z.iso.datetime(),
  clock: z.enum(['synced', 'holdover', 'unset']),
  boot: z.int().nonnegative(),
  mono: z.number(),
  body: z.custom<Record<string, unknown>>(
    (value) =>
      typeof value === 'object' &&
      value !== null &&
      !Array.isArray(value) &&
      isShallow(value, BODY_DEPTH_MAX),
  ),
});
export type ParsedFact = z.infer<typeof FACT>;

/** Recursion stops at `levels`, so that no text, however nested, can exhaust the stack here or where it is shown. */
function isShallow(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return true;
  return levels > 0 && Object.values(value).every((inner) => isShallow(inner, levels - 1));
}
