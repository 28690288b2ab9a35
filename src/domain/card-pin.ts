/** The PIN of a card's user-authentication key (利用者証明用電子証明書の暗証番号), as its holder types it. */

/** Exactly so many digits. */
export const CARD_PIN_DIGITS = 4;
/** How often it may be wrong in a row; then only the holder's municipality opens the card again. */
export const CARD_PIN_TRIES = 3;

const ASCII_ZERO = 0x30;
const FULL_WIDTH_ZERO = 0xff10;

/**
 * The ASCII code of a typed digit, 0x30 to 0x39; null for everything else. Japanese keyboards and input methods type
 * full-width digits (０ to ９) too, and people don't see which they have.
 */
export function pinDigit(character: string): number | null {
  if (character.length !== 1) return null;
  const code = character.charCodeAt(0);
  for (const zero of [ASCII_ZERO, FULL_WIDTH_ZERO]) {
    if (code >= zero && code <= zero + 9) return code - zero + ASCII_ZERO;
  }
  return null;
}
