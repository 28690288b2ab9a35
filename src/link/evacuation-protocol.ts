/** What a television and the municipality say to each other about the people it calls: bodies of questions and answers (question-protocol.ts). */

import { z } from 'zod';
import { ALERT_ANSWERS } from '../domain/evacuation.ts';

/** Names of the questions' services. */
export const EVACUATION_SERVICES = {
  /** Card: possession, or possession+pin where the television asks for the PIN. Whose card is it? */
  link: 'television-link',
  /** Card: none. How are the people who are linked here? */
  standing: 'evacuation-standing',
} as const;

/** Why nobody is linked; each is a Reason of the terminal (src/domain/reason.ts), too. */
const LINK_REFUSALS = ['not-in-register'] as const;

/** Reference id of a person: 16 bytes, hex. */
const ref = z.string().regex(/^[0-9a-f]{32}$/u, 'the reference id of a person');

export const LINK_QUESTION = z.strictObject({});
export const LINK_ANSWER = z.union([
  z.strictObject({ ref, name: z.string().min(1).max(100), kana: z.string().max(100) }),
  z.strictObject({ refused: z.enum(LINK_REFUSALS) }),
]);
export type LinkAnswer = z.infer<typeof LINK_ANSWER>;

const STANDING_REFS_MAX = 16;
export const STANDING_QUESTION = z.strictObject({
  refs: z.array(ref).min(1).max(STANDING_REFS_MAX),
});

const place = z.string().min(1).max(100);

/** Who is not in the answer is in the register no more. `at`: when that was heard. */
export const STANDING_ANSWER = z.strictObject({
  standings: z
    .array(
      z.strictObject({
        ref,
        standing: z.enum(['unknown', ...ALERT_ANSWERS]),
        at: z.iso.datetime().nullable(),
        /** A shelter's name in each language, only where that person agreed to it. */
        where: z.strictObject({ ja: place, 'ja-simple': place, en: place }).nullable(),
      }),
    )
    .max(STANDING_REFS_MAX),
});
