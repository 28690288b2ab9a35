/**
 * Up to where terminals have removed facts that a platform held once, by their own word (`ledger-removed`). What this platform
 * lacks of them, because it was put back to an earlier state, comes no more; what comes behind them is set apart. Without such a
 * word a gap is a gap: what is missing may only have been lost on its way.
 */
export class RemovedFacts {
  readonly #upto = new Map<string, number>();

  note(terminal: string, epoch: string, upto: number): void {
    this.#upto.set(`${terminal} ${epoch}`, upto);
  }

  /** Whether there is nothing any more before the fact `from`. */
  reach(terminal: string, epoch: string, from: number): boolean {
    return from - 1 <= (this.#upto.get(`${terminal} ${epoch}`) ?? 0);
  }
}
