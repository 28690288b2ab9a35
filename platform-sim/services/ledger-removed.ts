/** Up to where a terminal has removed facts that the platform once held. */

import { REMOVED } from '../../src/link/upload-protocol.ts';
import { NotAQuestionError } from '../checked-question.ts';
import type { OtherSide } from '../other-side.ts';

export const ledgerRemoved: OtherSide = ({ terminal, body }, { removed }) => {
  const said = REMOVED.safeParse(body);
  if (!said.success) throw new NotAQuestionError('an epoch and the number of a fact');
  removed.note(terminal, said.data.epoch, said.data.upto);
  return {};
};
