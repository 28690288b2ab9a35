/** What somebody at the municipality's desk asks for: an alert, or a change of one that was sent. */

import { z } from 'zod';
import { ALERT_LEVELS } from '../../src/domain/alert.ts';
import { DISTRICT_ID, MUNICIPALITY_CODE } from '../../src/link/alert-protocol.ts';

const sentence = z
  .string()
  .trim()
  .min(1)
  .max(120)
  .regex(/^[^\p{Cc}]*$/u, 'one line of 1 to 120 characters');
const WHAT = z.strictObject({ ja: sentence, 'ja-simple': sentence, en: sentence });

const SAYS = {
  level: z.literal(ALERT_LEVELS),
  districts: z.array(DISTRICT_ID).min(1, 'a district at least').max(32),
  /** Default: the words of that level (words.ts). */
  what: WHAT.exactOptional(),
  /** Only these shelters, of those that the plan has for a district; default: all of them. */
  shelters: z.array(DISTRICT_ID).max(32).exactOptional(),
  /** From now on. */
  minutes: z
    .int()
    .min(10)
    .max(7 * 1_440),
} as const;
const ALERT = z.string().max(100);

export const ALERT_ORDER = z.discriminatedUnion('do', [
  z.strictObject({
    do: z.literal('alert'),
    municipality: MUNICIPALITY_CODE,
    drill: z.boolean(),
    ...SAYS,
  }),
  z.strictObject({ do: z.literal('update'), alert: ALERT, ...SAYS }),
  /** The same for longer. */
  z.strictObject({ do: z.literal('extend'), alert: ALERT, minutes: SAYS.minutes }),
  /** It was a mistake. */
  z.strictObject({ do: z.literal('cancel'), alert: ALERT, what: WHAT.exactOptional() }),
  /** 解除: the danger is over. */
  z.strictObject({ do: z.literal('all-clear'), alert: ALERT, what: WHAT.exactOptional() }),
]);
export type AlertOrder = z.infer<typeof ALERT_ORDER>;
