/** What goes before a terminal refuses service for want of room: copies, of which others have the original. */

import { forgetChunks } from './link/chunk-store.ts';
import { isStorageFailure } from './store/disk.ts';
import type { ListShelf } from './store/list-shelf.ts';

/** Gives up the chunks of all lists, and the versions that active ones have replaced. On a disk that takes no write, nothing. */
export function giveUpCopies(stateDirectory: string, shelf: ListShelf): void {
  try {
    forgetChunks(stateDirectory);
    shelf.sweep();
  } catch (error) {
    if (!isStorageFailure(error)) throw error;
  }
}
