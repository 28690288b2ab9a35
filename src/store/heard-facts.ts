/** Facts of other gates of the venue, as the state of a ticket is made of them. */

import type { Fact } from '../domain/fact.ts';

export interface HeardFacts {
  factsAbout(subject: string): readonly Fact[];
  /** `number`: as `ticketNumber` gives it; of whatever list. */
  factsOfTicket(number: string): readonly Fact[];
}

/** Of a terminal without neighbours. */
export const NOTHING_HEARD: HeardFacts = { factsAbout: () => [], factsOfTicket: () => [] };
