/**
 * The platform's end of TLS 1.3: where terminals enrol, and where enrolled ones are served once they have shown their
 * certificate. Nothing else is spoken there.
 */

import { constants, generateKeyPairSync, X509Certificate } from 'node:crypto';
import type { IncomingMessage, RequestListener, ServerOptions, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { Duplex } from 'node:stream';
import type { TLSSocket } from 'node:tls';
import {
  type ClientRefusal,
  ENROL_PATH,
  ENROL_REQUEST,
  REFUSED_HEADER,
} from '../src/link/protocol.ts';
import { type ClientIdentity, identityOf } from './client-identity.ts';
import type { PlatformKeys } from './signing.ts';
import type { TerminalRegistry } from './terminal-registry.ts';
import type { PlatformLog } from './terminals.ts';
import { extension } from './x509.ts';

const DAY_MS = 86_400_000;
const CERTIFICATE_LIFE_MS = 365 * DAY_MS;
const BACKDATED_MS = DAY_MS;
const ENROL_BYTES_MAX = 8_192;
const HOSTS = ['localhost', '127.0.0.1'] as const;

/** Who is at the other end of a connection, or why it is nobody who is served. */
export type Identify = (socket: Duplex) => ClientIdentity | ClientRefusal;

export function identifyBy(terminals: TerminalRegistry, log: PlatformLog): Identify {
  return (socket) => {
    const client = identityOf(socket as TLSSocket, terminals, Date.now());
    if (typeof client === 'string') log('client.refused', { why: client });
    return client;
  };
}

export interface SecureParts {
  readonly keys: PlatformKeys;
  readonly terminals: TerminalRegistry;
  /** For who is known, and may have it. */
  readonly serve: RequestListener;
  readonly identify: Identify;
  /** A handshake that takes longer is over. */
  readonly handshakeMs: number;
  readonly log: PlatformLog;
}

/** It listens to nothing yet. */
export function createSecureServer(limits: ServerOptions, parts: SecureParts): Server {
  const { keys, terminals, identify, serve, handshakeMs } = parts;
  const options = {
    ...limits,
    ...ownCertificate(keys),
    minVersion: 'TLSv1.3',
    requestCert: true,
    // Who may come in is decided by the registry; OpenSSL knows neither it nor who is expired but may renew.
    rejectUnauthorized: false,
    handshakeTimeout: handshakeMs,
    // A resumed session would bring no certificates with it, and outlive a revocation.
    secureOptions: constants.SSL_OP_NO_TICKET,
  } as const;
  return createServer(options, (request, response) => {
    if (request.url === ENROL_PATH) {
      enrol(parts, request, response).catch(() => request.destroy());
      return;
    }
    const client = identify(request.socket);
    const refusal = typeof client === 'string' ? client : withheldFrom(client, terminals);
    if (refusal === null) serve(request, response);
    else response.writeHead(403, { [REFUSED_HEADER]: refusal }).end();
  });
}

function withheldFrom(
  { terminal, isExpired }: ClientIdentity,
  terminals: TerminalRegistry,
): ClientRefusal | null {
  if (isExpired) return 'expired';
  return terminals.isQuarantined(terminal) ? 'quarantined' : null;
}

/** A key of its own at each start, in memory alone, and its certificate; the CA's goes along, for terminals that enrol. */
function ownCertificate(keys: PlatformKeys): { key: string; cert: string } {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const now = Date.now();
  const certificate = keys.issue({
    subject: [
      ['O', 'Kazasu platform simulator'],
      ['CN', 'Kazasu platform'],
    ],
    publicKey,
    notBefore: new Date(now - BACKDATED_MS),
    notAfter: new Date(now + CERTIFICATE_LIFE_MS),
    extensions: [
      extension.keyUsage(['digitalSignature']),
      extension.basicConstraints(false),
      extension.extendedKeyUsage(['1.3.6.1.5.5.7.3.1']),
      extension.subjectAltName(HOSTS),
    ],
  });
  const chain = [certificate, keys.caCertificate].map((der) => new X509Certificate(der).toString());
  return {
    key: privateKey.export({ format: 'pem', type: 'pkcs8' }).toString(),
    cert: chain.join(''),
  };
}

/** Answers a terminal that enrols. Rejects when it goes away. */
async function enrol(
  { keys, terminals, log }: SecureParts,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  if (request.method !== 'POST') {
    response.writeHead(405, { allow: 'POST', connection: 'close' }).end();
    return;
  }
  const said = ENROL_REQUEST.safeParse(await readJson(request));
  if (!said.success) {
    response.writeHead(400, { connection: 'close' }).end();
    return;
  }
  const { terminal } = said.data;
  const secret = Buffer.from(said.data.secret, 'base64');
  const asked = { terminal, secret, request: Buffer.from(said.data.request, 'base64') };
  const answer = terminals.enrol(keys, asked, Date.now());
  if (answer.result === 'enrolled') log('terminal.enrolled', { terminal });
  else log('enrolment.refused', { terminal, reason: answer.reason });
  const body = JSON.stringify(answer);
  const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
  response.writeHead(answer.result === 'enrolled' ? 200 : 403, headers).end(body);
}

/** Undefined for what is no JSON, or too long. */
async function readJson(request: IncomingMessage): Promise<unknown> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    size += part.length;
    if (size > ENROL_BYTES_MAX) return undefined;
    parts.push(part);
  }
  try {
    return JSON.parse(Buffer.concat(parts).toString('utf8'));
  } catch {
    return undefined;
  }
}
