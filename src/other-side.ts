/** A question to whoever answers a service behind the platform, and the answer in the words of the terminal: what came, or why nothing did. */

import type { z } from 'zod';
import type { CardEvidence } from './card-evidence.ts';
import type { Reason } from './domain/reason.ts';
import type { CardShown } from './link/question-protocol.ts';
import type { Asked } from './link/questions.ts';
import type { TerminalParts } from './services/service.ts';

export interface OtherSideQuestion<Answer> {
  /** A UUID: asked again with it, it is done once. */
  readonly id: string;
  readonly service: string;
  /** What is asked: the JSON text itself, for its bytes are part of what a card signs. */
  readonly body: string;
  readonly answer: z.ZodType<Answer>;
  /** What the card showed for it; null: no card has to do with it. */
  readonly card: Pick<CardEvidence, 'certificate' | 'proof'> | null;
}

export type OtherSideAnswer<Answer> =
  | { readonly answer: Answer; readonly reason: null }
  | { readonly answer: null; readonly reason: Reason; readonly detail: string | null };

/** Never rejects. How long to wait is up to whoever asks, by `signal`; `silence` is what it means that they waited no longer. */
export async function askOtherSide<Answer>(
  { ask }: Pick<TerminalParts, 'ask'>,
  { id, service, body, answer, card }: OtherSideQuestion<Answer>,
  silence: Reason,
  signal: AbortSignal,
): Promise<OtherSideAnswer<Answer>> {
  const asked = await ask({ id, service, body, card: card && shown(card) }, signal);
  if (asked.asked !== 'answered') return { answer: null, ...unanswered(asked, silence) };
  const found = answer.safeParse(parsed(asked.body));
  if (found.success) return { answer: found.data, reason: null };
  return { answer: null, reason: 'platform-refused', detail: 'the answer is none' };
}

function unanswered(
  asked: Exclude<Asked, { asked: 'answered' }>,
  silence: Reason,
): { readonly reason: Reason; readonly detail: string | null } {
  switch (asked.asked) {
    case 'offline':
      return { reason: 'platform-offline', detail: null };
    case 'busy':
      return { reason: 'platform-slow', detail: 'too many questions wait' };
    case 'broken-off':
      return { reason: silence, detail: null };
    case 'refused': {
      const isProof = asked.fault === 'not-proved';
      return {
        reason: isProof ? 'possession-not-proved' : 'platform-refused',
        detail: asked.fault,
      };
    }
  }
}

function shown({ certificate, proof }: Pick<CardEvidence, 'certificate' | 'proof'>): CardShown {
  return {
    certificate: base64(certificate),
    proof: proof && { message: base64(proof.message), signature: base64(proof.signature) },
  };
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
