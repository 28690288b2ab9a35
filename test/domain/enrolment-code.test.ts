import { randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import {
  EnrolmentCodeError,
  readEnrolmentCode,
  writeEnrolmentCode,
} from '../../src/domain/enrolment-code.ts';

const PARTS = {
  platform: Uint8Array.from({ length: 16 }, (_, at) => at * 15),
  secret: Uint8Array.from({ length: 9 }, (_, at) => 255 - at),
};
const CODE = writeEnrolmentCode(PARTS);

function faultOf(typed: string): string {
  try {
    readEnrolmentCode(typed);
  } catch (error) {
    expect(error).toBeInstanceOf(EnrolmentCodeError);
    return (error as Error).message;
  }
  return 'none';
}

describe('what is typed wrongly', () => {
  test('one character, anywhere, is found, and its group is named', () => {
    const plain = CODE.replaceAll('-', '');
    for (let at = 0; at < plain.length; at += 1) {
      const other = plain[at] === '7' ? '8' : '7';
      const group = Math.floor(at / 5) + 1;
      const typed = plain.slice(0, at) + other + plain.slice(at + 1);
      expect(faultOf(typed)).toBe(`group ${group} of the code is mistyped, or out of place`);
    }
  });

  test('two neighbours that changed places are found', () => {
    const plain = CODE.replaceAll('-', '');
    for (let at = 0; at + 1 < plain.length; at += 1) {
      const [one = '', two = ''] = plain.slice(at);
      if (one === two) continue;
      expect(faultOf(plain.slice(0, at) + two + one + plain.slice(at + 2))).toMatch(/mistyped/u);
    }
  });

  test('groups in another order are found', () => {
    const groups = CODE.split('-');
    const swapped = [groups[1], groups[0], ...groups.slice(2)];
    expect(faultOf(swapped.join('-'))).toMatch(/out of place/u);
  });

  test('a character that no code has is named by its group', () => {
    expect(faultOf(CODE.replace(/^.{6}./u, (start) => `${start.slice(0, 6)}U`))).toBe(
      'group 2 of the code has a character that no code has',
    );
    expect(faultOf(`${CODE.slice(0, 3)}é${CODE.slice(4)}`)).toMatch(/^group 1 /u);
  });

  test('what is too short or too long says how much was typed', () => {
    expect(faultOf('')).toMatch(/0 of 50 were typed/u);
    expect(faultOf(CODE.slice(0, -1))).toMatch(/49 of 50 were typed/u);
    expect(faultOf(`${CODE}0`)).toMatch(/51 of 50 were typed/u);
  });

  test('no message has a part of the code', () => {
    const typed = `${CODE.slice(0, -1)}${CODE.endsWith('7') ? '8' : '7'}`;
    for (const group of typed.split('-')) expect(faultOf(typed)).not.toContain(group);
  });
});

test('a code is ten groups of five, and reads back as it was written', () => {
  expect(CODE).toMatch(/^([0-9A-HJKMNP-TV-Z]{5}-){9}[0-9A-HJKMNP-TV-Z]{5}$/u);
  expect(readEnrolmentCode(CODE)).toEqual(PARTS);
  for (let tries = 0; tries < 200; tries += 1) {
    const parts = { platform: randomBytes(16), secret: randomBytes(9) };
    const read = readEnrolmentCode(writeEnrolmentCode(parts));
    expect(Buffer.from(read.platform)).toEqual(parts.platform);
    expect(Buffer.from(read.secret)).toEqual(parts.secret);
  }
});

test('case, blanks, hyphens and full-width digits say nothing; I, L and O are read as digits', () => {
  const zeros = writeEnrolmentCode({ platform: new Uint8Array(16), secret: new Uint8Array(9) });
  expect(readEnrolmentCode(zeros.replaceAll('0', 'o').replaceAll('1', 'l'))).toEqual(
    readEnrolmentCode(zeros),
  );
  const wide = CODE.replaceAll(/\d/gu, (digit) =>
    String.fromCodePoint((digit.codePointAt(0) ?? 0) + 0xfee0),
  );
  expect(readEnrolmentCode(` ${wide.toLowerCase().replaceAll('-', ' ')} `)).toEqual(PARTS);
});

test('parts of another length are no code', () => {
  expect(() => writeEnrolmentCode({ ...PARTS, secret: new Uint8Array(8) })).toThrow(RangeError);
});
