/**
 * CAP 1.2 (OASIS, Common Alerting Protocol): a document's elements, checked. What this project makes of them stands in
 * message.ts and docs/alerts.md.
 */

import { z } from 'zod';
import { AlertError } from './alert-error.ts';
import { readXml, type XmlElement } from './xml.ts';

const CAP_NAMESPACE = 'urn:oasis:names:tc:emergency:cap:1.2';
const INFOS_MAX = 48;

const text = (most: number) =>
  z
    .string()
    .trim()
    .min(1)
    .max(most)
    .regex(/^[^\p{Cc}]*$/u);
/** Text with lines, which stand for one: a screen breaks its own. */
const prose = (most: number) =>
  z
    .string()
    .transform((said) => said.replaceAll(/\s+/gu, ' '))
    .pipe(text(most));
/** CAP 3.3.2: seconds, and the zone as an offset, also for UTC. */
const time = z
  .string()
  .trim()
  .regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d$/u)
  .transform((said) => Date.parse(said))
  .refine((ms) => Number.isFinite(ms));
/** CAP forbids spaces, commas, `<` and `&`; this one stands in journals besides. */
const identifier = z
  .string()
  .trim()
  .regex(/^[A-Za-z0-9._:@-]{1,100}$/u);

/** An element that comes exactly once, or once at most. */
const one = <T extends z.ZodType>(schema: T) => z.tuple([schema]).transform(([value]) => value);
const maybe = <T extends z.ZodType>(schema: T) =>
  z
    .array(schema)
    .max(1)
    .optional()
    .transform((values) => values?.[0]);
const many = <T extends z.ZodType>(schema: T, most: number) =>
  z
    .array(schema)
    .max(most)
    .optional()
    .transform((values = []) => values);

const anyText = text(2_000);
const named = z.strictObject({ valueName: one(text(100)), value: one(text(2_000)) });

const RESOURCE = z.strictObject({
  resourceDesc: one(text(200)),
  mimeType: one(text(100)),
  size: maybe(anyText),
  uri: maybe(anyText),
  /** Base64 of the resource itself. */
  derefUri: maybe(z.string().trim().pipe(z.base64().max(100_000))),
  digest: maybe(anyText),
});

const AREA = z.strictObject({
  areaDesc: one(prose(200)),
  polygon: many(z.string(), 16),
  circle: many(z.string(), 16),
  geocode: many(named, 64),
  altitude: maybe(anyText),
  ceiling: maybe(anyText),
});

const INFO = z.strictObject({
  language: maybe(text(35)),
  category: many(text(20), 12).refine((each) => each.length > 0),
  event: one(prose(100)),
  responseType: many(text(20), 12),
  urgency: one(z.enum(['Immediate', 'Expected', 'Future', 'Past', 'Unknown'])),
  severity: one(z.enum(['Extreme', 'Severe', 'Moderate', 'Minor', 'Unknown'])),
  certainty: one(z.enum(['Observed', 'Likely', 'Possible', 'Unlikely', 'Unknown'])),
  audience: maybe(anyText),
  eventCode: many(named, 16),
  effective: maybe(time),
  onset: maybe(time),
  expires: one(time),
  senderName: maybe(prose(100)),
  headline: maybe(prose(200)),
  description: one(prose(300)),
  instruction: maybe(prose(500)),
  web: maybe(anyText),
  contact: maybe(anyText),
  parameter: many(named, 64),
  resource: many(RESOURCE, 8),
  area: many(AREA, 32),
});
export type CapInfo = z.infer<typeof INFO>;

const ALERT = z.strictObject({
  identifier: one(identifier),
  sender: one(identifier),
  sent: one(time),
  status: one(z.enum(['Actual', 'Exercise', 'System', 'Test', 'Draft'])),
  msgType: one(z.enum(['Alert', 'Update', 'Cancel', 'Ack', 'Error'])),
  source: maybe(anyText),
  scope: one(z.literal('Public')),
  restriction: maybe(anyText),
  addresses: maybe(anyText),
  code: many(text(200), 16),
  note: maybe(anyText),
  /** `sender,identifier,sent`, with blanks between several. */
  references: maybe(z.string().trim().max(12_000)),
  incidents: maybe(anyText),
  info: many(INFO, INFOS_MAX),
});
export type CapAlert = z.infer<typeof ALERT>;

/** What a reference names. `sent`: ms since the epoch. */
export interface CapReference {
  readonly sender: string;
  readonly identifier: string;
  readonly sent: number;
}

/** `bytes`: the document. Times in ms since the epoch. Throws AlertError. */
export function readCap(bytes: Uint8Array): CapAlert {
  const root = readXml(bytes, CAP_NAMESPACE);
  if (root.name !== 'alert') throw new AlertError('not-cap-1.2', 'no alert');
  const parsed = ALERT.safeParse(membersOf(root));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const at = issue?.path.filter((key) => typeof key === 'string').join('.') || 'alert';
  throw new AlertError('malformed', `${at} is not as CAP 1.2 and docs/alerts.md have it`);
}

/** Those that a message changes, the oldest first as they are written. Throws AlertError. */
export function referencesOf({ references = '' }: CapAlert): CapReference[] {
  const each = references.split(/\s+/u).filter((said) => said !== '');
  return each.map((said) => {
    const [sender = '', id = '', sent = '', ...more] = said.split(',');
    const parsed = z.object({ sender: identifier, identifier, sent: time }).safeParse({
      ...{ sender, identifier: id, sent },
    });
    if (!parsed.success || more.length > 0) {
      throw new AlertError('malformed', 'references are not as CAP 1.2 has them');
    }
    return parsed.data;
  });
}

type Member = string | { readonly [name: string]: readonly Member[] };

/** `fromEntries` makes own members, whatever an element is called. */
function membersOf({ children }: XmlElement): { readonly [name: string]: readonly Member[] } {
  const members = new Map<string, Member[]>();
  for (const child of children) {
    const known = members.get(child.name) ?? [];
    known.push(child.children.length > 0 ? membersOf(child) : child.text);
    members.set(child.name, known);
  }
  return Object.fromEntries(members);
}
