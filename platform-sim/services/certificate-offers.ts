/** What this person can get here and now. The card has proved its key. */

import { OFFERS_QUESTION, type OffersAnswer } from '../../src/link/certificate-protocol.ts';
import { NotAQuestionError, needsProof } from '../checked-question.ts';
import type { OtherSide } from '../other-side.ts';

export const certificateOffers: OtherSide = async (question, { centre }): Promise<OffersAnswer> => {
  needsProof(question, 'possession');
  if (!OFFERS_QUESTION.safeParse(question.body).success) throw new NotAQuestionError();
  return centre.offers(question);
};
