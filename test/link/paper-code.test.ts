import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DOCUMENTS } from '../../src/domain/municipal-certificate.ts';
import { fromBase45, toBase45 } from '../../src/link/base45.ts';
import {
  type PaperCode,
  paperCodeMessage,
  readPaperCode,
  writePaperCode,
} from '../../src/link/paper-code.ts';

const SIGNATURE = randomBytes(64);
const CODE: PaperCode = {
  request: '7c1e90ab-4f2a-4d3b-8c77-0123456789ab',
  subject: 'a5'.repeat(32),
  municipality: '990011',
  document: 'family-register-individual',
  page: 1,
  pages: 2,
  issuedAt: new Date('2026-11-25T07:58:00Z'),
  keyId: '0badcafe',
};

describe('base45', () => {
  it.each([
    ['', ''],
    ['AB', 'BB8'],
    ['Hello!!', '%69 VD92EX0'],
    ['base-45', 'UJCLQE7W581'],
    ['ietf!', 'QED8WEX0'],
  ])('writes %o as RFC 9285 does', (text, coded) => {
    expect(toBase45(Buffer.from(text))).toBe(coded);
    expect(fromBase45(coded)?.toString()).toBe(text);
  });

  it.each([
    ['more than two bytes hold', 'GGW'],
    ['more than one byte holds', ':::A:'],
    ['a lone character', 'BB8A'],
    ['small letters', 'bb8'],
    ['a character of another alphabet', 'B_8'],
    ['a character of two units', 'B𠮷8'],
  ])('takes %s for no bytes', (_, coded) => {
    expect(fromBase45(coded)).toBeNull();
  });

  it('gives every text of bytes back', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 130 }), (bytes) => {
        expect(fromBase45(toBase45(bytes))).toEqual(Buffer.from(bytes));
      }),
    );
  });
});

describe('the code on paper', () => {
  it('comes back as it was written, with what its signature is over', () => {
    const message = paperCodeMessage(CODE);
    const text = writePaperCode(message, SIGNATURE);

    expect(readPaperCode(text)).toEqual({ code: CODE, message, signature: SIGNATURE });
    expect(message.subarray(0, 14).toString()).toBe('kazasu-paper-1');
    expect(text).toMatch(/^KZ1:[0-9A-Z $%*+\-./:]{189}$/u);
  });

  it.each([
    ['page 0', { page: 0 }],
    ['a page after the last', { page: 3 }],
    ['more sheets than an order has', { pages: 41 }],
    ['a short request id', { request: '7c1e90ab' }],
    ['a subject that is no hash', { subject: 'zz'.repeat(32) }],
    ['a municipality of five digits', { municipality: '99001' }],
  ] satisfies [string, Partial<PaperCode>][])('is not written for %s', (_, change) => {
    expect(() => paperCodeMessage({ ...CODE, ...change })).toThrow(RangeError);
  });

  it('is not written with a signature of another length', () => {
    expect(() => writePaperCode(paperCodeMessage(CODE), randomBytes(63))).toThrow(RangeError);
  });

  it.each([
    ['another prefix', (text: string) => text.replace('KZ1:', 'KZ2:')],
    ['one character less', (text: string) => text.slice(0, -1)],
    ['three characters more', (text: string) => `${text}000`],
    ['a space before it', (text: string) => ` ${text}`],
    ['nothing behind the prefix', () => 'KZ1:'],
  ])('is none with %s', (_, change) => {
    const text = writePaperCode(paperCodeMessage(CODE), SIGNATURE);
    expect(readPaperCode(change(text))).toBeNull();
  });

  it.each([
    ['an unknown document', 51, DOCUMENTS.length],
    ['a municipality that is no number', 48, 0xaa],
    ['page 0', 52, 0],
    ['a page after the last', 52, 3],
    ['more sheets than an order has', 53, 41],
  ])('is none with %s in its bytes', (_, place, value) => {
    const message = paperCodeMessage(CODE);
    message.writeUInt8(value, 'kazasu-paper-1'.length + place);
    expect(readPaperCode(writePaperCode(message, SIGNATURE))).toBeNull();
  });
});
