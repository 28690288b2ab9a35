/**
 * Attendants, known by the user-authentication certificate of their own card. A certificate that was read identifies and
 * proves nothing (ARCHITECTURE.md, "Assurance"): where the terminal has an institution's key the card has to prove its
 * own, and where it has none a copy opens the menu too, so the PIN is the stronger way in.
 */

import { createHash, X509Certificate } from 'node:crypto';

/** What becomes part of facts for good. */
export const ATTENDANT_NAME = /^(?=.*\S)[^\p{Cc}]{1,40}$/u;

export interface Attendant {
  readonly name: string;
  /** SHA-256 of the certificate's DER, lower-case hex. */
  readonly card: string;
}

export type FindAttendant = (certificate: Uint8Array) => string | null;

/** `certificate`: DER, verified by the caller. Null for everybody else. */
export function attendantFinder(attendants: readonly Attendant[]): FindAttendant {
  const names = new Map(attendants.map(({ name, card }) => [card, name]));
  return (certificate) => names.get(fingerprint(certificate)) ?? null;
}

/**
 * The table for the configuration, from a certificate in DER or PEM. Null when it is no certificate. `name` is one that
 * the configuration takes.
 */
export function attendantTable(name: string, certificate: Buffer): string | null {
  try {
    const { raw } = new X509Certificate(certificate);
    return [
      '[[staff.attendant]]',
      `name = ${JSON.stringify(name)}`,
      `card = "${fingerprint(raw)}"`,
    ].join('\n');
  } catch {
    return null;
  }
}

function fingerprint(der: Uint8Array): string {
  return createHash('sha256').update(der).digest('hex');
}
