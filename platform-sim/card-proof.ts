/**
 * What a question shows of the card: the platform believes the signature, not the terminal. Each level has a prefix of its
 * own (DESIGN: kazasu-tap-1 proves the key, kazasu-pin-1 the key and the PIN for this very question).
 */

import { createHash, verify, X509Certificate } from 'node:crypto';
import type { Assurance } from '../src/domain/entry-list.ts';
import { type CardShown, requestLines } from '../src/link/question-protocol.ts';

const DIGEST_BYTES = 32;
const NONCE_BYTES = 32;
const MODULUS_BITS = 2048;

export interface AskedFrom {
  /** What may stand for the terminal in what cards sign. */
  readonly terminals: readonly Uint8Array[];
  readonly id: string;
  readonly service: string;
  readonly body: string;
}

/** Null when what is said to be a proof is none. */
export function assuranceShown(
  { certificate, proof }: CardShown,
  question: AskedFrom,
): Assurance | null {
  if (proof === null) return 'identified';
  const der = Buffer.from(certificate, 'base64');
  const message = Buffer.from(proof.message, 'base64');
  const signature = Buffer.from(proof.signature, 'base64');
  if (!isSignedBy(der, message, signature)) return null;
  const request = sha256(Buffer.from(requestLines(question), 'utf8'));
  for (const terminal of question.terminals) {
    const known = [sha256(terminal), sha256(der)];
    if (says(message, 'kazasu-tap-1', known)) return 'possession';
    if (says(message, 'kazasu-pin-1', [...known, request])) return 'possession+pin';
  }
  return null;
}

/** Prefix, nonce, digests: all of it, and nothing behind. */
function says(message: Buffer, prefix: string, digests: readonly Buffer[]): boolean {
  const begin = Buffer.from(prefix, 'ascii');
  const nonceEnd = begin.length + NONCE_BYTES;
  return (
    message.length === nonceEnd + digests.length * DIGEST_BYTES &&
    message.subarray(0, begin.length).equals(begin) &&
    message.subarray(nonceEnd).equals(Buffer.concat(digests))
  );
}

function isSignedBy(certificate: Buffer, message: Buffer, signature: Buffer): boolean {
  try {
    const key = new X509Certificate(certificate).publicKey;
    const bits = key.asymmetricKeyType === 'rsa' && key.asymmetricKeyDetails?.modulusLength;
    return bits === MODULUS_BITS && verify('sha256', message, key, signature);
  } catch {
    return false;
  }
}

function sha256(bytes: Uint8Array): Buffer {
  return createHash('sha256').update(bytes).digest();
}
