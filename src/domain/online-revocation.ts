/** What asking the issuer itself, online, adds to what was found offline. */

import type { CertificateVerdict } from './certificate-verdict.ts';

/**
 * Why there is no answer that could be used. From the network: `unreachable`, `too-slow`,
 * `http-status`, `too-large`. In what came: `malformed`, `refused` (the responder said so itself),
 * `bad-signature`, `responder-not-authorized`, `not-the-certificate`, `contradictory`, `bad-nonce`,
 * `stale`, `future`. `resting`: it failed a moment ago, so nobody is made to wait for it again.
 */
export type OnlineFault =
  | 'unreachable'
  | 'too-slow'
  | 'http-status'
  | 'too-large'
  | 'malformed'
  | 'refused'
  | 'bad-signature'
  | 'responder-not-authorized'
  | 'not-the-certificate'
  | 'contradictory'
  | 'bad-nonce'
  | 'stale'
  | 'future'
  | 'resting';

/**
 * - `good`: not revoked at this moment, as its issuer says
 * - `revoked`: for a reason by its name in RFC 5280 5.3.1; for words to the person alone
 * - `unknown`: the issuer's responder does not know the certificate, which is not "good"
 * - `none`: nobody gave an answer that could be used
 */
export type OnlineAnswer =
  | { readonly status: 'good' }
  | { readonly status: 'revoked'; readonly revokedFor: string }
  | { readonly status: 'unknown' }
  | { readonly status: 'none'; readonly fault: OnlineFault; readonly detail: string };

/**
 * One verdict of both: revoked by either is revoked, "good" never lifts what a list or the
 * certificate itself says, and what is no answer changes nothing.
 */
export function withOnlineAnswer(
  offline: CertificateVerdict,
  online: OnlineAnswer,
): CertificateVerdict {
  if (!offline.valid) return offline;
  switch (online.status) {
    case 'good':
      return { ...offline, revocation: 'ocsp' };
    case 'revoked':
      return {
        valid: false,
        reason: 'certificate-revoked',
        detail: 'revoked, as the OCSP responder of its issuer says',
        revokedFor: online.revokedFor,
      };
    case 'unknown':
    case 'none':
      return offline;
  }
}
