/**
 * The street's page, for browsers on this machine: the built files with a token in the page, drawings of papers, and a
 * websocket that carries the state out and requests in. As many pages as like may look on; all see the same.
 */

import { randomBytes } from 'node:crypto';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import { type BuiltPages, readBuiltPages } from '../pages/built-files.ts';
import {
  CACHED_FOR_GOOD,
  closeServer,
  end,
  hostOf,
  LOOPBACK,
  listenOnLoopback,
  protocolsOf,
  refuseUpgrade,
  securityHeaders,
  strangerRefusal,
} from '../pages/page-server.ts';
import { CLOSE, heardFrom, tellPage } from '../pages/page-socket.ts';
import { STREET_PROTOCOL, type StreetState, type ToPage } from './messages.ts';
import { FROM_PAGE, type Request } from './requests.ts';

const SOCKET_PATH = '/street';
const TOKEN_PLACE = '<meta name="kazasu-token" content="">';
const PAPER_PATH = /^\/papers\/([0-9a-f-]{36})\/(\d{1,9})\.svg$/u;

const FRAME_BYTES_MAX = 4_096;
const PAGES_MAX = 16;
const CONNECTIONS_MAX = 128;
/** A page that sends without waiting for answers. */
const ASKED_AT_ONCE_MAX = 16;
const BEAT_MS = 5_000;

/** What the server shows and whom it asks. */
export interface StreetSource {
  state(): StreetState;
  watch(listener: (parts: Partial<StreetState>) => void): () => void;
  svgOf(run: string, number: number): string | null;
  /** Resolves with words for people; rejects with why not. */
  obey(request: Request): Promise<string>;
}

export interface StreetServerOptions {
  readonly source: StreetSource;
  /** 0: any free one. */
  readonly port: number;
  /** The folder of the built pages. */
  readonly files: string;
  /** Origins whose screens the page shows. */
  readonly screens: readonly string[];
}

export interface StreetServer {
  /** e.g. `http://127.0.0.1:8400` */
  readonly origin: string;
  close(): Promise<void>;
}

/** Why the page cannot be served; the message is for people. */
export class StreetServerError extends Error {
  override readonly name = 'StreetServerError';
}

/** Rejects with `StreetServerError` when the port is taken, or when the page was not built. */
export async function openStreetServer(options: StreetServerOptions): Promise<StreetServer> {
  const pages = await readBuiltPages(options.files, 'street');
  if (!pages?.page.includes(TOKEN_PLACE)) {
    throw new StreetServerError('the page of the street is not built; npm run build:ui builds it');
  }
  const { port } = options;
  const server = await listenOnLoopback({ port, connections: CONNECTIONS_MAX }, StreetServerError);
  return new LoopbackServer(server, pages, options);
}

class LoopbackServer implements StreetServer {
  readonly origin: string;
  readonly #server: Server;
  readonly #pages: BuiltPages;
  readonly #source: StreetSource;
  readonly #headers: Readonly<Record<string, string>>;
  readonly #unwatch: () => void;
  readonly #beat: NodeJS.Timeout;
  /** Whoever can't read the page, as no page of another origin can, does not have it. */
  readonly #token = randomBytes(16).toString('base64url');
  readonly #sockets = new WebSocketServer({
    noServer: true,
    clientTracking: true,
    maxPayload: FRAME_BYTES_MAX,
    perMessageDeflate: false,
    handleProtocols: () => STREET_PROTOCOL,
  });

  constructor(server: Server, pages: BuiltPages, { source, screens }: StreetServerOptions) {
    this.#server = server;
    this.#pages = pages;
    this.#source = source;
    this.origin = `http://${LOOPBACK}:${(server.address() as AddressInfo).port}`;
    this.#headers = securityHeaders(this.origin, screens);
    server.on('request', (request, response) => this.#answer(request, response));
    server.on('upgrade', (request, socket, head) => this.#upgrade(request, socket, head));
    this.#sockets.on('wsClientError', (_error, socket) => refuseUpgrade(socket, '400 Bad Request'));
    this.#unwatch = source.watch((parts) => this.#tellAll({ type: 'state', parts }));
    this.#beat = setInterval(() => this.#tellAll({ type: 'state', parts: {} }), BEAT_MS);
  }

  async close(): Promise<void> {
    this.#unwatch();
    clearInterval(this.#beat);
    for (const socket of this.#sockets.clients) socket.close(CLOSE.goingAway);
    await closeServer(this.#server, () => {
      for (const socket of this.#sockets.clients) socket.terminate();
    });
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    for (const [name, value] of Object.entries(this.#headers)) response.setHeader(name, value);
    const [path = '/'] = (request.url ?? '/').split('?');
    const { host } = request.headers;
    const ours = hostOf(this.origin);
    if (host === ours.replace(LOOPBACK, 'localhost')) {
      // People type it; the screens' frames know one origin only.
      response.writeHead(308, { location: `${this.origin}/` }).end();
    } else if (host !== ours) {
      end(response, 421);
    } else if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.setHeader('allow', 'GET, HEAD');
      end(response, 405);
    } else if (path === '/') {
      this.#servePage(request, response);
    } else if (path.startsWith('/papers/')) {
      this.#servePaper(path, request, response);
    } else {
      this.#serveFile(path, request, response);
    }
  }

  #servePage(request: IncomingMessage, response: ServerResponse): void {
    const page = this.#pages.page.replace(
      TOKEN_PLACE,
      TOKEN_PLACE.replace('""', `"${this.#token}"`),
    );
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' });
    response.end(request.method === 'HEAD' ? undefined : page);
  }

  #serveFile(path: string, request: IncomingMessage, response: ServerResponse): void {
    const file = this.#pages.files.get(path);
    if (file === undefined) {
      end(response, 404);
      return;
    }
    response.writeHead(200, {
      'content-type': file.type,
      'content-length': file.bytes.length,
      'cache-control': CACHED_FOR_GOOD,
    });
    response.end(request.method === 'HEAD' ? undefined : file.bytes);
  }

  #servePaper(path: string, request: IncomingMessage, response: ServerResponse): void {
    const [, run = '', number = ''] = PAPER_PATH.exec(path) ?? [];
    const svg = this.#source.svgOf(run, Number(number));
    if (svg === null) {
      end(response, 404);
      return;
    }
    response.writeHead(200, {
      'content-type': 'image/svg+xml',
      'content-security-policy': "default-src 'none'",
      'cache-control': CACHED_FOR_GOOD,
    });
    response.end(request.method === 'HEAD' ? undefined : svg);
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    socket.on('error', () => socket.destroy());
    const refusal = this.#upgradeRefusal(request);
    if (refusal === null) {
      this.#sockets.handleUpgrade(request, socket, head, (websocket) => this.#welcome(websocket));
    } else {
      refuseUpgrade(socket, refusal);
    }
  }

  /** Null, or the HTTP status line for a request that comes from no page of this server, or from one too many. */
  #upgradeRefusal(request: IncomingMessage): string | null {
    const place = { origin: this.origin, path: SOCKET_PATH, protocol: STREET_PROTOCOL };
    const refusal = strangerRefusal(request, place);
    if (refusal !== null) return refusal;
    if (!protocolsOf(request).includes(`token.${this.#token}`)) return '403 Forbidden';
    return this.#sockets.clients.size >= PAGES_MAX ? '503 Service Unavailable' : null;
  }

  #welcome(socket: WebSocket): void {
    let asked = 0;
    socket.on('error', () => socket.terminate());
    socket.on('message', (data, isBinary) => {
      const parsed = isBinary ? null : heardFrom(FROM_PAGE, String(data));
      if (parsed === null) return socket.close(CLOSE.wrongData);
      asked += 1;
      if (asked > ASKED_AT_ONCE_MAX) return socket.close(CLOSE.tryLater);
      void this.#obey(socket, parsed).finally(() => {
        asked -= 1;
      });
    });
    tellPage<ToPage>(socket, { type: 'state', parts: this.#source.state() });
  }

  async #obey(socket: WebSocket, { id, request }: Asked): Promise<void> {
    try {
      tellPage<ToPage>(socket, { type: 'done', id, text: await this.#source.obey(request) });
    } catch (error) {
      tellPage<ToPage>(socket, { type: 'failed', id, why: (error as Error).message });
    }
  }

  #tellAll(message: ToPage): void {
    for (const socket of this.#sockets.clients) tellPage<ToPage>(socket, message);
  }
}

type Asked = { readonly id: number; readonly request: Request };
