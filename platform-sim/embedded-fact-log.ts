/** The log in facts.db, in this process. */

import type { BootOf, ClockSample } from './clock-samples.ts';
import type { FactLog, Taken, Told } from './fact-log.ts';
import { type FactStore, NotAFactError } from './facts.ts';

export class EmbeddedFactLog implements FactLog {
  readonly #store: FactStore;

  constructor(store: FactStore) {
    this.#store = store;
  }

  async take(told: readonly Told[], now: number): Promise<readonly Taken[]> {
    const taken: Taken[] = [];
    this.#store.together(() => {
      for (const each of told) taken.push(this.#takeOne(each, now));
    });
    return taken;
  }

  async noteClocks(notes: readonly (readonly [BootOf, ClockSample])[]): Promise<void> {
    this.#store.together(() => {
      for (const [of, sample] of notes) this.#store.noteClock(of, sample);
    });
  }

  #takeOne(told: Told, now: number): Taken {
    if (told.kind === 'hello') return { kind: 'welcomed', ...this.#store.hello(told.hello, now) };
    try {
      return this.#store.store(told.of, told.from, told.items, now, told.isAll);
    } catch (error) {
      if (!(error instanceof NotAFactError)) throw error;
      return { kind: 'not-facts', message: error.message };
    }
  }
}
