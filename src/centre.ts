/** A question to the certificate centre, whose silence has a name of its own. */

import { askOtherSide, type OtherSideAnswer, type OtherSideQuestion } from './other-side.ts';
import type { TerminalParts } from './services/service.ts';

/** `service` is one of CERTIFICATE_SERVICES. As `askOtherSide` otherwise. */
export function askCentre<Answer>(
  parts: Pick<TerminalParts, 'ask'>,
  question: OtherSideQuestion<Answer>,
  signal: AbortSignal,
): Promise<OtherSideAnswer<Answer>> {
  return askOtherSide(parts, question, 'centre-silent', signal);
}
