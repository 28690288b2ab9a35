/**
 * The converted value (変換値) of a certificate on one list, and what opens that person's row.
 *
 * Both are keyed by keys that come from the list key, so two lists can't be joined, and both run over the whole
 * certificate, so that nobody can find a person by trying the four billion serial numbers there
 * are.
 */

import { createDecipheriv, createHash, createHmac } from 'node:crypto';
import { z } from 'zod';
import type { EntryRowData } from '../domain/entry-list.ts';
import type { MacKey } from '../keys/key-store.ts';

const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
/** Rows are padded to a multiple of this, so that lengths of names don't show. */
const BLOCK_BYTES = 64;
/** The wire carries the length of a sealed row in two bytes. */
const MAX_SEALED_BYTES = 65_535;

const CONSENTED = z.strictObject({
  at: z.iso.date(),
  bloodType: z.string().max(10).exactOptional(),
  allergies: z.string().max(200).exactOptional(),
  medication: z.string().max(200).exactOptional(),
  contact: z.string().max(200).exactOptional(),
});

const EVACUEE = z.strictObject({
  kana: z.string().max(200),
  consented: CONSENTED.exactOptional(),
});

const ROW = z.strictObject({
  ticket: z.string().min(1).max(64),
  seat: z.string().max(100),
  holder: z.string().max(200),
  party: z.string().max(64),
  cancelledAt: z.iso.datetime().exactOptional(),
  evacuee: EVACUEE.exactOptional(),
}) satisfies z.ZodType<EntryRowData>;

export type RowFault = 'not-authentic' | 'malformed';

/** A sealed row that this certificate and this list key don't open, or that holds no row. */
export class RowError extends Error {
  readonly reason: RowFault;
  constructor(reason: RowFault, detail: string, options?: ErrorOptions) {
    super(detail, options);
    this.name = 'RowError';
    this.reason = reason;
  }
}

/** SHA-256 over the DER of the whole certificate: 32 bytes. */
export function certificateHash(der: Uint8Array): Buffer {
  return createHash('sha256').update(der).digest();
}

/**
 * K_row and K_data of one list, 32 bytes each: all that anybody needs of its list key, which is forgotten once they are
 * derived. `listKey`: 32 random bytes. Throws RangeError on a key of another length.
 */
export function deriveListKeys(listKey: Uint8Array, list: string): { row: Buffer; data: Buffer } {
  if (listKey.length !== KEY_BYTES) throw new RangeError('a list key has 32 bytes');
  return {
    row: expand(listKey, 'kazasu-row-1', list),
    data: expand(listKey, 'kazasu-data-1', list),
  };
}

/** The two keys of one list, wherever they are. */
export class ListKeys {
  readonly #list: Buffer;
  readonly #row: MacKey;
  readonly #data: MacKey;

  constructor(list: string, row: MacKey, data: MacKey) {
    this.#list = Buffer.from(list, 'utf8');
    this.#row = row;
    this.#data = data;
  }

  /** 32 bytes: the key of this certificate's row. `hash` is `certificateHash(der)`. Rejects with `KeyStoreError`. */
  convertedValue(hash: Uint8Array): Promise<Buffer> {
    return this.#row.mac(hash);
  }

  /**
   * Opens what `sealed` (nonce || ciphertext || tag) says to the holder of the certificate with
   * this hash. `key`: the converted value under which the row is stored. Rejects with `RowError` or `KeyStoreError`.
   */
  async openRow(hash: Uint8Array, key: Uint8Array, sealed: Uint8Array): Promise<EntryRowData> {
    const dataKey = await this.#data.mac(hash);
    const padded = decrypt(dataKey, Buffer.concat([this.#list, key]), sealed);
    return parseRow(unpad(padded));
  }
}

/**
 * HKDF-Expand with SHA-256 for exactly one block of output (RFC 5869 2.3: T(1) = HMAC(PRK, info ||
 * 0x01)).
 */
function expand(key: Uint8Array, purpose: string, list: string): Buffer {
  const info = Buffer.from(`${purpose}${list}`, 'utf8');
  return createHmac('sha256', key).update(info).update(Uint8Array.of(1)).digest();
}

function decrypt(key: Uint8Array, associated: Uint8Array, sealed: Uint8Array): Buffer {
  const ciphertextBytes = sealed.length - NONCE_BYTES - TAG_BYTES;
  if (
    ciphertextBytes < BLOCK_BYTES ||
    ciphertextBytes % BLOCK_BYTES !== 0 ||
    sealed.length > MAX_SEALED_BYTES
  )
    throw new RowError('malformed', `a sealed row of ${sealed.length} bytes`);
  const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, NONCE_BYTES), {
    authTagLength: TAG_BYTES,
  });
  decipher.setAAD(associated);
  decipher.setAuthTag(sealed.subarray(-TAG_BYTES));
  const plain = decipher.update(sealed.subarray(NONCE_BYTES, -TAG_BYTES));
  try {
    decipher.final();
  } catch (error) {
    throw new RowError('not-authentic', 'AES-GCM does not verify', { cause: error });
  }
  return plain;
}

/** ISO/IEC 7816-4 padding: 80, then zeros. */
function unpad(padded: Buffer): Buffer {
  let end = padded.length - 1;
  while (end >= 0 && padded[end] === 0) end -= 1;
  if (padded[end] !== 0x80) throw new RowError('malformed', 'padding of the row');
  return padded.subarray(0, end);
}

function parseRow(json: Buffer): EntryRowData {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(json));
  } catch {
    // The parser's own message quotes its input, which is a name: it is left out on purpose.
    throw new RowError('malformed', 'the row is not JSON');
  }
  const row = ROW.safeParse(value);
  if (!row.success) throw new RowError('malformed', 'the row lacks what a row says');
  return row.data;
}
