/** What the contract of card readers is tried on. */

import type { OpenCardReader } from '../../devices/card/card.ts';
import type { CardDefinition } from '../../devices/card/sim-card.ts';

/** A reader, and what a person can do to it. */
export interface CardField {
  readonly open: OpenCardReader;
  hold(card: CardDefinition): Promise<void>;
  remove(): Promise<void>;
  /** Takes the reader, or the service it depends on, away. */
  unplug(): Promise<void>;
  plug(): Promise<void>;
  dispose(): Promise<void>;
}
