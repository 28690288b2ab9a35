/** Which lists a terminal decides by. */

import { HOLDINGS } from '../../src/link/holdings-protocol.ts';
import { NotAQuestionError } from '../checked-question.ts';
import type { OtherSide } from '../other-side.ts';

export const listHoldings: OtherSide = ({ terminal, body }, { held, now }) => {
  const said = HOLDINGS.safeParse(body);
  if (!said.success) throw new NotAQuestionError('lists with version and confirmation');
  held.take(terminal, said.data, now());
  return {};
};
