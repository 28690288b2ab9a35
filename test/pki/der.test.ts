import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DerReader, TAG, X509Error } from '../../src/pki/der.ts';

const reader = (hex: string) => new DerReader(Buffer.from(hex.replaceAll(' ', ''), 'hex'));
const time = (tag: string, text: string) =>
  reader(
    `${tag} ${text.length.toString(16).padStart(2, '0')} ${Buffer.from(text).toString('hex')}`,
  );

describe('a strict DER reader', () => {
  it.each([
    ['nothing', ''],
    ['a tag alone', '02'],
    ['another tag', '04 01 00'],
    ['a value that is cut off', '02 02 01'],
    ['an indefinite length', '02 80 01 00 00'],
    ['a length in more octets than needed', '02 81 01 01'],
    ['a length with a leading zero', '02 82 00 81 00'],
    ['a length of five octets', '02 85 01 00 00 00 00 01'],
    ['a length of four gigabytes', '02 84 ff ff ff ff 01'],
    ['a length of 127 octets', `02 ff ${'ff'.repeat(127)}`],
    ['a length that is cut off', '02 84 ff'],
    ['an empty INTEGER', '02 00'],
    ['a negative INTEGER', '02 01 80'],
    ['an INTEGER with a needless octet', '02 02 00 7f'],
    ['an INTEGER that is too long', `02 15 01${'00'.repeat(20)}`],
  ])('refuses %s where an INTEGER belongs', (_what, hex) => {
    expect(() => reader(hex).natural(20)).toThrow(X509Error);
  });

  it('reads an INTEGER of twenty octets, and with the zero that keeps it positive', () => {
    expect(reader(`02 14 01${'00'.repeat(19)}`).natural(20)).toHaveLength(20);
    expect(reader('02 02 00 80').natural(20).toString('hex')).toBe('0080');
  });

  it.each(['02 01 80', '02 02 ff 7f', '02 01 ff'])('reads the negative INTEGER %s', (hex) => {
    expect(reader(hex).integer(20)).toHaveLength(Number(hex.slice(3, 5)));
    expect(() => reader(hex).natural(20)).toThrow('INTEGER is negative');
  });

  it('refuses a negative INTEGER with a needless octet', () => {
    expect(() => reader('02 02 ff 80').integer(20)).toThrow('INTEGER has a needless octet');
  });

  it('reads what is IMPLICIT under another tag', () => {
    expect(reader('81 01 ff').isTrue(0x81)).toBe(true);
    expect([...reader('83 02 06 40').namedBits(0x83)]).toEqual([1]);
  });

  it('says when something is left', () => {
    const value = reader('02 01 01 00');
    value.natural(1);
    expect(() => value.end()).toThrow('1 bytes too many');
  });

  it('never reads beyond the value that it is in', () => {
    const inside = reader('30 03 02 02 01 ff ff').enter(TAG.sequence);
    expect(() => inside.natural(2)).toThrow(X509Error);
  });

  it.each([
    ['06 03 55 1d 0f', '2.5.29.15'],
    ['06 0b 2a 83 08 8c 9b 55 08 05 01 03 1e', '1.2.392.200149.8.5.1.3.30'],
    ['06 02 88 37', '2.999'],
    ['06 01 00', '0.0'],
    ['06 01 27', '0.39'],
    ['06 01 28', '1.0'],
  ])('reads the OBJECT IDENTIFIER %s as %s', (hex, dotted) => {
    expect(reader(hex).oid()).toBe(dotted);
  });

  it.each(['06 00', '06 01 80', '06 02 2a 83', '06 03 2a 80 01', `06 0a 2a ${'ff'.repeat(8)} 7f`])(
    'refuses %s as an OBJECT IDENTIFIER',
    (hex) => {
      expect(() => reader(hex).oid()).toThrow(X509Error);
    },
  );

  it('reads named bits, and refuses trailing zeros, dirty padding and none', () => {
    expect([...reader('03 02 07 80').namedBits()]).toEqual([0]);
    expect([...reader('03 02 01 06').namedBits()]).toEqual([5, 6]);
    expect([...reader('03 03 07 01 80').namedBits()]).toEqual([7, 8]);
    for (const hex of [
      '03 02 00 80',
      '03 02 07 81',
      '03 02 07 c0',
      '03 01 00',
      '03 00',
      '03 02 08 80',
    ])
      expect(() => reader(hex).namedBits()).toThrow(X509Error);
  });

  it('reads a BOOLEAN that is FF or left out, and refuses every other', () => {
    expect(reader('01 01 ff').isTrue()).toBe(true);
    expect(reader('02 01 00').isTrue()).toBe(false);
    expect(reader('').isTrue()).toBe(false);
    for (const hex of ['01 01 00', '01 01 01', '01 00', '01 02 ff ff'])
      expect(() => reader(hex).isTrue()).toThrow(X509Error);
  });

  it.each([
    ['17', '160220010203Z', '2016-02-20T01:02:03.000Z'],
    ['17', '491231235959Z', '2049-12-31T23:59:59.000Z'],
    ['17', '500101000000Z', '1950-01-01T00:00:00.000Z'],
    ['18', '20500101000000Z', '2050-01-01T00:00:00.000Z'],
    ['18', '20240229000000Z', '2024-02-29T00:00:00.000Z'],
    ['18', '00500101000000Z', '0050-01-01T00:00:00.000Z'],
    ['18', '99991231235959Z', '9999-12-31T23:59:59.000Z'],
  ])('reads time %s %s', (tag, text, iso) => {
    expect(new Date(time(tag, text).time()).toISOString()).toBe(iso);
  });

  it.each([
    ['17', '1602200102Z'],
    ['17', '160220010203'],
    ['17', '160220010203+0900'],
    ['17', '160230010203Z'],
    ['17', '161320010203Z'],
    ['17', '160220240000Z'],
    ['17', '160220010260Z'],
    ['17', '20160220010203Z'],
    ['18', '20160220010203.5Z'],
    ['18', '20230229000000Z'],
    ['18', '-0160220010203Z'],
    ['18', '160220010203Z'],
    ['17', ''],
  ])('refuses time %s %s', (tag, text) => {
    expect(() => time(tag, text).time()).toThrow(X509Error);
  });

  it('throws nothing but X509Error, whatever the bytes', () => {
    const reads = ['natural', 'oid', 'namedBits', 'octetAlignedBits', 'isTrue', 'time'] as const;
    fc.assert(
      fc.property(fc.constantFrom(...reads), fc.uint8Array({ maxLength: 40 }), (read, bytes) => {
        try {
          new DerReader(bytes)[read](20);
        } catch (error) {
          expect(error).toBeInstanceOf(X509Error);
        }
      }),
      { numRuns: 2000 },
    );
  });
});
