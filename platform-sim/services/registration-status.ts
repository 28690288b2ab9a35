/** Where one's application for usage registration stands. */

import { STATUS_QUESTION, type StatusAnswer } from '../../src/link/certificate-protocol.ts';
import { NotAQuestionError, needsProof } from '../checked-question.ts';
import type { OtherSide } from '../other-side.ts';

export const registrationStatus: OtherSide = (question, { centre }): StatusAnswer => {
  needsProof(question, 'possession');
  if (!STATUS_QUESTION.safeParse(question.body).success) throw new NotAQuestionError();
  return centre.status(question);
};
