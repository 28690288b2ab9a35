/** 年齢判定: whether the certificate stands, and whether its holder is so old. A count is all that is kept of it. */

import { z } from 'zod';
import { isSoOld } from '../centre/calendar.ts';
import { NotAQuestionError } from '../checked-question.ts';
import type { OtherSide } from '../other-side.ts';

const BODY = z.strictObject({ age: z.int().min(1).max(150) });

export const ageCheck: OtherSide = ({ body, card }, { register, now }) => {
  const asked = BODY.safeParse(body);
  if (!asked.success || card === null) throw new NotAQuestionError('an age, and a card');
  const standing = register.standing(card.certificate, now());
  const born = standing === 'valid' ? register.bornOf(card.certificate) : null;
  register.count('age-check');
  return { standing, over: born === null ? null : isSoOld(born, asked.data.age, now()) };
};
