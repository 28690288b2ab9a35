/** Codes on paper: signed by the key of a municipality, checked with nothing but its public key, and drawn. */

import { createHash, createPublicKey, type KeyObject, sign, verify } from 'node:crypto';
import { encode } from 'uqr';
import {
  type PaperCode,
  paperCodeMessage,
  type SignedPaperCode,
  writePaperCode,
} from '../../src/link/paper-code.ts';

/** Hex digits of the four bytes by which a code names its key. */
const KEY_ID_DIGITS = 8;
/** Modules around a code that stay white (ISO/IEC 18004). */
const QUIET = 4;
const P1363 = 'ieee-p1363';

/** Signs one sheet after the other. `key`: P-256, private. Returns the text of each code. */
export function signSheets(order: Omit<PaperCode, 'page' | 'keyId'>, key: KeyObject): string[] {
  const keyId = keyIdOf(createPublicKey(key));
  return Array.from({ length: order.pages }, (_, place) => {
    const message = paperCodeMessage({ ...order, page: place + 1, keyId });
    return writePaperCode(message, sign('sha256', message, { key, dsaEncoding: P1363 }));
  });
}

/** Whether it is the key's signature. */
export function isSignedBy({ code, message, signature }: SignedPaperCode, key: KeyObject): boolean {
  if (code.keyId !== keyIdOf(key)) return false;
  return verify('sha256', message, { key, dsaEncoding: P1363 }, signature);
}

function keyIdOf(key: KeyObject): string {
  const spki = key.export({ format: 'der', type: 'spki' });
  return createHash('sha256').update(spki).digest('hex').slice(0, KEY_ID_DIGITS);
}

/** A code as an SVG, a unit a module, on white. */
export function drawCode(text: string): string {
  const { data, size } = encode(text, { ecc: 'M', border: QUIET });
  const path = data.flatMap((row, y) =>
    row.flatMap((isDark, x) => (isDark ? [`M${x} ${y}h1v1h-1z`] : [])),
  );
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${size} ${size}">` +
    `<path fill="#fff" d="M0 0h${size}v${size}h-${size}z"/><path d="${path.join('')}"/></svg>`
  );
}
