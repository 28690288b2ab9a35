/**
 * What arrives in the same moment is taken up together. Each durable transaction costs a wait for the disk, whatever is in it: five
 * thousand terminals that come back, or tap, in one second pay for it a few times instead of five thousand times.
 */

const ITEMS_MAX = 500;
const BYTES_MAX = 4_194_304;

export class Intake<Item> {
  readonly #take: (items: readonly Item[]) => void;
  #waiting: Item[] = [];
  #bytes = 0;
  #due: NodeJS.Immediate | null = null;

  /** `take` gets the items in the order in which they came, at the end of the event loop's turn. */
  constructor(take: (items: readonly Item[]) => void) {
    this.#take = take;
  }

  /** `bytes`: how much memory it holds while it waits. Much of it is taken up at once. */
  add(item: Item, bytes: number): void {
    this.#waiting.push(item);
    this.#bytes += bytes;
    if (this.#waiting.length >= ITEMS_MAX || this.#bytes >= BYTES_MAX) this.drain();
    else this.#due ??= setImmediate(() => this.drain());
  }

  /** Takes up what waits, now. */
  drain(): void {
    if (this.#due) clearImmediate(this.#due);
    this.#due = null;
    const items = this.#waiting;
    this.#waiting = [];
    this.#bytes = 0;
    if (items.length > 0) this.#take(items);
  }
}
