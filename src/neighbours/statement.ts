/**
 * A fact as a gate hands it to others: its exact text, bound to the one before it in its stream, signed by the terminal's
 * own key, whose certificate the platform's CA issued. So it may go through any hands, and none of them can change it, take
 * one out of the middle, or make one up.
 */

import { verify } from 'node:crypto';
import { acceptableKey } from '../pki/algorithms.ts';
import { X509Error } from '../pki/der.ts';
import type { TerminalCertificate } from './neighbour-certificate.ts';

/** No certificate and no request begins so: what the same key signs here can't be taken for one. */
const PREFIX = 'kazasu-neighbour-1\n';

/** `before`: SHA-256 (hex) of the text of the fact before it in the stream, 64 zeros for the first. */
export function signedBytes(before: string, text: string): Buffer {
  return Buffer.from(`${PREFIX}${before}\n${text}`, 'utf8');
}

/** Whether the key of this certificate signed it. Throws for nothing in it. */
export function isSignedBy(
  { certificate }: TerminalCertificate,
  { before, text, signature }: { before: string; text: string; signature: Uint8Array },
): boolean {
  try {
    const key = acceptableKey(certificate.publicKey);
    return verify('sha256', signedBytes(before, text), key, signature);
  } catch (error) {
    if (error instanceof X509Error) return false;
    throw error;
  }
}
