import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { deriveRowKeys, sealRow } from '../../platform-sim/row-seal.ts';
import type { EntryRowData } from '../../src/domain/entry-list.ts';
import { certificateHash, deriveListKeys, RowError } from '../../src/pki/converted-value.ts';
import { listKeysOf } from '../keys/list-keys-of.ts';

const LIST = 'stadium-2016-02-20';
const LIST_KEY = Buffer.from(Array.from({ length: 32 }, (_, index) => index));
const CERTIFICATE = Buffer.from('not a certificate, but bytes as good as any');
const ROW: EntryRowData = {
  ticket: 'T-0001',
  seat: '1塁側 A列 12番',
  holder: '佐藤花子',
  party: '',
};

/**
 * Computed once with Python's `cryptography` (HKDFExpand, AESGCM) and `hmac`; openssl.tools.test.ts
 * computes them again.
 */
const GOLDEN = {
  hash: 'e50d0333eb782267452eda90c1b4922175d5674150799e7a64f502ee8e7cb19e',
  convertedValue: '7a90bf67a890052bcb65882329a2c7c9b73ba012fdf62826cc730c2165bd19d0',
  sealed:
    '000102030405060708090a0b' +
    '5f02c6bac3588b27aa846ce713e9bcdd78293f0834b93a99e102d72bd2f60695' +
    '32a515e43430aa61350c3dbeddacd9a9f538f1b5e2e036b982b01808f9cafaa6' +
    '449220a32c08d63fb2ff2333fc5863d4dd46f8d477e7f49822d25999d9f2a4af' +
    '1a6d4eaa8f0418defc0fe0094051a17bc80c77b5c39c3c03852cfe7544573689' +
    '57a8a966bf787c9114338616f18a35ba',
} as const;

const keys = listKeysOf(LIST_KEY, LIST);
const hash = certificateHash(CERTIFICATE);
const seal = (row: unknown, list = LIST, key = LIST_KEY) =>
  sealRow(deriveRowKeys(key, list), hash, row as EntryRowData);
const refusal = async (open: () => unknown) => {
  try {
    await open();
  } catch (error) {
    if (error instanceof RowError) return error.reason;
    throw error;
  }
  return null;
};

describe('the converted value and the rows of a list', () => {
  it('are what another implementation computed', async () => {
    expect(hash.toString('hex')).toBe(GOLDEN.hash);
    expect((await keys.convertedValue(hash)).toString('hex')).toBe(GOLDEN.convertedValue);
    const sealed = Buffer.from(GOLDEN.sealed, 'hex');
    expect(await keys.openRow(hash, Buffer.from(GOLDEN.convertedValue, 'hex'), sealed)).toEqual(
      ROW,
    );
  });

  it('are the same at the terminal and at the platform', async () => {
    const text = fc.string({ unit: 'grapheme', maxLength: 30 });
    const row = fc.record({
      ticket: fc.string({ unit: 'grapheme', minLength: 1, maxLength: 10 }),
      seat: text,
      holder: text,
      party: text,
    });
    await fc.assert(
      fc.asyncProperty(
        row,
        fc.uint8Array({ minLength: 32, maxLength: 32 }),
        text,
        async (data, key, list) => {
          const { key: value, sealed } = seal(data, list, Buffer.from(key));
          const terminal = listKeysOf(key, list);
          expect(await terminal.convertedValue(hash)).toEqual(value);
          expect(await terminal.openRow(hash, value, sealed)).toEqual(data);
        },
      ),
    );
  });

  it('can not be joined between two lists, nor between two keys of one list', async () => {
    const values = await Promise.all([
      keys.convertedValue(hash),
      listKeysOf(LIST_KEY, 'another-list').convertedValue(hash),
      listKeysOf(randomBytes(32), LIST).convertedValue(hash),
      keys.convertedValue(certificateHash(randomBytes(900))),
    ]);
    expect(new Set(values.map(String)).size).toBe(4);
  });

  it('need a list key of 32 bytes', () => {
    expect(() => deriveListKeys(randomBytes(16), LIST)).toThrow(RangeError);
    expect(() => deriveRowKeys(randomBytes(33), LIST)).toThrow(RangeError);
  });

  it('are sealed for the hash of a certificate, and a certificate in its place is noticed', () => {
    const sealFor = (given: Buffer) => () => sealRow(deriveRowKeys(LIST_KEY, LIST), given, ROW);
    expect(sealFor(hash)).not.toThrow();
    expect(sealFor(CERTIFICATE)).toThrow(RangeError);
  });

  it('keep a ticket that the organiser cancelled', async () => {
    const row = { ...ROW, cancelledAt: '2016-02-20T01:00:00.000Z' };
    const { key, sealed } = seal(row);
    expect(await keys.openRow(hash, key, sealed)).toEqual(row);
  });

  it('do not show how long a name is', () => {
    const lengths = ['', '林', '勘解由小路太郎兵衛'].map(
      (holder) => seal({ ...ROW, holder }).sealed.length,
    );
    expect(new Set(lengths).size).toBe(1);
  });

  it('are sealed under another nonce every time', () => {
    expect(seal(ROW).sealed.subarray(0, 12)).not.toEqual(seal(ROW).sealed.subarray(0, 12));
  });
});

describe('a row does not open', () => {
  const { key, sealed } = seal(ROW);

  it('with another certificate', async () => {
    const other = certificateHash(randomBytes(900));
    expect(await refusal(() => keys.openRow(other, key, sealed))).toBe('not-authentic');
  });

  it('with the key of another list, or as a row of another list', async () => {
    const otherKey = listKeysOf(randomBytes(32), LIST);
    const otherList = listKeysOf(LIST_KEY, 'another-list');
    expect(await refusal(() => otherKey.openRow(hash, key, sealed))).toBe('not-authentic');
    expect(await refusal(() => otherList.openRow(hash, key, sealed))).toBe('not-authentic');
  });

  it('at the place of another row', async () => {
    expect(await refusal(() => keys.openRow(hash, randomBytes(32), sealed))).toBe('not-authentic');
  });

  it('when any byte of it was changed', async () => {
    for (let at = 0; at < sealed.length; at += 1) {
      const changed = Buffer.from(sealed);
      changed.writeUInt8(changed.readUInt8(at) ^ 0x01, at);
      expect(await refusal(() => keys.openRow(hash, key, changed))).toBe('not-authentic');
    }
  });

  it('when it is cut off, empty or too long', async () => {
    for (const length of [0, 11, 12, 28, 27 + 64, sealed.length - 1])
      expect(await refusal(() => keys.openRow(hash, key, sealed.subarray(0, length)))).toBe(
        'malformed',
      );
    const huge = Buffer.alloc(12 + 64 * 1024 + 16);
    expect(await refusal(() => keys.openRow(hash, key, huge))).toBe('malformed');
  });

  it.each([
    ['a field is missing', { ticket: 'T-1', seat: '', holder: '' }],
    ['a field is of another type', { ...ROW, seat: 12 }],
    ['there is one field more', { ...ROW, admin: true }],
    ['it is a list', [ROW]],
    ['it is nothing', null],
    ['the cancellation is no time', { ...ROW, cancelledAt: 'yesterday' }],
    ['the ticket is endless', { ...ROW, ticket: 'T'.repeat(65) }],
  ])('when %s', async (_what, row) => {
    const { key: value, sealed: bytes } = seal(row);
    expect(await refusal(() => keys.openRow(hash, value, bytes))).toBe('malformed');
  });

  it('and the error says nothing of what the row says', async () => {
    const { key: value, sealed: bytes } = seal({ ...ROW, seat: 12 });
    await expect(keys.openRow(hash, value, bytes)).rejects.toThrow(
      /^the row lacks what a row says$/,
    );
  });
});
