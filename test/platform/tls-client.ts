/** TLS spoken by hand to the platform: one request, with any certificates, over a connection of its own. */

import { generateKeyPairSync, type KeyObject, X509Certificate } from 'node:crypto';
import { request } from 'node:https';
import type { ConnectionOptions } from 'node:tls';
import {
  extension,
  keyIdentifier,
  type Name,
  randomSerial,
  writeCertificate,
} from '../../platform-sim/x509.ts';
import { REFUSED_HEADER } from '../../src/link/protocol.ts';

const HOUR_MS = 3_600_000;
const CLIENT_AUTHENTICATION = '1.3.6.1.5.5.7.3.2';

export interface Answer {
  readonly status: number;
  readonly refused: string | undefined;
  readonly body: string;
}

/** Rejects with what the handshake or the connection failed of. */
export function ask(
  port: number,
  path: string,
  options: ConnectionOptions & { readonly method?: string; readonly body?: string } = {},
): Promise<Answer> {
  const { method = 'GET', body, ...tls } = options;
  return new Promise((resolve, reject) => {
    const asked = request(
      { host: '127.0.0.1', port, path, method, agent: false, rejectUnauthorized: false, ...tls },
      (response) => {
        const parts: Buffer[] = [];
        response.on('data', (part: Buffer) => parts.push(part));
        response.on('error', reject);
        response.on('end', () => {
          const refused = response.headers[REFUSED_HEADER];
          resolve({
            status: response.statusCode ?? 0,
            refused: typeof refused === 'string' ? refused : undefined,
            body: Buffer.concat(parts).toString(),
          });
        });
      },
    );
    asked.on('error', reject);
    asked.end(body);
  });
}

export interface LinkCertificateOver {
  readonly issuerName?: Name;
  readonly from?: number;
  readonly to?: number;
  readonly ca?: boolean;
  readonly purposes?: readonly string[];
}

/** A key and a certificate for it as a terminal makes them, or as `over` spoils them. PEM. */
export function linkCredentials(
  terminal: { readonly name: string; readonly certificate: Buffer; readonly key: KeyObject },
  over: LinkCertificateOver = {},
): { key: string; cert: string } {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const { from = Date.now() - HOUR_MS, to = Date.now() + HOUR_MS } = over;
  const { ca = false, purposes = [CLIENT_AUTHENTICATION] } = over;
  const issuer = new X509Certificate(terminal.certificate);
  const link = writeCertificate({
    issuer: { name: over.issuerName ?? [['CN', terminal.name]], privateKey: terminal.key },
    subject: [['CN', `${terminal.name} link`]],
    publicKey,
    serial: randomSerial(),
    notBefore: new Date(from),
    notAfter: new Date(to),
    extensions: [
      extension.keyUsage(ca ? ['digitalSignature', 'keyCertSign'] : ['digitalSignature']),
      extension.basicConstraints(ca),
      ...(purposes.length === 0 ? [] : [extension.extendedKeyUsage(purposes)]),
      extension.authorityKeyIdentifier(keyIdentifier(issuer.publicKey)),
    ],
  });
  return {
    key: privateKey.export({ format: 'pem', type: 'pkcs8' }).toString(),
    cert: pem(link) + pem(terminal.certificate),
  };
}

export function pem(der: Buffer): string {
  return new X509Certificate(der).toString();
}
