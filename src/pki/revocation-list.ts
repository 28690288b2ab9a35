/**
 * A revocation list whose signature was checked: what is known of it, and who is on it. Where it
 * lies, a file or memory, is for whoever made it to know.
 */

import type { CrlReason } from './crl.ts';

/** RFC 5280 5.2.5: of whom a list speaks. Cards are the certificates of people in either. */
export type CrlScope = 'all' | 'user-certificates';

export interface VerifiedCrl {
  /** SHA-256 of the SubjectPublicKeyInfo of the key that signed it, hex. */
  readonly keyHash: string;
  readonly number: bigint;
  /** RFC 5280 5.2.4: of a delta, the number of the full list on which it builds; else null. */
  readonly base: bigint | null;
  readonly scope: CrlScope;
  /** Milliseconds since the epoch. */
  readonly thisUpdate: number;
  readonly nextUpdate: number;
  readonly entries: number;
}

export interface Revocation {
  readonly reason: CrlReason;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

export interface RevocationList extends VerifiedCrl {
  /**
   * `serial`: as `serialKey` gives it. Null when it is not on the list. A certificate on hold is on
   * it; in a delta, `removeFromCRL` takes back what its base says.
   */
  revoked(serial: string): Revocation | null;
  close(): void;
}
