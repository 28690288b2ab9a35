/** What a plain online service says of itself: `procedure` does everything else. */

import type { z } from 'zod';
import type { Assurance } from '../domain/entry-list.ts';
import type { NewFact } from '../domain/fact.ts';
import type { Purpose } from '../domain/screen.ts';
import type { Told } from '../domain/told.ts';

export interface ProcedureDefinition<Answer> {
  /** As in the configuration, on the wire and in the list of services. */
  readonly id: string;
  readonly purpose: Purpose;
  /** Besides a card. */
  readonly needs?: readonly 'release'[];
  /** The least that a card has to show; `possession+pin` asks for the PIN. More is shown where this terminal can. */
  readonly assurance: Assurance;
  /** What the other side is asked, as JSON. */
  readonly asks: object;
  /** What its answer has to be. */
  readonly answer: z.ZodType<Answer>;
  readonly tells: (answer: Answer) => Told;
  /** What is kept of it for good. */
  readonly records: (answer: Answer, assurance: Assurance) => NewFact;
  /**
   * What follows once that is durable; resolves with what is told instead, or null. `isThere`: whether the card still is.
   */
  readonly acts?: (answer: Answer, isThere: () => boolean) => Promise<Told | null>;
}
