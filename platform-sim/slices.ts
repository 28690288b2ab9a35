/** Long work on one thread, in slices: whoever speaks meanwhile is heard between two of them. */

import { setImmediate as turn } from 'node:timers/promises';

const SLICE_MS = 10;

/** Does `work` for each of them as they are now. Resolves when it has been done for all. */
export async function inSlices<Item>(
  items: Iterable<Item>,
  work: (item: Item) => void,
): Promise<void> {
  let begun = performance.now();
  for (const item of [...items]) {
    if (performance.now() - begun >= SLICE_MS) {
      await turn();
      begun = performance.now();
    }
    work(item);
  }
}
