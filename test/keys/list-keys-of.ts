/** The keys of a list in this process, without a store. */

import { createHmac } from 'node:crypto';
import { deriveListKeys, ListKeys } from '../../src/pki/converted-value.ts';

export function listKeysOf(listKey: Uint8Array, list: string): ListKeys {
  const { row, data } = deriveListKeys(listKey, list);
  const macKey = (key: Buffer) => ({
    mac: async (bytes: Uint8Array) => createHmac('sha256', key).update(bytes).digest(),
  });
  return new ListKeys(list, macKey(row), macKey(data));
}
