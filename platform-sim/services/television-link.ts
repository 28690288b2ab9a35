/** Whose card it is: whoever has shown it is told their own reference id and name, and nobody else's. */

import { createHash } from 'node:crypto';
import { LINK_QUESTION, type LinkAnswer } from '../../src/link/evacuation-protocol.ts';
import { NotAQuestionError, needsProof } from '../checked-question.ts';
import type { OtherSide } from '../other-side.ts';

export const televisionLink: OtherSide = (question, { residents }): LinkAnswer => {
  needsProof(question, 'possession');
  if (!LINK_QUESTION.safeParse(question.body).success) throw new NotAQuestionError();
  const certificate = question.card?.certificate ?? new Uint8Array();
  const fingerprint = createHash('sha256').update(certificate).digest('hex');
  const person = residents.byFingerprint(fingerprint);
  if (person === null) return { refused: 'not-in-register' };
  const { ref, name, kana } = person;
  return { ref, name, kana };
};
