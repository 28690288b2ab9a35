/** Issue this, once: the card has signed for this very question, by its PIN. */

import { ISSUE_QUESTION } from '../../src/link/certificate-protocol.ts';
import { Misdelivered, NotAQuestionError, needsProof } from '../checked-question.ts';
import type { OtherSide } from '../other-side.ts';

export const certificateIssue: OtherSide = async (question, { centre }) => {
  needsProof(question, 'possession+pin');
  const asked = ISSUE_QUESTION.safeParse(question.body);
  if (!asked.success) throw new NotAQuestionError();
  const answer = await centre.issue(question, asked.data);
  return new Misdelivered(answer, centre.delivery());
};
