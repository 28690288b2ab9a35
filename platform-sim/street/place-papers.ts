/** What came out at one place, of however many slots, numbered in the order in which it was seen. */

import type { Paper } from './receipt-stack.ts';

const PAPERS_KEPT = 200;

export interface PaperSlot {
  /** What came out after the paper of this number, oldest first. */
  papers(since: number): Promise<readonly Paper[]>;
}

export class PlacePapers {
  readonly #slots: readonly { readonly slot: PaperSlot; seen: number }[];
  #papers: Paper[] = [];
  #total = 0;
  /** One look after the other: what is seen by two at once came out once. */
  #looking: Promise<unknown> = Promise.resolve();

  /** Null: there is no such slot. */
  constructor(slots: readonly (PaperSlot | null)[]) {
    this.#slots = slots.flatMap((slot) => (slot === null ? [] : [{ slot, seen: 0 }]));
  }

  /** Numbered above `number`, oldest first. A slot that can't be asked has nothing new. */
  since(number: number): Promise<readonly Paper[]> {
    const looked = this.#looking.then(async () => {
      for (const each of this.#slots)
        this.#add(each, await each.slot.papers(each.seen).catch(() => []));
      return this.#papers.filter((paper) => paper.number > number);
    });
    this.#looking = looked;
    return looked;
  }

  #add(from: { seen: number }, papers: readonly Paper[]): void {
    for (const paper of papers) {
      from.seen = paper.number;
      this.#total += 1;
      this.#papers.push({ ...paper, number: this.#total });
    }
    this.#papers = this.#papers.slice(-PAPERS_KEPT);
  }
}
