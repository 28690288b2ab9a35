/** What a service demands to know about the revocation of a card, and what a person whose card was revoked is told. */

import type { CertificateVerdict, RevocationCheck } from './certificate-verdict.ts';

/**
 * The least that a service must know about revocation: `current`, a list of the card's issuer within its time, or the
 * issuer's own word; `stale`, a list however old; `any`, nothing. What a mistake would cost decides.
 */
export const REVOCATION_DEMANDS = ['current', 'stale', 'any'] as const;
export type RevocationDemand = (typeof REVOCATION_DEMANDS)[number];

const MEETS: Readonly<Record<RevocationDemand, readonly RevocationCheck[]>> = {
  current: ['ocsp', 'checked'],
  stale: ['ocsp', 'checked', 'stale'],
  any: ['ocsp', 'checked', 'stale', 'none'],
};

/** Whether what could be checked is enough for a service. */
export function meetsDemand(checked: RevocationCheck, demand: RevocationDemand): boolean {
  return MEETS[demand].includes(checked);
}

/**
 * What a person whose certificate was revoked can do about it. Coarser than the reasons of RFC 5280 5.3.1 on purpose, and
 * for the person's own eyes: it goes to the screen with the answer and is forgotten with it. Facts, journal, staff and
 * platform get `certificate-revoked` and nothing finer, and nothing finer is spoken.
 *
 * `renew`: another certificate has taken its place; `on-hold`: its use was stopped, perhaps because it was lost.
 */
export type RevocationAdvice = 'renew' | 'on-hold';

/** By the reason's name in RFC 5280 5.3.1. */
const ADVICE: ReadonlyMap<string, RevocationAdvice> = new Map([
  ['superseded', 'renew'],
  ['affiliationChanged', 'renew'],
  ['certificateHold', 'on-hold'],
]);

/** Null where the general words are right. */
export function adviceOf(verdict: CertificateVerdict | null): RevocationAdvice | null {
  if (verdict === null || verdict.valid || verdict.reason !== 'certificate-revoked') return null;
  return ADVICE.get(verdict.revokedFor) ?? null;
}
