/** 利用登録: an application that the card has signed. */

import { APPLY_QUESTION, type ApplyAnswer } from '../../src/link/certificate-protocol.ts';
import { NotAQuestionError, needsProof } from '../checked-question.ts';
import type { OtherSide } from '../other-side.ts';

export const usageRegistration: OtherSide = (question, { centre }): ApplyAnswer => {
  needsProof(question, 'possession');
  const asked = APPLY_QUESTION.safeParse(question.body);
  if (!asked.success) throw new NotAQuestionError();
  return centre.apply(question, Buffer.from(asked.data.application, 'base64'));
};
