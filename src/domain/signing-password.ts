/** The password of a card's signing key (署名用電子証明書の暗証番号), as its holder types it. */

/** How many characters it has. */
export const SIGNING_PASSWORD = { least: 6, most: 16 } as const;
/** How often it may be wrong in a row; then only the holder's municipality opens the key again. */
export const SIGNING_PASSWORD_TRIES = 5;

const FULL_WIDTH_OFFSET = 0xfee0;
const LOWER_CASE_OFFSET = 0x20;

export function hasSigningPasswordLength(characters: number): boolean {
  return characters >= SIGNING_PASSWORD.least && characters <= SIGNING_PASSWORD.most;
}

/**
 * The ASCII code of a typed character, A to Z or 0 to 9; null for everything else. A card knows capitals alone, so small
 * letters are taken for them, and what an input method makes full-width (ａ, Ａ, ０) for what it stands for.
 */
export function passwordCharacter(character: string): number | null {
  if (character.length !== 1) return null;
  const code = character.charCodeAt(0);
  const narrow = code > FULL_WIDTH_OFFSET ? code - FULL_WIDTH_OFFSET : code;
  if (isPasswordByte(narrow)) return narrow;
  const capital = narrow - LOWER_CASE_OFFSET;
  return isLetter(capital) ? capital : null;
}

/** Whether this byte may stand in a password as the card knows it. */
export function isPasswordByte(byte: number): boolean {
  return isLetter(byte) || (byte >= 0x30 && byte <= 0x39);
}

function isLetter(byte: number): boolean {
  return byte >= 0x41 && byte <= 0x5a;
}
