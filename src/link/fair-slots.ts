/**
 * A few places that many parties want: whoever holds the fewest comes next, and nobody ever holds them all, so that a
 * party whose work never ends holds up no other.
 */

interface Waiting {
  readonly party: string;
  readonly take: () => void;
}

export class FairSlots {
  readonly #slots: number;
  readonly #each: number;
  readonly #held = new Map<string, number>();
  #waiting: readonly Waiting[] = [];
  #taken = 0;

  /** `each`: how many one party may hold. */
  constructor(slots: number, each: number) {
    this.#slots = slots;
    this.#each = each;
  }

  /** Resolves to what gives the place back, again without effect. Rejects with the signal's reason. */
  async take(party: string, signal: AbortSignal): Promise<() => void> {
    signal.throwIfAborted();
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const waiting: Waiting = { party, take: resolve };
    const leave = (): void => {
      this.#waiting = this.#waiting.filter((one) => one !== waiting);
      reject(signal.reason);
    };
    signal.addEventListener('abort', leave, { once: true });
    this.#waiting = [...this.#waiting, waiting];
    this.#next();
    try {
      await promise;
    } finally {
      signal.removeEventListener('abort', leave);
    }
    return this.#giveBack(party);
  }

  #giveBack(party: string): () => void {
    let isHeld = true;
    return () => {
      if (!isHeld) return;
      isHeld = false;
      this.#taken -= 1;
      const left = this.#holds(party) - 1;
      if (left === 0) this.#held.delete(party);
      else this.#held.set(party, left);
      this.#next();
    };
  }

  #next(): void {
    while (this.#taken < this.#slots) {
      // Sorting keeps the order of arrival among equals.
      const [next] = this.#waiting
        .filter(({ party }) => this.#holds(party) < this.#each)
        .toSorted((a, b) => this.#holds(a.party) - this.#holds(b.party));
      if (next === undefined) return;
      this.#waiting = this.#waiting.filter((one) => one !== next);
      this.#taken += 1;
      this.#held.set(next.party, this.#holds(next.party) + 1);
      next.take();
    }
  }

  #holds(party: string): number {
    return this.#held.get(party) ?? 0;
  }
}
