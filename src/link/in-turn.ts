/** What comes in over a link, handled one after another in the order of arrival, and no more of it kept than a limit. */

export class InTurn<Frame> {
  readonly #handle: (frame: Frame) => Promise<void>;
  readonly #waitingMax: number;
  #last: Promise<void> = Promise.resolve();
  #waiting = 0;
  #open = true;

  /** `handle` must not reject. */
  constructor(waitingMax: number, handle: (frame: Frame) => Promise<void>) {
    this.#waitingMax = waitingMax;
    this.#handle = handle;
  }

  get isOpen(): boolean {
    return this.#open;
  }

  /** False when too many wait already. */
  take(frame: Frame): boolean {
    if (this.#waiting >= this.#waitingMax) return false;
    this.#waiting += 1;
    this.#last = this.#last.then(async () => {
      if (this.#open) await this.#handle(frame);
      this.#waiting -= 1;
    });
    return true;
  }

  /** Nothing more comes; resolves when all that waits has been handled. */
  drain(): Promise<void> {
    return this.#last;
  }

  /** What waits is left; resolves when what is under way has ended. */
  async close(): Promise<void> {
    this.#open = false;
    await this.#last;
  }
}
