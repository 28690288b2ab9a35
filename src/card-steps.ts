/** The steps of a visit in which a card shows what it has to: a valid certificate with the proof of its key, then the PIN. */

import type { CardReader } from '../devices/card/card.ts';
import { askCard, type CardEvidence, type PinEvidence } from './card-evidence.ts';
import type { StepResult } from './domain/answer.ts';
import { assuranceReaches } from './domain/entry-list.ts';
import type { Reason } from './domain/reason.ts';
import type { TerminalParts } from './services/service.ts';

/** `detail` is for the journal. */
export type ValidCard =
  | { readonly evidence: CardEvidence; readonly refused: null }
  | { readonly refused: Reason; readonly detail: string | null };

/** Whether the card at `tap` proves its key, and its certificate is valid now. Rejects with `CardError`. */
export async function askValidCard(
  parts: Pick<TerminalParts, 'trust' | 'institution' | 'now'>,
  reader: CardReader,
  tap: number,
): Promise<ValidCard> {
  const evidence = await askCard(reader, tap, 'possession', parts.institution());
  const verdict = await parts.trust().verify(evidence.certificate, parts.now());
  if (!verdict.valid) return { refused: verdict.reason, detail: verdict.detail };
  return assuranceReaches(evidence.assurance, 'possession')
    ? { evidence, refused: null }
    : { refused: 'possession-not-proved', detail: evidence.lacks };
}

/** What a visit does with the outcome of a PIN. */
export interface PinVisit {
  readonly recorder: Pick<TerminalParts['recorder'], 'note'>;
  /** The PIN is typed for this service. */
  readonly service: string;
  readonly proved: (evidence: CardEvidence) => void;
  readonly refuse: (reason: Reason, detail: string) => StepResult;
}

/** What the step says that showed a PIN to the card. */
export function pinStep(shown: PinEvidence, visit: PinVisit): StepResult {
  switch (shown.result) {
    case 'proved':
      visit.proved(shown);
      return { next: 'go-on' };
    case 'wrong-pin':
      return wrongPin(shown.triesLeft, visit);
    case 'blocked':
      return wrongPin(0, visit);
    case 'not-proved':
      return visit.refuse('possession-not-proved', shown.detail);
  }
}

function wrongPin(tries: number, { recorder, service }: PinVisit): StepResult {
  recorder.note('pin.wrong', { service, tries });
  return { next: 'pin', tries };
}
