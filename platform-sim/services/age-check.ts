/** 年齢判定: whether the certificate stands, and whether its holder is so old. A count is all that is kept of it. */

import { z } from 'zod';
import { NotAQuestionError, type OtherSide } from '../other-side.ts';

const BODY = z.strictObject({ age: z.int().min(1).max(150) });
/** Birthdays begin at midnight in Japan. */
const JAPAN_MS = 9 * 3_600_000;

export const ageCheck: OtherSide = ({ body, card }, { register, now }) => {
  const asked = BODY.safeParse(body);
  if (!asked.success || card === null) throw new NotAQuestionError('an age, and a card');
  const standing = register.standing(card.certificate, now());
  const born = standing === 'valid' ? register.bornOf(card.certificate) : null;
  register.count('age-check');
  return { standing, over: born === null ? null : isSoOld(born, asked.data.age, now()) };
};

/** Whoever was born on 29 February is a year older on 1 March. */
export function isSoOld(born: string, age: number, now: number): boolean {
  const birthday = `${String(Number(born.slice(0, 4)) + age).padStart(4, '0')}${born.slice(4)}`;
  return new Date(now + JAPAN_MS).toISOString().slice(0, 10) >= birthday;
}
