/**
 * Whether what another gate shows is a terminal's of the same platform: its certificate was issued by the pinned CA, and the
 * key that speaks TLS was certified by that terminal for this purpose, for a day. Nothing of a network is asked; what only the
 * platform knows, that a terminal was revoked, is not known here.
 */

import { X509Certificate } from 'node:crypto';
import { isIssuedBy } from '../link/platform-certificate.ts';
import { NAME } from '../link/protocol.ts';
import type { ShownCertificates } from '../link/secure-transport.ts';
import { acceptableKey } from '../pki/algorithms.ts';
import { type Certificate, parseCertificate } from '../pki/certificate.ts';
import { X509Error } from '../pki/der.ts';
import { KEY_USAGE } from '../pki/extensions.ts';
import { NEIGHBOUR_PURPOSES, neighbourName, subjectOf } from '../pki/issuing.ts';

/**
 * - `malformed`: no certificates of the kind that is taken here
 * - `another-platform`: the pinned CA did not issue the terminal's
 * - `not-a-neighbour`: not certified by that terminal for speaking to neighbours
 * - `outside-validity`: too early or too late for one of them
 */
export type NeighbourFault =
  | 'malformed'
  | 'another-platform'
  | 'not-a-neighbour'
  | 'outside-validity';

/** A terminal's certificate that the pinned CA issued. */
export interface TerminalCertificate {
  readonly terminal: string;
  readonly certificate: Certificate;
}

/** How far clocks of gates may be apart, here and in facts. */
export const SKEW_MS = 5 * 60_000;
const LIFE_MS_MAX = 24 * 3_600_000;

/** `now`: ms since the epoch; null: it is not known, and dates are left aside. Throws for nothing in the bytes. */
export function judgeNeighbour(
  { own, issuer }: ShownCertificates,
  { ca, now }: { readonly ca: Uint8Array; readonly now: number | null },
): TerminalCertificate | NeighbourFault {
  try {
    if (issuer === null) return 'not-a-neighbour';
    const terminal = terminalCertificate(issuer, ca);
    if (typeof terminal === 'string') return terminal;
    const shown = parseCertificate(own);
    if (!isCertifiedBy(shown, terminal)) return 'not-a-neighbour';
    const inTime = now === null || [shown, terminal.certificate].every((each) => isIn(each, now));
    return inTime ? terminal : 'outside-validity';
  } catch (error) {
    if (error instanceof X509Error) return 'malformed';
    throw error;
  }
}

/** Dates aside. Throws for nothing in the bytes. */
export function terminalCertificate(
  der: Uint8Array,
  ca: Uint8Array,
): TerminalCertificate | NeighbourFault {
  try {
    const certificate = parseCertificate(der);
    if (!isIssuedBy(certificate, parseCertificate(ca))) return 'another-platform';
    acceptableKey(certificate.publicKey);
    // The platform's own server, and whoever signs for it, are no terminals.
    const { ca: isCa, pathLength, keyUsage } = certificate;
    if (!isCa || pathLength !== 0 || !keyUsage?.has(KEY_USAGE.keyCertSign))
      return 'not-a-neighbour';
    const terminal = /^CN=(.+)$/u.exec(new X509Certificate(der).subject)?.[1] ?? '';
    if (!NAME.safeParse(terminal).success) return 'not-a-neighbour';
    const isAll = certificate.subject.equals(subjectOf(terminal));
    return isAll ? { terminal, certificate } : 'not-a-neighbour';
  } catch (error) {
    if (error instanceof X509Error) return 'malformed';
    throw error;
  }
}

export function isIn({ notBefore, notAfter }: Certificate, at: number): boolean {
  return at >= notBefore - SKEW_MS && at <= notAfter + SKEW_MS;
}

function isCertifiedBy(
  shown: Certificate,
  { terminal, certificate }: TerminalCertificate,
): boolean {
  const { ca, keyUsage, extendedKeyUsage, subject, notBefore, notAfter } = shown;
  acceptableKey(shown.publicKey);
  return (
    isIssuedBy(shown, certificate) &&
    !ca &&
    keyUsage?.has(KEY_USAGE.digitalSignature) === true &&
    NEIGHBOUR_PURPOSES.every((purpose) => extendedKeyUsage?.includes(purpose)) &&
    subject.equals(subjectOf(neighbourName(terminal))) &&
    notAfter - notBefore <= LIFE_MS_MAX
  );
}
