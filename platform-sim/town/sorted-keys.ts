/** Reference ids in the order of a key of each, for tens of thousands of them: one that moves costs no sorting. */

export class SortedKeys {
  readonly #keys = new Map<string, string>();
  #sorted: string[] = [];
  #isSorted = true;

  get size(): number {
    return this.#keys.size;
  }

  /** Puts `ref` where `key` belongs; null: takes it out. Keys begin with what orders them and are each another. */
  set(ref: string, key: string | null): void {
    const before = this.#keys.get(ref);
    if (before === key) return;
    if (before !== undefined) {
      this.#keys.delete(ref);
      if (this.#isSorted) this.#sorted.splice(this.#placeOf(before), 1);
    }
    if (key === null) return;
    this.#keys.set(ref, key);
    if (this.#isSorted) this.#sorted.splice(this.#placeOf(key), 0, key);
  }

  /** Many follow: sorted once when it is next looked at. */
  expectMany(): void {
    this.#isSorted = false;
  }

  /** The keys in their order; not to be changed. */
  all(): readonly string[] {
    if (!this.#isSorted) {
      this.#sorted = [...this.#keys.values()].sort();
      this.#isSorted = true;
    }
    return this.#sorted;
  }

  #placeOf(key: string): number {
    let [low, high] = [0, this.#sorted.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#sorted[middle] ?? '') < key) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
