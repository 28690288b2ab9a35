/**
 * How the platform seals the rows of an entry list: its own implementation of the format, sharing
 * no code with the terminal's, so that a fault on one side shows on the other.
 */

import { createCipheriv, createHash, createHmac, randomBytes } from 'node:crypto';
import type { EntryRowData } from '../src/domain/entry-list.ts';

export interface RowKeys {
  readonly list: string;
  readonly row: Buffer;
  readonly data: Buffer;
}

export interface SealedEntry {
  /** The converted value, 32 bytes. */
  readonly key: Buffer;
  /** nonce (12) || ciphertext || tag (16). */
  readonly sealed: Buffer;
}

/** `listKey`: 32 random bytes of this list alone. HKDF-Expand to one block (RFC 5869 2.3). */
export function deriveRowKeys(listKey: Uint8Array, list: string): RowKeys {
  if (listKey.length !== 32) throw new RangeError('a list key has 32 bytes');
  const expand = (label: string) =>
    createHmac('sha256', listKey).update(`${label}${list}\u0001`, 'utf8').digest();
  return { list, row: expand('kazasu-row-1'), data: expand('kazasu-data-1') };
}

/**
 * Seals one row for the holder of `certificate` (DER). A nonce is random for every write and never
 * given from outside.
 */
export function sealRow(keys: RowKeys, certificate: Uint8Array, data: EntryRowData): SealedEntry {
  const hash = createHash('sha256').update(certificate).digest();
  const key = createHmac('sha256', keys.row).update(hash).digest();
  const dataKey = createHmac('sha256', keys.data).update(hash).digest();
  const nonce = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', dataKey, nonce);
  cipher.setAAD(Buffer.concat([Buffer.from(keys.list, 'utf8'), key]));
  const sealed = [nonce, cipher.update(padded(JSON.stringify(data))), cipher.final()];
  return { key, sealed: Buffer.concat([...sealed, cipher.getAuthTag()]) };
}

/** ISO/IEC 7816-4 padding to a multiple of 64 bytes, so that the length of a name doesn't show. */
function padded(text: string): Buffer {
  const bytes = Buffer.from(text, 'utf8');
  const whole = Buffer.alloc(Math.ceil((bytes.length + 1) / 64) * 64);
  bytes.copy(whole);
  whole[bytes.length] = 0x80;
  return whole;
}
