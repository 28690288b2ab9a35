/**
 * TLS 1.3 to the platform and to nobody else. What the other end shows is judged here, before a byte of ours goes out;
 * OpenSSL's own verdict is not asked, for it knows neither the pinned key alone nor a clock that may be unset.
 */

import { isIP, type Socket } from 'node:net';
import { connect, type TLSSocket } from 'node:tls';
import type { PlatformFault } from './platform-certificate.ts';

/** What this end shows: PEM. The chain begins with the certificate of the key. */
export interface ClientCredentials {
  readonly key: string;
  readonly chain: string;
}

/** DER, as the other end sent them: its own certificate, and the one that it sent along as its issuer. */
export interface ShownCertificates {
  readonly own: Buffer;
  readonly issuer: Buffer | null;
}

export interface SecureConnectOptions {
  /** A name or an address, as URLs have it. */
  readonly host: string;
  readonly port: number;
  /** Null: this end shows nothing. */
  readonly credentials: ClientCredentials | null;
  readonly judge: (shown: ShownCertificates) => PlatformFault | null;
  readonly timeoutMs: number;
}

/** The other end is not the platform that is known here; nothing was said to it. */
export class PlatformFaultError extends Error {
  override readonly name = 'PlatformFaultError';
  readonly fault: PlatformFault;
  constructor(fault: PlatformFault) {
    super(`the platform's certificate: ${fault}`);
    this.fault = fault;
  }
}

/** Resolves once the other end has been judged. Rejects with PlatformFaultError, or with what the network says. */
export function connectSecurely(options: SecureConnectOptions): Promise<TLSSocket> {
  const host = options.host.startsWith('[') ? options.host.slice(1, -1) : options.host;
  return new Promise((resolve, reject) => {
    const socket = connect({
      host,
      port: options.port,
      // RFC 6066 3: an address is no server name.
      ...(isIP(host) === 0 && { servername: host }),
      ...(options.credentials && { key: options.credentials.key, cert: options.credentials.chain }),
      minVersion: 'TLSv1.3',
      rejectUnauthorized: false,
    });
    const late = setTimeout(() => socket.destroy(timedOut()), options.timeoutMs);
    socket.once('error', reject);
    socket.once('close', () => {
      clearTimeout(late);
      reject(new Error('closed before it was open'));
    });
    socket.once('secureConnect', () => {
      clearTimeout(late);
      const fault = judged(socket, options.judge);
      if (fault === null) {
        socket.off('error', reject);
        resolve(socket);
      } else {
        socket.destroy(new PlatformFaultError(fault));
      }
    });
  });
}

/** For `http.request` and agents, which ask for a connection by callback. */
export function byCallback(
  open: () => Promise<Socket>,
): (options: unknown, done: (error: Error | null, socket?: Socket) => void) => undefined {
  return (_options, done) => {
    open().then(
      (socket) => done(null, socket),
      (error: unknown) => done(error instanceof Error ? error : new Error(String(error))),
    );
  };
}

function judged(socket: TLSSocket, judge: SecureConnectOptions['judge']): PlatformFault | null {
  const shown = socket.getPeerCertificate(true);
  // Node gives an object without members for none, whatever its type says.
  const own: Buffer | undefined = shown.raw;
  if (own === undefined) return 'malformed';
  return judge({ own, issuer: shown.issuerCertificate?.raw ?? null });
}

function timedOut(): Error {
  return Object.assign(new Error('the handshake took too long'), { code: 'ETIMEDOUT' });
}
