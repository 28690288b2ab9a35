/** What stands in the way of serving, as levels that devices, lists and the disk set and clear. */

import type { Reason } from './domain/reason.ts';

export class Conditions {
  readonly #obstacles = new Map<string, Reason>();
  readonly #listeners = new Set<(obstacles: readonly Reason[]) => void>();

  /** `source` names who says it; one source has one obstacle at a time, null for none. */
  set(source: string, obstacle: Reason | null): void {
    if ((this.#obstacles.get(source) ?? null) === obstacle) return;
    if (obstacle === null) this.#obstacles.delete(source);
    else this.#obstacles.set(source, obstacle);
    for (const listener of this.#listeners) listener(this.obstacles);
  }

  get obstacles(): readonly Reason[] {
    return [...new Set(this.#obstacles.values())].sort();
  }

  /** Tells the listener at once and on every change, until the returned function is called. */
  watch(listener: (obstacles: readonly Reason[]) => void): () => void {
    this.#listeners.add(listener);
    listener(this.obstacles);
    return () => this.#listeners.delete(listener);
  }
}
