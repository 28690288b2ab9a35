/** What the other side of a service is given, and what it answers. */

import type { Centre } from './centre/centre.ts';
import type { CheckedQuestion, Misdelivered } from './checked-question.ts';
import type { EvacueeStandings } from './evacuation/evacuee-standings.ts';
import type { Residents } from './evacuation/residents.ts';
import type { HeldLists } from './held-lists.ts';
import type { Register } from './register.ts';
import type { RemovedFacts } from './removed-facts.ts';

export interface World {
  readonly register: Register;
  readonly centre: Centre;
  readonly held: HeldLists;
  readonly removed: RemovedFacts;
  /** Of the municipality in which televisions and shelters are. */
  readonly residents: Residents;
  /** How it stands with them. */
  readonly standings: Pick<EvacueeStandings, 'of'>;
  /** ms since the epoch */
  now(): number;
}

/**
 * Resolves with what becomes the JSON text of the answer; rejects with `QuestionFaultError` for a question that gets none,
 * as for a body of another form.
 */
export type OtherSide = (
  question: CheckedQuestion,
  world: World,
) => object | Misdelivered | Promise<object | Misdelivered>;
