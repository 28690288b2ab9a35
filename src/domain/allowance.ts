/** A token bucket: how much somebody may do at once, and how fast it is given back. */

export class Allowance {
  readonly #most: number;
  readonly #perSecond: number;
  readonly #now: () => number;
  #left: number;
  #countedAt: number;

  /** `now`: ms, monotonic. */
  constructor(most: number, perSecond: number, now: () => number = () => performance.now()) {
    this.#most = most;
    this.#perSecond = perSecond;
    this.#now = now;
    this.#left = most;
    this.#countedAt = now();
  }

  /** Takes that much and says true, or takes nothing and says false. */
  take(amount: number): boolean {
    const now = this.#now();
    const back = ((now - this.#countedAt) / 1_000) * this.#perSecond;
    this.#left = Math.min(this.#most, this.#left + back);
    this.#countedAt = now;
    if (amount > this.#left) return false;
    this.#left -= amount;
    return true;
  }
}
