/** What was not believed, told to the journal once an hour for each cause: whoever sends nonsense must not fill it. */

import type { EventName } from '../domain/events.ts';

export type Journal = (event: EventName, fields: Readonly<Record<string, unknown>>) => void;

const AGAIN_AFTER_MS = 3_600_000;

interface Told {
  at: number;
  untold: number;
}

export class Rejections {
  readonly #journal: Journal;
  readonly #mono: () => number;
  readonly #told = new Map<string, Told>();

  /** `mono`: monotonic, ms. */
  constructor(journal: Journal, mono: () => number) {
    this.#journal = journal;
    this.#mono = mono;
  }

  /** `alert`: as far as it is known. */
  tell(reason: string, detail: string, alert?: string): void {
    const told = this.#told.get(reason);
    if (told !== undefined && this.#mono() - told.at < AGAIN_AFTER_MS) {
      told.untold += 1;
      return;
    }
    this.#told.set(reason, { at: this.#mono(), untold: 0 });
    this.#journal('alert.rejected', { alert, reason, detail, untold: told?.untold || undefined });
  }
}
