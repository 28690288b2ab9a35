/** What checking a card's certificate offline can say: valid, with what could not be checked, or a reason. */

import type { Reason } from './reason.ts';

export type CertificateReason = Extract<Reason, `certificate-${string}`>;

/**
 * How well revocation could be checked.
 * - `ocsp`: its issuer was asked online and said "good" a moment ago, and no CRL contradicts
 * - `checked`: against a CRL of the issuing key that is within thisUpdate..nextUpdate
 * - `stale`: against a CRL that is past its nextUpdate
 * - `none`: there is no CRL for the issuing key
 */
export type RevocationCheck = 'ocsp' | 'checked' | 'stale' | 'none';

/** `detail` is for staff: it goes into the fact and the journal. */
export type CertificateVerdict =
  | { readonly valid: true; readonly revocation: RevocationCheck }
  | {
      readonly valid: false;
      readonly reason: Exclude<CertificateReason, 'certificate-revoked'>;
      readonly detail: string;
    }
  | {
      readonly valid: false;
      readonly reason: 'certificate-revoked';
      readonly detail: string;
      /**
       * The reason code of the CRL by its name in RFC 5280 5.3.1. It can tell of a death or of a
       * move: for words to the person alone, and in no fact and no journal.
       */
      readonly revokedFor: string;
    };
