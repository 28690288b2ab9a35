/** The code on a sheet, and whether it is its signer's. */

import { createHash, type KeyObject, verify } from 'node:crypto';
import { type PaperCode, readPaperCode } from '../link/paper-code.ts';

const KEY_ID_BYTES = 4;

/**
 * `texts`: what the codes on one page say. Null unless exactly one of them is a paper code, and it is signed with `key`
 * (ECDSA P-256): the one that signed the manifest.
 */
export function verifiedCode(texts: readonly string[], key: KeyObject): PaperCode | null {
  const codes = texts.map(readPaperCode).filter((code) => code !== null);
  const [signed, ...others] = codes;
  if (signed === undefined || others.length > 0) return null;
  const { code, message, signature } = signed;
  if (code.keyId !== keyIdOf(key)) return null;
  const isSigned = verify('sha256', message, { key, dsaEncoding: 'ieee-p1363' }, signature);
  return isSigned ? code : null;
}

function keyIdOf(key: KeyObject): string {
  const info = key.export({ type: 'spki', format: 'der' });
  const digest = createHash('sha256').update(info).digest();
  return digest.subarray(0, KEY_ID_BYTES).toString('hex');
}
