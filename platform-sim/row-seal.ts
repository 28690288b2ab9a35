/**
 * How the platform seals the rows of an entry list: its own implementation of the format, sharing
 * no code with the terminal's, so that a fault on one side shows on the other. Of a certificate
 * nothing but its SHA-256 is needed.
 */

import {
  createCipheriv,
  createHash,
  createHmac,
  createSecretKey,
  type KeyObject,
  randomBytes,
} from 'node:crypto';
import type { EntryRowData } from '../src/domain/entry-list.ts';
import { KEY_ID_PROBE } from '../src/link/protocol.ts';

/** KeyObjects, because Node 24 spends 20 µs on telling bytes from keys at every use, ten times what the hash costs. */
export interface RowKeys {
  readonly list: string;
  readonly row: KeyObject;
  readonly data: KeyObject;
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
    createSecretKey(createHmac('sha256', listKey).update(`${label}${list}\u0001`, 'utf8').digest());
  return { list, row: expand('kazasu-row-1'), data: expand('kazasu-data-1') };
}

/** What a manifest calls the two keys, hex. */
export function keyIdsOf(keys: RowKeys): { keyId: string; dataKeyId: string } {
  const probe = createHash('sha256').update(KEY_ID_PROBE).digest();
  const idOf = (key: KeyObject) => keyedHash(key, probe).toString('hex');
  return { keyId: idOf(keys.row), dataKeyId: idOf(keys.data) };
}

/** 32 bytes. `certificateHash`: SHA-256 of the certificate's DER; throws RangeError on another length. */
export function convertedValue(keys: RowKeys, certificateHash: Uint8Array): Buffer {
  return keyedHash(keys.row, certificateHash);
}

/**
 * Seals one row for the holder of the certificate whose DER has this SHA-256. A nonce is random for
 * every write and never given from outside.
 */
export function sealRow(
  keys: RowKeys,
  certificateHash: Uint8Array,
  data: EntryRowData,
): SealedEntry {
  const key = convertedValue(keys, certificateHash);
  const nonce = randomBytes(12);
  const dataKey = createSecretKey(keyedHash(keys.data, certificateHash));
  const cipher = createCipheriv('aes-256-gcm', dataKey, nonce);
  cipher.setAAD(Buffer.concat([Buffer.from(keys.list, 'utf8'), key]));
  const sealed = [nonce, cipher.update(padded(JSON.stringify(data))), cipher.final()];
  return { key, sealed: Buffer.concat([...sealed, cipher.getAuthTag()]) };
}

function keyedHash(key: KeyObject, certificateHash: Uint8Array): Buffer {
  // Everything that is no SHA-256, a whole certificate above all, would give a row that nobody's card opens.
  if (certificateHash.length !== 32) throw new RangeError('a SHA-256 has 32 bytes');
  return createHmac('sha256', key).update(certificateHash).digest();
}

/** ISO/IEC 7816-4 padding to a multiple of 64 bytes, so that the length of a name doesn't show. */
function padded(text: string): Buffer {
  const bytes = Buffer.from(text, 'utf8');
  const whole = Buffer.alloc(Math.ceil((bytes.length + 1) / 64) * 64);
  bytes.copy(whole);
  whole[bytes.length] = 0x80;
  return whole;
}
