/** Who is at the other end of a TLS connection: judged by what stands in the registry, not by who signed it. */

import { hash, X509Certificate } from 'node:crypto';
import type { TLSSocket } from 'node:tls';
import type { ClientRefusal } from '../src/link/protocol.ts';
import type { TerminalCertificate, TerminalRegistry } from './terminal-registry.ts';

/** A terminal that has shown that it holds the key of its certificate. */
export interface ClientIdentity {
  readonly terminal: string;
  readonly certificate: TerminalCertificate;
  /** It may tell its facts and renew, and gets nothing else. */
  readonly isExpired: boolean;
}

const CLIENT_AUTHENTICATION = '1.3.6.1.5.5.7.3.2';
const LINK_LIFE_MS_MAX = 24 * 3_600_000;
/** How far a terminal's clock may be from this one. */
const SKEW_MS = 5 * 60_000;

/**
 * The handshake has proved that the client holds the key of the first certificate it sent; this judges that certificate
 * and the terminal's, which must have issued it.
 */
export function identityOf(
  socket: Pick<TLSSocket, 'getPeerCertificate'>,
  registry: TerminalRegistry,
  now: number,
): ClientIdentity | ClientRefusal {
  const sent = socket.getPeerCertificate(true);
  // Without a certificate Node gives an object without members, whatever its type says.
  const link: Buffer | undefined = sent.raw;
  if (link === undefined) return 'no-certificate';
  return judgeClient(link, sent.issuerCertificate?.raw ?? null, registry, now);
}

/** `link`, `issuer`: DER, as the client sent them. */
export function judgeClient(
  link: Buffer,
  issuer: Buffer | null,
  registry: TerminalRegistry,
  now: number,
): ClientIdentity | ClientRefusal {
  const certificate = issuer === null ? null : registry.certificate(hash('sha256', issuer));
  if (certificate === null) return 'unknown-certificate';
  const { terminal, state, der, notAfter } = certificate;
  if (registry.standing(terminal) === 'revoked') return 'revoked';
  if (state === 'replaced') return 'replaced';
  const fault = linkFault(new X509Certificate(link), new X509Certificate(der), now);
  return fault ?? { terminal, certificate, isExpired: now > notAfter };
}

/** RFC 5280 6.1.3 for a path of one: signature and names, dates, and what the key may be used for. */
function linkFault(
  link: X509Certificate,
  terminal: X509Certificate,
  now: number,
): ClientRefusal | null {
  if (!link.checkIssued(terminal) || !link.verify(terminal.publicKey)) return 'link-certificate';
  // The terminal's certificate has a path length of 0: no CA may stand below it (4.2.1.9).
  if (link.ca || !link.keyUsage?.includes(CLIENT_AUTHENTICATION)) return 'link-certificate';
  const [from, to] = [link.validFromDate.getTime(), link.validToDate.getTime()];
  if (to - from > LINK_LIFE_MS_MAX) return 'link-certificate';
  return now < from - SKEW_MS || now > to + SKEW_MS ? 'link-certificate-dates' : null;
}
