/** What the screen's server refuses, told to the journal without letting whoever is refused fill it. */

import { Allowance } from '../domain/allowance.ts';
import type { EventName } from '../domain/events.ts';
import type { JournalFields } from '../journal.ts';

export type ScreenRefusal =
  /** Asked for under another name than this machine's: DNS rebinding. */
  | 'foreign-host'
  | 'foreign-origin'
  /** None, guessed, used or too old. */
  | 'token'
  | 'not-of-the-protocol'
  | 'another-browser'
  | 'frame-too-large'
  | 'bad-frame'
  | 'stale-screen'
  | 'key-not-allowed'
  | 'too-many-keys';

export type Note = (event: EventName, fields: JournalFields) => void;

const LINES = { atOnce: 10, perSecond: 0.5 } as const;

export class Refusals {
  readonly #note: Note;
  readonly #lines = new Allowance(LINES.atOnce, LINES.perSecond);
  #untold = 0;

  constructor(note: Note) {
    this.#note = note;
  }

  tell(reason: ScreenRefusal): void {
    if (!this.#lines.take(1)) {
      this.#untold += 1;
      return;
    }
    this.#note('screen.refused', { reason, untold: this.#untold || undefined });
    this.#untold = 0;
  }
}
