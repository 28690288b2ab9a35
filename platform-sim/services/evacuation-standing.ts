/** How the people are whom a television calls: so that whoever is safe is called no more. Where they are is told as they agreed. */

import { STANDING_QUESTION } from '../../src/link/evacuation-protocol.ts';
import { NotAQuestionError } from '../checked-question.ts';
import type { OtherSide } from '../other-side.ts';

export const evacuationStanding: OtherSide = async ({ terminal, body }, { standings }) => {
  const asked = STANDING_QUESTION.safeParse(body);
  if (!asked.success) throw new NotAQuestionError('reference ids');
  return { standings: await standings.of(terminal, asked.data.refs) };
};
