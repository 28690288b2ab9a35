/** Facts of other gates of the venue, as the state of a ticket is made of them, or of other readers of a shelter. */

import type { Fact } from '../domain/fact.ts';

export interface HeardFacts {
  factsAbout(subject: string): readonly Fact[];
  /** `number`: as `ticketNumber` gives it; of whatever list. */
  factsOfTicket(number: string): readonly Fact[];
  /** With this terminal's own that were told: they may have left the ledger. */
  toldAbout(subject: string): readonly Fact[];
  /** Everything of one list or shelter, with this terminal's own, in no order that means anything. */
  told(list: string): Iterable<Fact>;
  /** Calls the listener with facts that were heard, once they are kept. Returns the end of it. */
  onHeard(listener: (facts: readonly Fact[]) => void): () => void;
}

/** Of a terminal without neighbours. */
export const NOTHING_HEARD: HeardFacts = {
  factsAbout: () => [],
  factsOfTicket: () => [],
  toldAbout: () => [],
  told: () => [],
  onHeard: () => () => {},
};
