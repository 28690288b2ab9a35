/** What checking a card's certificate offline can say: valid, with what could not be checked, or a reason. */

import type { Reason } from './reason.ts';

export type CertificateReason = Extract<Reason, `certificate-${string}`>;

/**
 * How well revocation could be checked.
 * - `checked`: against a CRL of the issuing key that is within thisUpdate..nextUpdate
 * - `stale`: against a CRL that is past its nextUpdate
 * - `none`: there is no CRL for the issuing key
 */
export type RevocationCheck = 'checked' | 'stale' | 'none';

export type CertificateVerdict =
  | { readonly valid: true; readonly revocation: RevocationCheck }
  | { readonly valid: false; readonly reason: CertificateReason; readonly detail: string };
