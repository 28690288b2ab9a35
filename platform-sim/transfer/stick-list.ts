/** The newest version of a list on a stick, for one terminal: what the platform would tell it over the link, and the objects. */

import { existsSync, mkdirSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readEntryListManifest } from '../entry-lists.ts';
import { headOf, wrappedFrame } from '../heads.ts';
import { InputError } from '../input-error.ts';
import type { PlatformKeys } from '../signing.ts';
import type { Stores } from '../stores.ts';
import { removeUnnamed } from './stick-sweep.ts';

export interface ListOnStick {
  readonly list: string;
  readonly version: number;
  readonly objects: number;
  /** How many were there that only earlier versions needed. */
  readonly removed: number;
}

/**
 * Puts it on a prepared stick, in the place of an earlier one for this terminal; the head last, so that a stick which was
 * pulled too early brings nothing. Throws InputError for a list or a terminal that is not there, or not for each other.
 */
export async function putList(
  directory: string,
  { registry, terminals }: Pick<Stores, 'registry' | 'terminals'>,
  keys: PlatformKeys,
  { list, terminal }: { readonly list: string; readonly terminal: string },
  time: { readonly now: number; readonly lifeMs: number },
): Promise<ListOnStick> {
  const publication = registry.publication(list);
  if (publication?.kind !== 'entry-list') throw new InputError(`there is no list ${list}`);
  const { audience, chunks, delta } = readEntryListManifest(list, publication);
  if (audience.length > 0 && !audience.includes(terminal)) {
    throw new InputError(`${list} is not for ${terminal}`);
  }
  const held = terminals.certificates(terminal).filter(({ state }) => state !== 'replaced');
  const certificate = held.find(({ state }) => state === 'active') ?? held[0];
  if (terminals.standing(terminal) !== 'enrolled' || certificate === undefined) {
    throw new InputError(`${terminal} is not enrolled: the keys of a list are wrapped for its key`);
  }
  const head = await headOf(registry, keys, list, time);
  if (head?.statement !== publication.statement) {
    throw new InputError(`${list} changed at this moment; try again`);
  }
  const named = [head.statement, ...chunks, ...(delta === undefined ? [] : [delta.object])];
  const folder = join(directory, 'kazasu', 'objects');
  mkdirSync(folder, { recursive: true });
  for (const sha256 of new Set(named)) {
    const bytes = registry.object(sha256);
    if (bytes === undefined) throw new InputError(`${list} changed at this moment; try again`);
    place(folder, sha256, bytes);
  }
  const own = join(directory, 'kazasu', 'down', terminal);
  mkdirSync(own, { recursive: true });
  place(own, 'list.json', Buffer.from(wrappedFrame(head, certificate.der), 'utf8'), true);
  const removed = removeUnnamed(directory);
  return { list, version: head.version, objects: new Set(named).size, removed };
}

/** Objects are named by what they are: one that is there stays, where it is whole. */
function place(folder: string, name: string, bytes: Uint8Array, isNew = false): void {
  const file = join(folder, name);
  if (!isNew && existsSync(file) && statSync(file).size === bytes.length) return;
  writeFileSync(`${file}.part`, bytes, { flush: true });
  renameSync(`${file}.part`, file);
}
