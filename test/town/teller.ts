/** A terminal as the log sees it: its facts, numbered and chained. */

import { createHash, randomUUID } from 'node:crypto';
import type { FactStore } from '../../platform-sim/facts.ts';
import type { TownEvent } from '../../platform-sim/town/town-facts.ts';

export class Teller {
  readonly #terminal: string;
  readonly #epoch = randomUUID();
  #seq = 0;
  #prev = '0'.repeat(64);

  constructor(terminal: string) {
    this.#terminal = terminal;
  }

  /** `at`: ms since the epoch, when it happened. */
  tell(facts: FactStore, event: TownEvent, body: object, at: number): void {
    const [text] = this.textsOf([{ event, body, at }]);
    this.#store(facts, this.#seq, [text ?? '']);
  }

  /** Many at once, in one transaction. */
  tellAll(
    facts: FactStore,
    told: readonly { readonly event: TownEvent; readonly body: object; readonly at: number }[],
  ): void {
    const from = this.#seq + 1;
    this.#store(facts, from, this.textsOf(told));
  }

  textsOf(
    told: readonly { readonly event: TownEvent; readonly body: object; readonly at: number }[],
  ): string[] {
    return told.map(({ event, body, at }) => {
      this.#seq += 1;
      const said = { terminal: this.#terminal, epoch: this.#epoch, seq: this.#seq };
      const stamp = { at: new Date(at).toISOString(), clock: 'synced', boot: 1, mono: 0 };
      const text = JSON.stringify({
        ...said,
        prev: this.#prev,
        event,
        ...stamp,
        subject: null,
        body,
      });
      this.#prev = createHash('sha256').update(text).digest('hex');
      return text;
    });
  }

  #store(facts: FactStore, from: number, texts: readonly string[]): void {
    const of = { terminal: this.#terminal, epoch: this.#epoch };
    const { kind, ...rest } = facts.store(of, from, texts, Date.now());
    if (kind !== 'stored' || !('stored' in rest) || rest.stored !== texts.length) {
      throw new Error(`the facts of ${this.#terminal} were not stored`);
    }
  }
}
