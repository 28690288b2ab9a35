/** Bytes that were right once, and what line noise, a broken program or an attacker makes of them. */

import fc from 'fast-check';

/** Places are parts of the length, so that an edit still fits after another one changed it. */
const place = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
const few = fc.integer({ min: 0, max: 16 });

const EDIT = fc.oneof(
  fc.record({
    edit: fc.constant('set' as const),
    at: place,
    byte: fc.integer({ max: 255, min: 0 }),
  }),
  // Lengths, counts and tags lie by one, by a sign or by everything.
  fc.record({
    edit: fc.constant('set' as const),
    at: place,
    byte: fc.constantFrom(0x00, 0x01, 0x7f, 0x80, 0x81, 0x82, 0x84, 0xff),
  }),
  fc.record({ edit: fc.constant('flip' as const), at: place, bit: fc.integer({ min: 0, max: 7 }) }),
  fc.record({ edit: fc.constant('cut' as const), at: place, length: few }),
  fc.record({ edit: fc.constant('end' as const), at: place }),
  fc.record({
    edit: fc.constant('insert' as const),
    at: place,
    bytes: fc.uint8Array({ maxLength: 16 }),
  }),
  fc.record({ edit: fc.constant('repeat' as const), at: place, length: few, times: few }),
  fc.record({ edit: fc.constant('swap' as const), at: place, with: place, length: few }),
);
type Edit = typeof EDIT extends fc.Arbitrary<infer T> ? T : never;

/** One of the seeds, damaged in up to eight places; sometimes two of them joined, sometimes nothing but noise. */
export function damaged(seeds: readonly Uint8Array[]): fc.Arbitrary<Uint8Array> {
  const seed = fc.constantFrom(...seeds);
  const whole = fc.oneof(
    { weight: 8, arbitrary: seed },
    { weight: 1, arbitrary: fc.tuple(seed, seed, place).map(([a, b, at]) => joined(a, b, at)) },
    { weight: 1, arbitrary: fc.uint8Array({ maxLength: 512 }) },
  );
  return fc
    .tuple(whole, fc.array(EDIT, { maxLength: 8 }))
    .map(([bytes, edits]) => edits.reduce(edited, bytes));
}

function joined(a: Uint8Array, b: Uint8Array, at: number): Uint8Array {
  return Buffer.concat([
    a.subarray(0, Math.floor(at * a.length)),
    b.subarray(Math.floor(at * b.length)),
  ]);
}

function edited(bytes: Uint8Array, edit: Edit): Uint8Array {
  const at = Math.floor(edit.at * bytes.length);
  const before = bytes.subarray(0, at);
  switch (edit.edit) {
    case 'set':
      return Buffer.concat([before, Uint8Array.of(edit.byte), bytes.subarray(at + 1)]);
    case 'flip':
      return Buffer.concat([
        before,
        Uint8Array.of((bytes[at] ?? 0) ^ (1 << edit.bit)),
        bytes.subarray(at + 1),
      ]);
    case 'cut':
      return Buffer.concat([before, bytes.subarray(at + edit.length)]);
    case 'end':
      return before;
    case 'insert':
      return Buffer.concat([before, edit.bytes, bytes.subarray(at)]);
    case 'repeat': {
      const piece = bytes.subarray(at, at + edit.length);
      return Buffer.concat([before, ...Array(edit.times).fill(piece), bytes.subarray(at)]);
    }
    case 'swap': {
      const other = Math.floor(edit.with * bytes.length);
      const piece = bytes.subarray(other, other + edit.length);
      return Buffer.concat([before, piece, bytes.subarray(at + piece.length)]);
    }
  }
}
