/** A question to the certificate centre, and its answer in the words of the terminal: what came, or why nothing did. */

import type { z } from 'zod';
import type { CardEvidence } from './card-evidence.ts';
import type { Reason } from './domain/reason.ts';
import type { Asked } from './link/questions.ts';
import type { TerminalParts } from './services/service.ts';

export interface CentreQuestion<Answer> {
  /** A UUID: asked again with it, it is done once. */
  readonly id: string;
  /** One of CERTIFICATE_SERVICES. */
  readonly service: string;
  /** What is asked: the JSON text itself, for its bytes are part of what a card signs. */
  readonly body: string;
  readonly answer: z.ZodType<Answer>;
  /** What the card showed for it; null: no card has to do with it. */
  readonly card: Pick<CardEvidence, 'certificate' | 'proof'> | null;
}

export type CentreAnswer<Answer> =
  | { readonly answer: Answer; readonly reason: null }
  | { readonly answer: null; readonly reason: Reason; readonly detail: string | null };

/** Never rejects. How long to wait is up to whoever asks: `signal`. */
export async function askCentre<Answer>(
  { ask }: Pick<TerminalParts, 'ask'>,
  { id, service, body, answer, card }: CentreQuestion<Answer>,
  signal: AbortSignal,
): Promise<CentreAnswer<Answer>> {
  const shown = card && { certificate: base64(card.certificate), proof: wireProof(card.proof) };
  const asked = await ask({ id, service, body, card: shown }, signal);
  if (asked.asked !== 'answered') return { answer: null, ...unanswered(asked) };
  const found = answer.safeParse(parsed(asked.body));
  if (found.success) return { answer: found.data, reason: null };
  return { answer: null, reason: 'platform-refused', detail: 'the answer is none' };
}

function unanswered(asked: Exclude<Asked, { asked: 'answered' }>): {
  readonly reason: Reason;
  readonly detail: string | null;
} {
  switch (asked.asked) {
    case 'offline':
      return { reason: 'platform-offline', detail: null };
    case 'busy':
      return { reason: 'platform-slow', detail: 'too many questions wait' };
    case 'broken-off':
      return { reason: 'centre-silent', detail: null };
    case 'refused': {
      const isProof = asked.fault === 'not-proved';
      return {
        reason: isProof ? 'possession-not-proved' : 'platform-refused',
        detail: asked.fault,
      };
    }
  }
}

function wireProof(proof: CardEvidence['proof']) {
  return proof && { message: base64(proof.message), signature: base64(proof.signature) };
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64');
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
