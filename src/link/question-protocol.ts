/** Questions on the link `kazasu.v1`: what services ask their other side, and what comes back. Both sides share it. */

import { z } from 'zod';

export const QUESTION_LIMITS = {
  /** Of a question, and of its answer; what a card shows of itself is apart. */
  bodyBytes: 16_384,
  /** Of one terminal, waiting for an answer. */
  open: 4,
} as const;

const base64 = z.base64();
const service = z.string().regex(/^[a-z][a-z0-9-]{0,63}$/u, 'the name of a service');

/** JSON text: its bytes are what a card signs (`requestLines`), so it travels as it is. */
const body = z.string().max(QUESTION_LIMITS.bodyBytes);

/** What a card showed of itself for this question; it leaves the terminal over the link alone and is kept nowhere. */
const CARD_SHOWN = z.strictObject({
  /** DER of the user-authentication certificate. */
  certificate: base64.max(8_192),
  /** Null: nothing was proved. */
  proof: z
    .strictObject({
      /** What was signed: `kazasu-tap-1` or `kazasu-pin-1` and what follows, as ARCHITECTURE.md says. */
      message: base64.max(512),
      /** RSASSA-PKCS1-v1_5 with SHA-256. */
      signature: base64.max(1_024),
    })
    .nullable(),
});
export type CardShown = z.infer<typeof CARD_SHOWN>;

/** What a card signs of a question that its PIN authorises: SHA-256 over these lines (UTF-8, LF between them). */
export function requestLines(question: {
  readonly id: string;
  readonly service: string;
  readonly body: string;
}): string {
  return [question.id, question.service, question.body].join('\n');
}

/** Why a question has no answer. */
export const QUESTION_FAULTS = [
  'unknown-service',
  'not-a-question',
  /** The proof is not one: wrong signature, prefix, terminal, certificate or request. */
  'not-proved',
  /** The same id was used for another question. */
  'id-reused',
  'busy',
  /** This terminal's certificate has expired, or another one is suspected to be its copy. */
  'not-served',
  /** The other side failed. */
  'failed',
] as const;
export type QuestionFault = (typeof QUESTION_FAULTS)[number];

/** A service asks its other side. Asked again with the same `id`, it is done once, and the answer is the same. */
export const ASK_FRAME = z.strictObject({
  frame: z.literal('ask'),
  id: z.uuid(),
  service,
  body,
  card: CARD_SHOWN.nullable(),
});
export const ANSWER_FRAME = z.strictObject({ frame: z.literal('answer'), id: z.uuid(), body });
export const FAULT_FRAME = z.strictObject({
  frame: z.literal('fault'),
  id: z.uuid(),
  fault: z.enum(QUESTION_FAULTS),
});
