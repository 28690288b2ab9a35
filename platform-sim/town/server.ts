/**
 * The municipality's page, for browsers on this machine. The built files carry nothing personal; everything else needs a clerk's
 * session (a cookie that no script reads), and whatever changes something comes from a page of this very origin.
 */

import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import { z } from 'zod';
import { type BuiltPages, readBuiltPages } from '../pages/built-files.ts';
import {
  CACHED_FOR_GOOD,
  closeServer,
  end,
  hostOf,
  LOOPBACK,
  listenOnLoopback,
  refuseUpgrade,
  securityHeaders,
  strangerRefusal,
} from '../pages/page-server.ts';
import type { AccessLog } from './access-log.ts';
import type { Clerks } from './clerks.ts';
import { openTable, shelterTable } from './csv.ts';
import { Entrance, type Visitor } from './entrance.ts';
import { LiveSocket } from './live-socket.ts';
import { TOWN_PROTOCOL } from './messages.ts';
import type { Town } from './town.ts';

const SOCKET_PATH = '/live';
const FRAME_BYTES_MAX = 8_192;
const BODY_BYTES_MAX = 4_096;
const PAGES_MAX = 32;
const CONNECTIONS_MAX = 256;
/** How often it is looked whether there is something new. */
const TICK_MS = 100;
const CSV = z.discriminatedUnion('of', [
  z.strictObject({ of: z.literal('open'), district: z.string().regex(/^[a-z0-9-]{0,40}$/u) }),
  z.strictObject({ of: z.literal('shelters') }),
]);

export interface TownServerOptions {
  readonly town: Town;
  readonly clerks: Clerks;
  readonly log: AccessLog;
  /** The municipality's districts: GeoJSON. */
  readonly map: string;
  /** 0: any free one. */
  readonly port: number;
  /** The folder of the built pages. */
  readonly files: string;
  readonly now: () => number;
  /** Default: 15 minutes, said one before. */
  readonly idle?: { readonly ms: number; readonly warnMs: number };
}

export interface TownServer {
  /** e.g. `http://127.0.0.1:8420` */
  readonly origin: string;
  close(): Promise<void>;
}

/** Why the page cannot be served; the message is for people. */
export class TownServerError extends Error {
  override readonly name = 'TownServerError';
}

/** Rejects with `TownServerError` when the port is taken, or when the page was not built. */
export async function openTownServer(options: TownServerOptions): Promise<TownServer> {
  const pages = await readBuiltPages(options.files, 'town');
  if (pages === null) {
    throw new TownServerError('the page of the town is not built; npm run build:ui builds it');
  }
  const { port } = options;
  const server = await listenOnLoopback({ port, connections: CONNECTIONS_MAX }, TownServerError);
  await options.town.tick();
  return new LoopbackTownServer(server, pages, options);
}

class LoopbackTownServer implements TownServer {
  readonly origin: string;
  readonly #server: Server;
  readonly #pages: BuiltPages;
  readonly #options: TownServerOptions;
  readonly #idle: { readonly ms: number; readonly warnMs: number };
  readonly #entrance: Entrance;
  readonly #headers: Readonly<Record<string, string>>;
  readonly #live = new Set<LiveSocket>();
  readonly #unwatch: () => void;
  readonly #timer: NodeJS.Timeout;
  #ticking: Promise<void> | null = null;
  readonly #sockets = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    maxPayload: FRAME_BYTES_MAX,
    perMessageDeflate: false,
    handleProtocols: () => TOWN_PROTOCOL,
  });

  constructor(server: Server, pages: BuiltPages, options: TownServerOptions) {
    const { port } = server.address() as AddressInfo;
    const { clerks, log, now, town } = options;
    this.#server = server;
    this.#pages = pages;
    this.#options = options;
    this.#idle = options.idle ?? { ms: 900_000, warnMs: 60_000 };
    this.#entrance = new Entrance({ clerks, log, now, port, idleMs: this.#idle.ms });
    this.origin = `http://${LOOPBACK}:${port}`;
    this.#headers = securityHeaders(this.origin);
    server.on('request', (request, response) => void this.#answer(request, response));
    server.on('upgrade', (request, socket, head) => this.#upgrade(request, socket, head));
    this.#sockets.on('wsClientError', (_error, socket) => refuseUpgrade(socket, '400 Bad Request'));
    this.#unwatch = town.watch((change) => {
      for (const live of this.#live) live.tell(change);
    });
    this.#timer = setInterval(() => this.#tick(), TICK_MS);
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#ticking;
    this.#unwatch();
    for (const live of this.#live) live.end();
    await closeServer(this.#server);
  }

  #tick(): void {
    for (const live of this.#live) live.checkSession();
    this.#ticking ??= this.#options.town.tick().finally(() => {
      this.#ticking = null;
    });
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    for (const [name, value] of Object.entries(this.#headers)) response.setHeader(name, value);
    const { method, url = '/' } = request;
    if (request.headers.host !== hostOf(this.origin)) return end(response, 421);
    if (method === 'POST') return this.#take(url, request, response);
    if (method !== 'GET' && method !== 'HEAD') {
      response.setHeader('allow', 'GET, HEAD, POST');
      return end(response, 405);
    }
    if (url === '/')
      return this.#send(response, method, 'text/html; charset=utf-8', this.#pages.page);
    const file = this.#pages.files.get(url);
    if (file !== undefined) {
      response.setHeader('cache-control', CACHED_FOR_GOOD);
      return this.#send(response, method, file.type, file.bytes);
    }
    if (url !== '/session' && url !== '/map') return end(response, 404);
    const visitor = this.#entrance.visitor(request);
    // No fault: whoever has just come asks whether they are.
    if (visitor === null) return end(response, url === '/session' ? 204 : 401);
    if (url === '/map')
      return this.#send(response, method, 'application/geo+json', this.#options.map);
    return this.#send(response, method, 'application/json', JSON.stringify(visitor.clerk));
  }

  /** Whatever changes something, or gives something away that is to be taken along. */
  async #take(url: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    // A form of another page can send neither of the two.
    if (request.headers.origin !== this.origin) return end(response, 403);
    if (request.headers['content-type'] !== 'application/json') return end(response, 415);
    const said = await bodyOf(request);
    if (said === 'too-large') return end(response.setHeader('connection', 'close'), 413);
    if (said === 'not-json') return end(response, 400);
    if (url === '/sign-in') return this.#signIn(said.value, response);
    const visitor = this.#entrance.visitor(request);
    if (visitor === null) return end(response, 401);
    if (url === '/sign-out') {
      response.setHeader('set-cookie', this.#entrance.signOut(visitor));
      for (const live of this.#live) live.checkSession();
      return end(response, 204);
    }
    return url === '/csv' ? this.#csv(said.value, visitor, response) : end(response, 404);
  }

  async #signIn(said: unknown, response: ServerResponse): Promise<void> {
    const entered = await this.#entrance.signIn(said);
    if (entered.status === 429) {
      response.setHeader('retry-after', Math.ceil(entered.waitMs / 1_000));
    }
    if (entered.status !== 200) return end(response, entered.status);
    response.setHeader('set-cookie', entered.cookie);
    this.#send(response, 'POST', 'application/json', JSON.stringify(entered.clerk));
  }

  #csv(said: unknown, visitor: Visitor, response: ServerResponse): void {
    const parsed = CSV.safeParse(said);
    if (!parsed.success) {
      end(response, 400);
      return;
    }
    const { town, log, now } = this.#options;
    this.#entrance.keep(visitor);
    const { name: clerk } = visitor.clerk;
    if (parsed.data.of === 'shelters') {
      const { shelters, municipality, shared } = town;
      const table = shelterTable(municipality, shelters, shared.shelters, now());
      this.#send(response, 'POST', 'text/csv; charset=utf-8', table);
      return;
    }
    const { district } = parsed.data;
    const asked = { district, search: '', from: 0, count: Number.MAX_SAFE_INTEGER };
    const { total, refs } = town.find(asked);
    log.note({ at: now(), clerk, what: 'csv', detail: { district, total, refs } });
    const rows = refs.flatMap((ref) => town.row(ref) ?? []);
    this.#send(response, 'POST', 'text/csv; charset=utf-8', openTable(rows));
  }

  #send(response: ServerResponse, method: string, type: string, body: string | Buffer): void {
    response.writeHead(200, { 'content-type': type, 'content-length': Buffer.byteLength(body) });
    response.end(method === 'HEAD' ? undefined : body);
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    socket.on('error', () => socket.destroy());
    const visitor = this.#entrance.visitor(request);
    const refusal = this.#upgradeRefusal(request) ?? (visitor === null ? '401 Unauthorized' : null);
    if (refusal !== null || visitor === null) {
      refuseUpgrade(socket, refusal ?? '401 Unauthorized');
      return;
    }
    const { town, log, now } = this.#options;
    this.#sockets.handleUpgrade(request, socket, head, (websocket) => {
      const live = new LiveSocket(websocket, {
        ...{ town, log, now, idle: this.#idle, entrance: this.#entrance },
        token: visitor.token,
        onEnd: () => this.#live.delete(live),
      });
      this.#live.add(live);
      live.welcome();
    });
  }

  /** Null, or the HTTP status line for a request that comes from no page of this server, or from one too many. */
  #upgradeRefusal(request: IncomingMessage): string | null {
    const place = { origin: this.origin, path: SOCKET_PATH, protocol: TOWN_PROTOCOL };
    const isFull = this.#live.size >= PAGES_MAX;
    return strangerRefusal(request, place) ?? (isFull ? '503 Service Unavailable' : null);
  }
}

type Body = { readonly value: unknown } | 'too-large' | 'not-json';

async function bodyOf(request: IncomingMessage): Promise<Body> {
  const pieces: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const piece of request as AsyncIterable<Buffer>) {
      bytes += piece.length;
      if (bytes > BODY_BYTES_MAX) return 'too-large';
      pieces.push(piece);
    }
    return { value: JSON.parse(Buffer.concat(pieces).toString('utf8')) };
  } catch {
    // Nor was it when whoever sent it went away.
    return 'not-json';
  }
}
