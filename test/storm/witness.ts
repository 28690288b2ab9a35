/** Who stands at the gates and writes down what really happened, and when. */

import type { Fact } from '../../src/domain/fact.ts';
import type { FactText, Ledger } from '../../src/store/ledger.ts';

export interface Tap {
  readonly fact: Fact;
  readonly text: string;
  /** When it really was, ms since the epoch. */
  readonly at: number;
}

export class Witness {
  /** What was admitted or refused, by its exact text. */
  readonly taps = new Map<string, Tap>();
  /** What the platform has acknowledged. */
  readonly told = new Set<string>();
  /** Every text that a ledger ever had in this place. More than one: the ledger forked. */
  readonly #texts = new Map<string, Set<string>>();

  admitted(ledger: Ledger, fact: Fact, at: number): void {
    const [row] = ledger.unsent(fact.seq - 1, { items: 1, bytes: 1 });
    if (row === undefined) throw new Error('the fact is there');
    this.taps.set(row.text, { fact, text: row.text, at });
    this.#saw(row.text);
  }

  sawLedger(ledger: Ledger): void {
    const { isOver, acknowledged } = ledger.stream();
    for (const { seq, text } of rowsOf(ledger)) {
      this.#saw(text);
      if (!isOver && seq <= acknowledged) this.told.add(text);
    }
  }

  knows(text: string): boolean {
    return this.#texts.get(placeOf(JSON.parse(text)))?.has(text) ?? false;
  }

  /** Whether this ledger went another way before, or in, the place of this fact. */
  isOfFork(text: string): boolean {
    const fact: Fact = JSON.parse(text);
    for (let { seq } = fact; seq > 0; seq -= 1) {
      if ((this.#texts.get(placeOf({ ...fact, seq }))?.size ?? 0) > 1) return true;
    }
    return false;
  }

  #saw(text: string): void {
    const place = placeOf(JSON.parse(text));
    const texts = this.#texts.get(place) ?? new Set();
    this.#texts.set(place, texts.add(text));
  }
}

/** What is still there. */
export function textsOf(ledger: Ledger): string[] {
  return rowsOf(ledger).map(({ text }) => text);
}

function rowsOf(ledger: Ledger): FactText[] {
  return ledger.unsent(0, { items: 1_000_000, bytes: 1e12 });
}

function placeOf({ terminal, epoch, seq }: Pick<Fact, 'terminal' | 'epoch' | 'seq'>): string {
  return `${terminal} ${epoch} ${seq}`;
}
