/** Since when the platform has vouched for each version of a list: `confirmed.json` in the folder of list files. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { EntryListManifest } from '../domain/entry-list.ts';
import { codeOf, publish, writeDurably } from './disk.ts';

/**
 * Confirmations kept for a list: of the active version, and of newer ones that are still being
 * fetched.
 */
const KEPT = 4;
const FILE = 'confirmed.json';

const CONFIRMED = z.array(
  z.strictObject({ list: z.string(), version: z.number(), root: z.string(), at: z.number() }),
);
type Confirmation = z.infer<typeof CONFIRMED>[number];

export class ListConfirmations {
  readonly #path: string;
  #confirmed: readonly Confirmation[];

  /** What is kept in the folder; changes nothing in it. */
  constructor(directory: string) {
    this.#path = join(directory, FILE);
    this.#confirmed = read(this.#path);
  }

  /** ms since the epoch; what was not confirmed yet is as old as its signature says. */
  of({ list, version, root, issuedAt }: EntryListManifest): number {
    const said = this.#confirmed.find(
      (one) => one.list === list && one.version === version && one.root === root,
    );
    return Math.max(said?.at ?? 0, Date.parse(issuedAt));
  }

  /** Never goes back in time. `active`: the version that decides, 0 for none. Throws what the file system throws. */
  add({ list, version, root, at }: Confirmation, active: number): void {
    const known = this.#confirmed.filter((one) => one.list === list);
    const same = known.find((one) => one.version === version && one.root === root);
    if (same !== undefined && same.at >= at) return;
    const kept = known.filter((one) => one !== same && one.version >= active);
    const newest = [...kept, { list, version, root, at }]
      .sort((a, b) => a.version - b.version)
      .slice(-KEPT);
    this.#keep([...this.#confirmed.filter((one) => one.list !== list), ...newest]);
  }

  /** Throws what the file system throws. */
  forget(list: string): void {
    this.#keep(this.#confirmed.filter((one) => one.list !== list));
  }

  #keep(confirmed: readonly Confirmation[]): void {
    this.#confirmed = confirmed;
    const part = `${this.#path}.part`;
    writeDurably(part, JSON.stringify(confirmed));
    publish(part, this.#path);
  }
}

/** No confirmation is better than a wrong one: what can't be read counts as never said. */
function read(path: string): readonly Confirmation[] {
  try {
    return CONFIRMED.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch (error) {
    if (codeOf(error) === 'ENOENT' || error instanceof SyntaxError) return [];
    if (error instanceof z.ZodError) return [];
    throw error;
  }
}
