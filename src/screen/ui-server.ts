/**
 * The screen's server, for one browser on this machine: the built page with a one-time token in it, the clips that are
 * spoken, and a websocket that carries screens out and keys in. Whoever else comes is refused, and the screen goes on.
 */

import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import { REASONS } from '../domain/reason.ts';
import {
  LANGUAGES,
  type Language,
  SCREEN_CLOSED,
  SCREEN_PROTOCOL,
  SPEECHES,
  type Speech,
} from '../domain/screen.ts';
import { Browser, endSocket } from './browser.ts';
import { type BuiltPages, readBuiltPages } from './built-pages.ts';
import { FRAME_BYTES_MAX } from './from-browser.ts';
import { CACHED_FOR_GOOD, securityHeaders } from './headers.ts';
import { OneTimeTokens } from './one-time-tokens.ts';
import { type Note, Refusals, type ScreenRefusal } from './refusals.ts';
import type { ScreenSource } from './screen-source.ts';
import type { Speaker } from './speech-source.ts';

const LOOPBACK = '127.0.0.1';
const SOCKET_PATH = '/screen';
const TOKEN_PLACE = '<meta name="kazasu-token" content="">';
/** From the page's first byte to its websocket, on a slow machine. */
const TOKEN_LIFE_MS = 30_000;
const TOKENS_OUTSTANDING_MAX = 8;
const CONNECTIONS_MAX = 64;
/** Whoever opens a connection and asks for nothing does not keep it. */
const TIMEOUTS = {
  headersTimeout: 2_000,
  requestTimeout: 5_000,
  connectionsCheckingInterval: 500,
} as const;
const CLOSE_MS = 1_000;
/** RFC 6455 7.4.1: the server is going away. */
const GOING_AWAY = 1001;

/** Never rejects; null: there is no sound for it. */
export type SpeechSource = Speaker['audio'];

export interface UiServerOptions {
  readonly source: ScreenSource;
  /** 0: any free one. */
  readonly port: number;
  /** The folder of the built pages. */
  readonly files: string;
  /** The only origin whose pages may frame the screen. */
  readonly embed: string | null;
  readonly speech: SpeechSource;
  readonly note: Note;
}

export interface UiServer {
  /** e.g. `http://127.0.0.1:8401` */
  readonly origin: string;
  close(): Promise<void>;
}

/** Rejects when the port is taken, or when the page was not built. */
export async function openUiServer(options: UiServerOptions): Promise<UiServer> {
  const pages = await readBuiltPages(options.files);
  if (!pages.page.includes(TOKEN_PLACE))
    throw new Error("the screen's page has no place for a token");
  const server = createServer(TIMEOUTS);
  server.maxConnections = CONNECTIONS_MAX;
  server.listen(options.port, LOOPBACK);
  await once(server, 'listening');
  return new LoopbackServer(server, pages, options);
}

class LoopbackServer implements UiServer {
  readonly origin: string;
  readonly #server: Server;
  readonly #pages: BuiltPages;
  readonly #options: UiServerOptions;
  readonly #refusals: Refusals;
  readonly #headers: Readonly<Record<string, string>>;
  readonly #tokens = new OneTimeTokens(TOKEN_LIFE_MS, TOKENS_OUTSTANDING_MAX, () =>
    performance.now(),
  );
  readonly #sockets = new WebSocketServer({
    noServer: true,
    clientTracking: true,
    maxPayload: FRAME_BYTES_MAX,
    perMessageDeflate: false,
    handleProtocols: () => SCREEN_PROTOCOL,
  });
  #browser: Browser | null = null;
  /** Whether the browser is being asked if it lives, because another one wants its place. */
  #challenged = false;

  constructor(server: Server, pages: BuiltPages, options: UiServerOptions) {
    this.#server = server;
    this.#pages = pages;
    this.#options = options;
    this.#refusals = new Refusals(options.note);
    this.origin = `http://${LOOPBACK}:${(server.address() as AddressInfo).port}`;
    this.#headers = securityHeaders(this.origin, options.embed);
    server.on('request', (request, response) => this.#answer(request, response));
    server.on('upgrade', (request, socket, head) => this.#upgrade(request, socket, head));
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets.clients) endSocket(socket, GOING_AWAY);
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.#server.closeIdleConnections();
    const limit = setTimeout(() => this.#server.closeAllConnections(), CLOSE_MS);
    await closed;
    clearTimeout(limit);
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    for (const [name, value] of Object.entries(this.#headers)) response.setHeader(name, value);
    const path = pathOf(request);
    if (request.headers.host !== this.#host) {
      this.#refusals.tell('foreign-host');
      end(response, 421);
    } else if (request.method !== 'GET' && request.method !== 'HEAD') {
      end(response, 405);
    } else if (path === '/') {
      this.#servePage(request, response);
    } else if (path.startsWith('/voice/')) {
      this.#serveClip(path, request, response);
    } else {
      this.#serveAsset(path, response);
    }
  }

  #serveAsset(path: string, response: ServerResponse): void {
    const asset = this.#pages.assets.get(path);
    if (asset === undefined) {
      end(response, 404);
      return;
    }
    response.setHeader('Content-Type', asset.type);
    response.setHeader('Content-Length', asset.bytes.byteLength);
    response.setHeader('Cache-Control', CACHED_FOR_GOOD);
    response.end(asset.bytes);
  }

  /**
   * A token goes only to a page that is opened as one, and from nowhere foreign (Fetch Metadata, W3C): the picture or
   * the link of some other page takes nobody's token away. Programs that are no browsers send neither field.
   */
  #servePage({ headers }: IncomingMessage, response: ServerResponse): void {
    const destination = headers['sec-fetch-dest'] ?? 'document';
    const isPage = destination === 'document' || destination === 'iframe';
    if (!isPage || headers['sec-fetch-site'] === 'cross-site') {
      this.#refusals.tell('foreign-origin');
      end(response, 403);
      return;
    }
    const token = TOKEN_PLACE.replace('content=""', `content="${this.#tokens.issue()}"`);
    response.setHeader('Content-Type', 'text/html; charset=utf-8');
    response.end(this.#pages.page.replace(TOKEN_PLACE, token));
  }

  #serveClip(path: string, { headers }: IncomingMessage, response: ServerResponse): void {
    // Speaking costs work: no other page has it done.
    if ((headers['sec-fetch-site'] ?? 'same-origin') !== 'same-origin') {
      end(response, 403);
      return;
    }
    const [language, speech, ...rest] = path.slice('/voice/'.length).split('/');
    if (!isLanguage(language) || !isSpeech(speech) || rest.length > 0) {
      end(response, 404);
      return;
    }
    void this.#options.speech(language, speech).then((clip) => {
      if (clip === null) {
        end(response, 404);
        return;
      }
      response.setHeader('Content-Type', clip.type);
      response.setHeader('Content-Length', clip.bytes.byteLength);
      response.end(clip.bytes);
    });
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    // Whoever asks may be gone before the answer.
    socket.on('error', () => socket.destroy());
    const refusal = this.#refusalOf(request);
    if (refusal === null) {
      this.#sockets.handleUpgrade(request, socket, head, (opened) => this.#admit(opened));
      return;
    }
    this.#refusals.tell(refusal);
    socket.end('HTTP/1.1 403 Forbidden\r\nConnection: close\r\nContent-Length: 0\r\n\r\n', () =>
      socket.destroy(),
    );
  }

  /** The token comes last: a request that is refused for something else does not use it up. */
  #refusalOf(request: IncomingMessage): ScreenRefusal | null {
    const { host, origin } = request.headers;
    if (host !== this.#host) return 'foreign-host';
    if (origin !== this.origin) return 'foreign-origin';
    const offered = (request.headers['sec-websocket-protocol'] ?? '')
      .split(',')
      .map((protocol) => protocol.trim());
    if (request.url !== SOCKET_PATH || offered[0] !== SCREEN_PROTOCOL) return 'not-of-the-protocol';
    const token = offered[1]?.startsWith('token.') ? offered[1].slice('token.'.length) : '';
    return this.#tokens.redeem(token) ? null : 'token';
  }

  /** One browser at a time: the first one stays while it lives, and a dead one gives way at once. */
  #admit(socket: WebSocket): void {
    if (this.#browser === null) {
      this.#follow(socket);
      return;
    }
    // Until it is known, the second one is told nothing; its own errors end it.
    socket.on('error', () => {});
    if (this.#challenged) {
      this.#turnAway(socket);
      return;
    }
    this.#challenged = true;
    const first = this.#browser;
    void first.isAlive().then((alive) => {
      this.#challenged = false;
      const isFree = this.#browser === null || this.#browser === first;
      if (alive || !isFree) this.#turnAway(socket);
      else if (socket.readyState === socket.OPEN) this.#follow(socket);
    });
  }

  #turnAway(socket: WebSocket): void {
    this.#refusals.tell('another-browser');
    endSocket(socket, SCREEN_CLOSED.anotherBrowser);
  }

  #follow(socket: WebSocket): void {
    this.#options.note('screen.connected', {});
    const browser = new Browser(socket, this.#options.source, this.#refusals, (code) => {
      if (this.#browser === browser) this.#browser = null;
      this.#options.note('screen.disconnected', { code });
    });
    this.#browser = browser;
  }

  get #host(): string {
    return new URL(this.origin).host;
  }
}

/** Without the query; a request line that is no path is the page of nothing. */
function pathOf({ url = '' }: IncomingMessage): string {
  return url.split('?', 1)[0] ?? '';
}

function end(response: ServerResponse, status: number): void {
  response.statusCode = status;
  response.end();
}

function isLanguage(text: string | undefined): text is Language {
  return LANGUAGES.some((language) => language === text);
}

function isSpeech(text: string | undefined): text is Speech {
  return text !== undefined && (SPEECHES.some((speech) => speech === text) || text in REASONS);
}
