import { expect, test } from 'vitest';
import { findRow } from '../src/find-row.ts';
import { RowError } from '../src/pki/converted-value.ts';
import { ListFileError } from '../src/store/list-error.ts';

const KEYS = {
  convertedValue: async () => Buffer.alloc(32),
  openRow: async () => {
    throw new RowError('not-authentic', 'does not open');
  },
};

test('a row that does not open is a damaged list, and a reason to look at its file', async () => {
  let doubts = 0;
  const file = {
    find: () => ({ ref: '00', sealed: Buffer.alloc(28) }),
    doubt: () => {
      doubts += 1;
    },
  };
  expect(await findRow(file, KEYS, Buffer.alloc(1))).toMatchObject({ refusal: 'list-damaged' });
  expect(doubts).toBe(1);
});

test('a file that can’t be read refuses with its reason, and ends no process', async () => {
  const file = {
    find: () => {
      throw new ListFileError('damaged', 'SQLITE_CORRUPT');
    },
    doubt: () => {},
  };
  expect(await findRow(file, KEYS, Buffer.alloc(1))).toEqual({
    refusal: 'list-damaged',
    detail: 'SQLITE_CORRUPT',
  });
});
