/** The tables of the configuration for machines on the lines of a serial port. */

import { z } from 'zod';

const path = z.string().regex(/^[^\0]*[^\0\s][^\0]*$/u, { error: 'a path' });

const LINE = z.discriminatedUnion('driver', [
  z.strictObject({ driver: z.literal('serial'), path }),
  z.strictObject({ driver: z.literal('simulated') }),
]);

/** The machine that hands something out when the answer is yes. */
export const RELEASE = LINE;
/** The barrier that opens for one person, and notices whether they walk through. */
export const TURNSTILE = LINE;
/** Where fees are paid: a coin box, an e-money reader. */
export const PAYMENT = LINE;
