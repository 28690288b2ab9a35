/** Alerts on the link: where a terminal stands, what it is told, and whose key may say it. Of `kazasu.v1.2`. */

import { z } from 'zod';

/** Code of a municipality: 全国地方公共団体コード. */
export const MUNICIPALITY_CODE = z.string().regex(/^\d{6}$/u, 'six digits, like "990029"');
export const DISTRICT_ID = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,31}$/u, 'lower-case letters, digits, dash; 32 at most');

/** Without a district, whatever concerns the municipality concerns the terminal. */
export const PLACE = z.strictObject({
  municipality: MUNICIPALITY_CODE,
  district: DISTRICT_ID.exactOptional(),
});
export type WirePlace = z.infer<typeof PLACE>;

/** CMS SignedData, content a CAP 1.2 document (docs/alerts.md). Told again with every welcome while it counts. */
export const ALERT_FRAME = z.strictObject({ frame: z.literal('alert'), statement: z.base64() });

/** There is news; what it is, is asked for (the question `evacuation-standing`). */
export const POKE_FRAME = z.strictObject({
  frame: z.literal('poke'),
  about: z.literal('standing'),
});

/** Bytes of a CAP document. */
export const ALERT_BYTES_MAX = 262_144;

/** The role of a municipality's alert key. The root names keys for it as for every other role. */
export type AlertRole = `alert-${string}`;

export function alertRole(municipality: string): AlertRole {
  return `alert-${municipality}`;
}
