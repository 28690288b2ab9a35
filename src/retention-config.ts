/** The table `[retention]` of the configuration: for how long a terminal keeps what it does not need. */

import { z } from 'zod';

const days = (most: number) => z.int().min(1).max(most);

export const RETENTION = z.strictObject({
  /** Facts that the platform holds. */
  'facts-days': days(3_650).default(30),
  /** A list, its keys and what is known of its tickets, once it is over. */
  'lists-days': days(3_650).default(7),
});
export type RetentionConfig = z.infer<typeof RETENTION>;

export const RETENTION_DEFAULT = RETENTION.parse({});
