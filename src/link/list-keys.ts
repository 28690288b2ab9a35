/** The key of each entry list, in a file of its own that only the daemon's user reads. */

import { mkdirSync, readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { publish, writeDurably } from '../store/disk.ts';

const KEY_BYTES = 32;
const KEY_FOLDER = 'keys';

export class ListKeyFiles {
  readonly #directory: string;
  readonly #report: (list: string, key: Buffer) => void;
  readonly #keys = new Map<string, Buffer>();

  /** Reads the keys of `lists` from `<stateDirectory>/keys` and reports each that is there. */
  constructor(
    stateDirectory: string,
    lists: readonly string[],
    report: (list: string, key: Buffer) => void,
  ) {
    this.#directory = join(stateDirectory, KEY_FOLDER);
    this.#report = report;
    for (const list of lists) this.#load(list);
  }

  /** Whether the key of a list is there. Changes nothing. */
  static has(stateDirectory: string, list: string): boolean {
    return read(join(stateDirectory, KEY_FOLDER, fileNameOf(list)))?.length === KEY_BYTES;
  }

  /**
   * Stores and reports a key, unless it is the one that is known. Throws what the file system
   * throws.
   */
  keep(list: string, key: Buffer): void {
    if (this.#keys.get(list)?.equals(key)) return;
    mkdirSync(this.#directory, { recursive: true, mode: 0o700 });
    const part = `${this.#path(list)}.part`;
    writeDurably(part, key);
    publish(part, this.#path(list));
    this.#keys.set(list, key);
    this.#report(list, key);
  }

  #path(list: string): string {
    return join(this.#directory, fileNameOf(list));
  }

  #load(list: string): void {
    const key = read(this.#path(list));
    if (key === null) return;
    if (key.length !== KEY_BYTES) {
      // Not this software's work: kept for whoever looks into it, and fetched anew.
      renameSync(this.#path(list), `${this.#path(list)}.unusable`);
      return;
    }
    this.#keys.set(list, key);
    this.#report(list, key);
  }
}

function fileNameOf(list: string): string {
  return `${list}.key`;
}

/** Null for anything that is no list key. */
export function parseListKey(base64: string): Buffer | null {
  const key = Buffer.from(base64, 'base64');
  return key.length === KEY_BYTES ? key : null;
}

function read(path: string): Buffer | null {
  try {
    return readFileSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}
