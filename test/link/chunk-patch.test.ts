/** A delta that lies: what its bytes announce, in which order, and what it does to a chunk that is held. */

import { hash } from 'node:crypto';
import { expect, test } from 'vitest';
import { decodeDelta, patchedChunk } from '../../src/link/chunk-patch.ts';
import { encodeChunk, type SealedRow } from '../../src/link/protocol.ts';
import { delta, patch, row } from './deltas.ts';

const BASE = encodeChunk([row(2), row(4), row(6)]);
const first = (bytes: Buffer) => {
  const [one] = decodeDelta(bytes);
  if (one === undefined) throw new Error('the delta has no patch');
  return one;
};

test('rows are taken out, put in between, replaced and appended', () => {
  const rows = [row(1), row(4, 9), row(7)];
  const bytes = delta(patch({ from: BASE, to: BASE, removed: [row(2).key], rows }));
  const made = patchedChunk(BASE, first(bytes));
  expect(made).toEqual(encodeChunk([row(1), row(4, 9), row(6), row(7)]));
});

test('a chunk of new rows alone comes of nothing', () => {
  const made = first(delta(patch({ from: null, to: BASE, rows: [row(2)] })));
  expect(made).toMatchObject({ from: null, to: hash('sha256', BASE) });
  expect(patchedChunk(Buffer.alloc(0), made)).toEqual(encodeChunk([row(2)]));
});

const TRUE = patch({ from: BASE, to: BASE, removed: [row(2).key], rows: [row(3), row(5)] });

test('a delta cut at any byte is refused, and never read beyond its end', () => {
  for (let length = 1; length < TRUE.length; length += 1) {
    expect(() => decodeDelta(TRUE.subarray(0, length))).toThrow(
      expect.objectContaining({ reason: 'truncated' }),
    );
  }
});

function counted(keys: number, rows: number): Buffer {
  const bytes = Buffer.alloc(72);
  bytes.writeUInt32BE(keys, 64);
  bytes.writeUInt32BE(rows, 68);
  return bytes;
}

const FAULTS: readonly [what: string, reason: string, bytes: Buffer][] = [
  ['four thousand million keys in 72 bytes', 'truncated', counted(0xff_ff_ff_ff, 0)],
  ['four gigabytes of rows in 72 bytes', 'truncated', counted(0, 0xff_ff_ff_ff)],
  ['bytes behind the last patch', 'truncated', Buffer.concat([TRUE, Buffer.alloc(1)])],
  [
    'a row that ends outside of it',
    'truncated',
    patch({ from: BASE, to: BASE, rowBytes: encodeChunk([row(3)]).subarray(0, -1) }),
  ],
  ['a row twice', 'malformed', patch({ from: BASE, to: BASE, rows: [row(3), row(3)] })],
  ['rows that do not rise', 'malformed', patch({ from: BASE, to: BASE, rows: [row(5), row(3)] })],
  [
    'a key to take out twice',
    'malformed',
    patch({ from: BASE, to: BASE, removed: [row(2).key, row(2).key] }),
  ],
  [
    'keys to take out that do not rise',
    'malformed',
    patch({ from: BASE, to: BASE, removed: [row(4).key, row(2).key] }),
  ],
];

test.each(FAULTS)('%s is refused as %s', (_what, reason, bytes) => {
  expect(() => decodeDelta(bytes)).toThrow(expect.objectContaining({ reason }));
});

const MISFITS: readonly [what: string, removed: number[], rows: SealedRow[]][] = [
  ['a row that is taken out and put in', [4], [row(4, 9)]],
  ['a row to take out that is not there', [3], []],
  ['a row to take out that lies behind the last', [9], []],
  ['a new row that is taken out at once', [5], [row(5)]],
];

test.each(MISFITS)('%s is refused', (_what, removed, rows) => {
  const keys = removed.map((number) => row(number).key);
  const bytes = delta(patch({ from: BASE, to: BASE, removed: keys, rows }));
  expect(() => patchedChunk(BASE, first(bytes))).toThrow(
    expect.objectContaining({ reason: 'malformed' }),
  );
});
