/**
 * The two keys of each entry list, in the key store. The list key itself, which the platform sends, is not kept: what is
 * derived from it serves this list and nothing else.
 */

import { createHmac } from 'node:crypto';
import type { EntryListManifest } from '../domain/entry-list.ts';
import { type KeyStore, KeyStoreError } from '../keys/key-store.ts';
import { certificateHash, deriveListKeys, ListKeys } from '../pki/converted-value.ts';
import type { OfferedKeys } from './offered-keys.ts';
import { KEY_ID_PROBE } from './protocol.ts';
import { Rejection } from './rejection.ts';

const KEY_BYTES = 32;
const PARTS = ['row', 'data'] as const;
type Part = (typeof PARTS)[number];
/** What two keys are held against each other with, since a store shows none. */
const PROBE = certificateHash(KEY_ID_PROBE);

export class ListKeyRing {
  readonly #store: KeyStore;
  readonly #report: (list: string, keys: ListKeys) => void;

  /** `report` is called for the keys of a list that are there, and each time that they are others. */
  constructor(store: KeyStore, report: (list: string, keys: ListKeys) => void) {
    this.#store = store;
    this.#report = report;
  }

  /** Reports the kept keys of a list; false when there are none. Rejects with `KeyStoreError`. */
  async load(list: string): Promise<boolean> {
    const keys = await this.#keysOf(list);
    if (keys !== null) this.#report(list, keys);
    return keys !== null;
  }

  /**
   * Keeps what came for a version of a list, and returns what takes it into use. Rejects with `Rejection` when it is not
   * what the signed manifest names, else as `keep`.
   */
  async take(
    offered: OfferedKeys<Part>,
    { list, keyId, dataKeyId }: Pick<EntryListManifest, 'list' | 'keyId' | 'dataKeyId'>,
  ): Promise<() => void> {
    if ('clear' in offered) return this.keep(list, offered.clear);
    if (keyId === undefined || dataKeyId === undefined) {
      throw new Rejection('key', 'the manifest does not name the keys');
    }
    const named = { row: keyId, data: dataKeyId };
    const isKept = await Promise.all(
      PARTS.map(async (part) => (await this.#idOf(labelOf(list, part))) === named[part]),
    );
    if (!isKept.every(Boolean)) await this.#unwrap(list, offered, named);
    return this.#useOf(list);
  }

  /** What is kept stays until both that came are found to be the right ones. */
  async #unwrap(
    list: string,
    { wrapped, recipient }: Extract<OfferedKeys<Part>, { recipient: string }>,
    named: Readonly<Record<Part, string>>,
  ): Promise<void> {
    const trials = PARTS.map((part) => [part, `${labelOf(list, part)}.new`] as const);
    try {
      for (const [part, trial] of trials) {
        await this.#store.unwrap(trial, wrapped[part], recipient);
        if ((await this.#idOf(trial)) !== named[part]) {
          throw new Rejection('key', 'not the keys of this version');
        }
      }
      for (const part of PARTS) {
        await this.#store.unwrap(labelOf(list, part), wrapped[part], recipient);
      }
    } finally {
      for (const [, trial] of trials) await this.#store.forget(trial);
    }
  }

  /**
   * Keeps what belongs to a list key, unless it is there, and returns what takes it into use, so that key and version of a
   * list change in one step. Rejects with `KeyStoreError`, or as the file system does.
   */
  async keep(list: string, listKey: Buffer): Promise<() => void> {
    const derived = deriveListKeys(listKey, list);
    const are = await Promise.all(
      PARTS.map((part) => this.#is(labelOf(list, part), derived[part])),
    );
    if (!are.every(Boolean)) await this.#keepBoth(list, derived);
    return this.#useOf(list);
  }

  /** The keys of a list that is over. Rejects with `KeyStoreError`, or as the file system does. */
  async forget(list: string): Promise<void> {
    for (const part of PARTS) await this.#store.forget(labelOf(list, part));
  }

  async #useOf(list: string): Promise<() => void> {
    const keys = await this.#keysOf(list);
    return () => {
      if (keys !== null) this.#report(list, keys);
    };
  }

  async #keepBoth(list: string, derived: Readonly<Record<Part, Buffer>>): Promise<void> {
    for (const part of PARTS) {
      await this.#store.keep(labelOf(list, part), 'secret', derived[part]);
    }
  }

  async #keysOf(list: string): Promise<ListKeys | null> {
    const keys = await Promise.all(PARTS.map((part) => this.#store.macKey(labelOf(list, part))));
    const [row, data] = keys;
    return row && data ? new ListKeys(list, row, data) : null;
  }

  async #is(label: string, key: Buffer): Promise<boolean> {
    const id = createHmac('sha256', key).update(PROBE).digest('hex');
    return (await this.#idOf(label)) === id;
  }

  async #idOf(label: string): Promise<string | null> {
    const kept = await this.#keptOrNot(label);
    return (await kept?.mac(PROBE))?.toString('hex') ?? null;
  }

  /** One that must not be used is replaced. */
  async #keptOrNot(label: string) {
    try {
      return await this.#store.macKey(label);
    } catch (error) {
      if (error instanceof KeyStoreError) return null;
      throw error;
    }
  }
}

/** The label of a list's key in the store. */
export function labelOf(list: string, part: Part): string {
  return `list.${list}.${part}`;
}

export function isListKey(key: Buffer): boolean {
  return key.length === KEY_BYTES;
}
