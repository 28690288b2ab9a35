/** What the other end of a TLS connection showed, judged. */

import type { TLSSocket } from 'node:tls';
import type { ShownCertificates } from '../link/secure-transport.ts';
import type { NeighbourFault, TerminalCertificate } from './neighbour-certificate.ts';

export type Judge = (shown: ShownCertificates) => TerminalCertificate | NeighbourFault;

export function judgedSocket(
  socket: TLSSocket,
  judge: Judge,
): TerminalCertificate | NeighbourFault {
  const shown = socket.getPeerCertificate(true);
  // Without a certificate Node gives an object without members, whatever its type says.
  const own: Buffer | undefined = shown.raw;
  if (own === undefined) return 'malformed';
  return judge({ own, issuer: shown.issuerCertificate?.raw ?? null });
}
