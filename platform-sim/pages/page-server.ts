/**
 * What the servers of the street's page and of the municipality's are alike in: where they listen, what a browser may do with
 * what they serve, and whom they refuse.
 */

import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';

/** The only address that they listen on. */
export const LOOPBACK = '127.0.0.1';
/** `Cache-Control` of what has the hash of its content in its name. */
export const CACHED_FOR_GOOD = 'public, max-age=31536000, immutable';
const HTTP_LIMITS = {
  maxHeaderSize: 16_384,
  headersTimeout: 5_000,
  requestTimeout: 10_000,
} as const;
const CLOSE_MS = 500;

/** `port` 0: any free one. Rejects with `Refused`, in words for people, when the port can't be had. */
export async function listenOnLoopback(
  { port, connections }: { readonly port: number; readonly connections: number },
  Refused: new (message: string) => Error,
): Promise<Server> {
  const server = createServer(HTTP_LIMITS);
  server.maxConnections = connections;
  try {
    server.listen(port, LOOPBACK);
    await once(server, 'listening');
    return server;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'EADDRINUSE' && code !== 'EACCES') throw error;
    const why = code === 'EACCES' ? 'may not be used by this user' : 'is taken';
    throw new Refused(`port ${port} of ${LOOPBACK} ${why}: --port chooses another`);
  }
}

/** Whoever is still connected after half a second is cut off; `cutOff` is for connections that were upgraded. */
export async function closeServer(server: Server, cutOff: () => void = () => {}): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  server.closeIdleConnections();
  const limit = setTimeout(() => {
    cutOff();
    server.closeAllConnections();
  }, CLOSE_MS);
  await closed;
  clearTimeout(limit);
}

/** No page of another origin can embed, read, open or script this one. `screens`: origins that it may show in frames. */
export function securityHeaders(
  origin: string,
  screens: readonly string[] = [],
): Record<string, string> {
  const policy = [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "font-src 'self'",
    `connect-src 'self' ${origin.replace(/^http/u, 'ws')}`,
    ...(screens.length === 0 ? [] : [`frame-src ${screens.join(' ')}`]),
    "frame-ancestors 'none'",
    "base-uri 'none'",
    "form-action 'none'",
  ];
  return {
    'Content-Security-Policy': policy.join('; '),
    'X-Content-Type-Options': 'nosniff',
    'Referrer-Policy': 'no-referrer',
    'Cross-Origin-Opener-Policy': 'same-origin',
    'Cross-Origin-Resource-Policy': 'same-origin',
    'Cache-Control': 'no-store',
  };
}

/** Where the websocket of a page is, and what it has to speak. */
export interface SocketPlace {
  readonly origin: string;
  readonly path: string;
  readonly protocol: string;
}

/** Null, or the HTTP status line for a request to upgrade that comes from no page of this server. */
export function strangerRefusal(
  { url, headers }: IncomingMessage,
  { origin, path, protocol }: SocketPlace,
): string | null {
  if (url !== path) return '404 Not Found';
  if (headers.host !== hostOf(origin)) return '421 Misdirected Request';
  if (headers.origin !== origin) return '403 Forbidden';
  return protocolsOf({ headers }).includes(protocol) ? null : '400 Bad Request';
}

/** What a websocket's client offers to speak. */
export function protocolsOf({ headers }: Pick<IncomingMessage, 'headers'>): string[] {
  return (headers['sec-websocket-protocol'] ?? '').split(',').map((name) => name.trim());
}

/** What `Host` has to say. Another name for this address is how a page of elsewhere would get in (DNS rebinding). */
export function hostOf(origin: string): string {
  return origin.slice('http://'.length);
}

/** `status`: with its words, such as `404 Not Found`. */
export function refuseUpgrade(socket: Duplex, status: string): void {
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
  socket.once('finish', () => socket.destroy());
}

/** The answer is its status alone. */
export function end(response: ServerResponse, status: number): void {
  response.writeHead(status).end();
}
