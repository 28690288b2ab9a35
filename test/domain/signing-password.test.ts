/** The password of a signing key, as it is typed. */

import { expect, test } from 'vitest';
import {
  hasSigningPasswordLength,
  isPasswordByte,
  passwordCharacter,
} from '../../src/domain/signing-password.ts';
import { passwordVault } from '../../src/pin-vault.ts';

test('letters and digits are taken however they are typed, as the capitals that the card knows', () => {
  const typed = 'abzABZ059ａｚＡＺ０９';
  const codes = [...typed].map((character) => passwordCharacter(character) ?? 0);
  expect(String.fromCharCode(...codes)).toBe('ABZABZ059AZAZ09');
  expect(codes.every(isPasswordByte)).toBe(true);
});

test.each([
  '',
  'ab',
  ' ',
  '　',
  '-',
  '@',
  '[',
  '`',
  '{',
  'あ',
  'ｱ',
  'é',
  'ß',
  'ﬁ',
  '①',
  'Ⅷ',
  '\0',
  '\u{1d400}',
  '\ufee1',
])('%j is no character of one', (character) => {
  expect(passwordCharacter(character)).toBeNull();
});

test('it has 6 to 16 characters', () => {
  const lengths = [0, 5, 6, 16, 17].map(hasSigningPasswordLength);
  expect(lengths).toEqual([false, false, true, true, false]);
});

test('the vault takes sixteen and no more, gives the last one back, and is empty once it was taken', async () => {
  const vault = passwordVault();
  for (const character of 'kazasu２０２６') vault.add(character);
  expect(vault.add('!')).toBe(false);
  vault.erase();
  expect(vault.length).toBe(9);
  for (const character of '7ABCDEFGH') vault.add(character);
  expect(vault.length).toBe(16);
  let kept: Buffer = Buffer.alloc(0);
  const read = await vault.take(async (password) => {
    kept = password;
    return password.toString();
  });
  expect(read).toBe('KAZASU2027ABCDEF');
  expect(kept).toEqual(Buffer.alloc(16));
  expect(vault.length).toBe(0);
});
