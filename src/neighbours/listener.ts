/** Where other gates call: TLS 1.3 with both certificates on the venue's network, and nothing but websockets. */

import { constants } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { type WebSocket, WebSocketServer } from 'ws';
import type { ClientCredentials } from '../link/secure-transport.ts';
import type { NeighbourFault, TerminalCertificate } from './neighbour-certificate.ts';
import { LIMITS, SUBPROTOCOLS } from './protocol.ts';
import { judgedSocket } from './shown.ts';

const HANDSHAKE_MS = 5_000;
const HEADER_BYTES = 4_096;

export interface ListenerParts {
  readonly host: string;
  /** 0: one that is free. */
  readonly port: number;
  readonly credentials: ClientCredentials;
  readonly judge: (shown: {
    own: Buffer;
    issuer: Buffer | null;
  }) => TerminalCertificate | NeighbourFault;
  readonly onNeighbour: (socket: WebSocket, who: TerminalCertificate) => void;
  readonly onRefused: (fault: NeighbourFault) => void;
}

export class Listener {
  readonly #server: Server;
  readonly #sockets: WebSocketServer;
  #shown: ClientCredentials;

  private constructor(parts: ListenerParts) {
    const { key, chain } = parts.credentials;
    this.#shown = parts.credentials;
    this.#server = createServer({
      ...{ key, cert: chain, minVersion: 'TLSv1.3', requestCert: true },
      // Judged by our own code, which knows the pinned CA and a clock that may be unset.
      rejectUnauthorized: false,
      handshakeTimeout: HANDSHAKE_MS,
      headersTimeout: HANDSHAKE_MS,
      requestTimeout: HANDSHAKE_MS,
      maxHeaderSize: HEADER_BYTES,
      // A resumed session brings no certificates with it.
      secureOptions: constants.SSL_OP_NO_TICKET,
    });
    this.#server.maxConnections = LIMITS.connections;
    this.#sockets = new WebSocketServer({
      noServer: true,
      perMessageDeflate: false,
      maxPayload: LIMITS.frameBytes,
      handleProtocols: (offered) => SUBPROTOCOLS.find((name) => offered.has(name)) ?? false,
    });
    this.#server.on('request', (_request, response) => {
      response.writeHead(426, { connection: 'close' }).end();
    });
    this.#server.on('upgrade', (request, socket, head) => {
      socket.on('error', () => {});
      const who = judgedSocket(request.socket as TLSSocket, parts.judge);
      if (typeof who === 'string') {
        parts.onRefused(who);
        socket.destroy();
        return;
      }
      this.#sockets.handleUpgrade(request, socket, head, (websocket) => {
        if (websocket.protocol !== '') parts.onNeighbour(websocket, who);
        else websocket.terminate();
      });
    });
  }

  /** Rejects with what the network says. */
  static async open(parts: ListenerParts): Promise<Listener> {
    const listener = new Listener(parts);
    const server = listener.#server;
    server.listen(parts.port, parts.host);
    await once(server, 'listening');
    // A connection that could not be taken ends no gate.
    server.on('error', () => {});
    return listener;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** For those who call from now on. */
  show(credentials: ClientCredentials): void {
    if (credentials.key === this.#shown.key) return;
    this.#shown = credentials;
    const { key, chain } = credentials;
    this.#server.setSecureContext({ key, cert: chain, minVersion: 'TLSv1.3' });
  }

  /** The sockets that came of it are ended by whoever got them. */
  async close(): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.#server.closeAllConnections();
    for (const socket of this.#sockets.clients) socket.terminate();
    await closed;
  }
}
