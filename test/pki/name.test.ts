import { describe, expect, it } from 'vitest';
import { encode } from '../../platform-sim/x509.ts';
import { X509Error } from '../../src/pki/der.ts';
import { readName } from '../../src/pki/name.ts';

const [UTF8, PRINTABLE, TELETEX, IA5] = [0x0c, 0x13, 0x14, 0x16];
const [CN, O] = ['550403', '55040a'];

const attribute = (type: string, tag: number, value: string | Buffer) =>
  encode(0x30, encode(0x06, Buffer.from(type, 'hex')), encode(tag, Buffer.from(value)));
/** Each argument is one RDN, a set of attributes. */
const name = (...parts: readonly (readonly Buffer[])[]) =>
  encode(0x30, ...parts.map((part) => encode(0x31, ...part)));
const common = (value: string | Buffer, tag = UTF8) => name([attribute(CN, tag, value)]);
const key = (der: Buffer) => readName(der).key;

describe('names are the same', () => {
  it.each([
    ['another case', common('Test CA'), common('tEST ca')],
    ['other blanks', common('Test CA'), common('  Test \t  CA ')],
    ['another string type', common('Test CA'), common('Test CA', PRINTABLE)],
    ['another form of a letter', common('かざす ＣＡ'), common('かざす ca')],
    ['composed letters', common('ガ'), common('カ\u3099')],
    [
      'another order within one RDN',
      name([attribute(CN, UTF8, 'a'), attribute(O, UTF8, 'b')]),
      name([attribute(O, IA5, 'B'), attribute(CN, UTF8, 'A')]),
    ],
  ])('with %s', (_what, one, other) => {
    expect(key(one)).toBe(key(other));
  });
});

describe('names differ', () => {
  const [a, b] = [attribute(CN, UTF8, 'a'), attribute(O, UTF8, 'b')];
  it.each([
    ['another order', name([a], [b]), name([b], [a])],
    ['one RDN instead of two', name([a, b]), name([a], [b])],
    ['one RDN less', name([a], [b]), name([a])],
    ['another attribute', common('a'), name([attribute(O, UTF8, 'a')])],
    ['a blank within a word', common('Test CA'), common('TestCA')],
    ['quotes that look like structure', name([a], [b]), common('a"],["2.5.4.10=b')],
    ['a type that is compared octet by octet', common('a', TELETEX), common('A', TELETEX)],
  ])('with %s', (_what, one, other) => {
    expect(key(one)).not.toBe(key(other));
  });
});

it.each([
  ['an empty name', name()],
  ['an empty RDN', name([])],
  ['text that is not UTF-8', common(Buffer.from([0xc3, 0x28]))],
  ['a name of 5,000 bytes', common('a'.repeat(5000))],
  ['an RDN of 65 attributes', name(Array.from({ length: 65 }, () => attribute(CN, UTF8, 'a')))],
  ['bytes behind it', Buffer.concat([common('a'), Buffer.alloc(1)])],
  [
    'a tag of several octets',
    name([encode(0x30, encode(0x06, Buffer.from(CN, 'hex')), encode(0x1f))]),
  ],
])('%s is refused', (_what, der) => {
  expect(() => readName(der)).toThrow(X509Error);
});
