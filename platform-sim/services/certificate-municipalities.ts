/** Which municipalities there are, and until when they serve today; and whether terminal and centre are built alike. */

import {
  MUNICIPALITIES_QUESTION,
  type MunicipalitiesAnswer,
} from '../../src/link/certificate-protocol.ts';
import { NotAQuestionError } from '../checked-question.ts';
import type { OtherSide } from '../other-side.ts';

export const certificateMunicipalities: OtherSide = (
  { terminal, body },
  { centre },
): MunicipalitiesAnswer => {
  const asked = MUNICIPALITIES_QUESTION.safeParse(body);
  if (!asked.success) throw new NotAQuestionError();
  return centre.municipalities(terminal, asked.data.topology);
};
