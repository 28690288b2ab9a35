/** One hand at a time on each list, whichever way its versions come. */

import { FairSlots } from './fair-slots.ts';

export class ListTurns {
  readonly #slots = new FairSlots(Number.POSITIVE_INFINITY, 1);

  /** Null, with nothing done, where the signal comes before the turn does. */
  async run<Result>(
    list: string,
    signal: AbortSignal,
    work: () => Promise<Result>,
  ): Promise<Result | null> {
    const giveBack = await this.#slots.take(list, signal).catch((error: unknown) => {
      if (signal.aborted) return null;
      throw error;
    });
    if (giveBack === null) return null;
    try {
      return await work();
    } finally {
      giveBack();
    }
  }
}
