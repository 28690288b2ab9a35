/**
 * The two keys of each entry list, in the key store. The list key itself, which the platform sends, is not kept: what is
 * derived from it serves this list and nothing else.
 */

import { createHmac } from 'node:crypto';
import { type KeyStore, KeyStoreError } from '../keys/key-store.ts';
import { deriveListKeys, ListKeys } from '../pki/converted-value.ts';

const KEY_BYTES = 32;
const PARTS = ['row', 'data'] as const;
type Part = (typeof PARTS)[number];
/** What two keys are held against each other with, since a store shows none. No certificate hashes to it: it is too short. */
const PROBE = Buffer.from('kazasu-probe-1', 'latin1');

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
   * Keeps what belongs to a list key, unless it is there, and returns what takes it into use, so that key and version of a
   * list change in one step. Rejects with `KeyStoreError`, or as the file system does.
   */
  async keep(list: string, listKey: Buffer): Promise<() => void> {
    const derived = deriveListKeys(listKey, list);
    const are = await Promise.all(
      PARTS.map((part) => this.#is(labelOf(list, part), derived[part])),
    );
    if (!are.every(Boolean)) await this.#keepBoth(list, derived);
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
    const kept = await this.#keptOrNot(label);
    const mac = createHmac('sha256', key).update(PROBE).digest();
    return (await kept?.mac(PROBE))?.equals(mac) ?? false;
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

/** Null for anything that is no list key. */
export function parseListKey(base64: string): Buffer | null {
  const key = Buffer.from(base64, 'base64');
  return key.length === KEY_BYTES ? key : null;
}
