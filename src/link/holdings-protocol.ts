/** What a terminal tells the platform of the lists that it decides by: a question whose answer says nothing. */

import { z } from 'zod';
import { NAME } from './protocol.ts';

export const HOLDINGS_SERVICE = 'list-holdings';

/** The body. `confirmedAt`: when the platform last said, as this terminal knows, that this version is the newest. */
export const HOLDINGS = z.strictObject({
  lists: z
    .array(
      z.strictObject({
        list: NAME,
        version: z.int().positive(),
        confirmedAt: z.iso.datetime(),
      }),
    )
    .max(64),
});
export type Holdings = z.infer<typeof HOLDINGS>;
