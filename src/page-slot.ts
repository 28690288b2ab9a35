/** The page printer that is open now, if any, and what it says of itself. */

import type { OpenPagePrinter, PageCondition, PagePrinter } from '../devices/page/page-printer.ts';

export interface PageSlotListener {
  onCondition(condition: PageCondition): void;
  onLost(reason: string): void;
}

export class PageSlot {
  readonly #open: OpenPagePrinter;
  readonly #listener: PageSlotListener;
  readonly #watchers = new Set<(condition: PageCondition) => void>();
  readonly #firstTry = Promise.withResolvers<void>();
  #printer: PagePrinter | null = null;
  #condition: PageCondition = 'offline';

  constructor(open: OpenPagePrinter, listener: PageSlotListener) {
    this.#open = open;
    this.#listener = listener;
  }

  get current(): PagePrinter | null {
    return this.#printer;
  }

  /** What the printer last said; `offline` while none is open. Whoever is about to send something asks the printer. */
  get condition(): PageCondition {
    return this.#condition;
  }

  /** Tells the watcher at once and on every change, until the returned function is called. */
  watch(watcher: (condition: PageCondition) => void): () => void {
    this.#watchers.add(watcher);
    watcher(this.#condition);
    return () => this.#watchers.delete(watcher);
  }

  /** The printer that is open, or null. After a start it waits for the first try to open it. */
  async afterFirstTry(): Promise<PagePrinter | null> {
    await this.#firstTry.promise;
    return this.#printer;
  }

  async open(): Promise<void> {
    try {
      this.#printer = await this.#open({
        onCondition: (condition) => {
          this.#become(condition);
          this.#listener.onCondition(condition);
        },
        onLost: (reason) => {
          this.#become('offline');
          this.#listener.onLost(reason);
        },
      });
    } finally {
      this.#firstTry.resolve();
    }
  }

  async close(): Promise<void> {
    const printer = this.#printer;
    this.#printer = null;
    this.#become('offline');
    await printer?.close();
  }

  #become(condition: PageCondition): void {
    if (condition === this.#condition) return;
    this.#condition = condition;
    for (const watcher of this.#watchers) watcher(condition);
  }
}
