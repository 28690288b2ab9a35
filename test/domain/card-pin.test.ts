import { expect, test } from 'vitest';
import { pinDigit } from '../../src/domain/card-pin.ts';

test('A digit of either width is the same digit', () => {
  for (const [value, digit] of [...'0123456789'].entries())
    expect(pinDigit(digit)).toBe(48 + value);
  for (const [value, digit] of [...'０１２３４５６７８９'].entries()) {
    expect(pinDigit(digit)).toBe(48 + value);
  }
});

test('What Unicode also calls a digit, or a number, is none', () => {
  const others = [
    '',
    '12',
    '/',
    ':',
    '／',
    '：',
    '²',
    '①',
    '一',
    '٣',
    '𝟘',
    '\0',
    'a',
    ' ',
    '\u{1f600}',
  ];
  expect(others.map(pinDigit)).toEqual(others.map(() => null));
});

test('Nothing but those twenty characters is a digit', () => {
  const every = Array.from({ length: 0x1_0000 }, (_, code) => String.fromCharCode(code));
  expect(every.filter((character) => pinDigit(character) !== null).join('')).toBe(
    '0123456789０１２３４５６７８９',
  );
});
