/** The table `[staff]` of the configuration: who may act as staff at the terminal's own screen. */

import { z } from 'zod';
import { ATTENDANT_NAME } from './staff/attendants.ts';
import { isPinLine } from './staff/pin.ts';

const ATTENDANTS_MAX = 200;

export const STAFF = z.strictObject({
  /** Without it: the systemd credential `staff-pin`, where there is one. */
  pin: z
    .string()
    .refine(isPinLine, { error: 'the line that "kazasu staff-pin" prints' })
    .optional(),
  /** "kazasu attendant" prints these. */
  attendant: z
    .array(
      z.strictObject({
        name: z.string().regex(ATTENDANT_NAME, { error: 'a name of 1 to 40 printable characters' }),
        card: z
          .string()
          .regex(/^[0-9a-f]{64}$/iu, { error: 'the SHA-256 of a certificate, 64 hex digits' })
          .transform((hex) => hex.toLowerCase()),
      }),
    )
    .max(ATTENDANTS_MAX, { error: `${ATTENDANTS_MAX} attendants at most` })
    .refine((all) => new Set(all.map(({ card }) => card)).size === all.length, {
      error: 'a card of its own for each attendant',
    })
    .default([]),
});
