/** A browser as the screen's server sees one: it fetches the page, opens the websocket, keeps what it is shown. */

import { once } from 'node:events';
import { request } from 'node:http';
import { connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { WebSocket } from 'ws';
import { type Key, SCREEN_PROTOCOL, type Screen, type ToBrowser } from '../../src/domain/screen.ts';

const WAIT_MS = 25_000;

export interface Answered {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly text: string;
}

/** A plain request, with whatever headers: `Host`, too, which fetch() would not take. */
export async function get(
  url: string,
  headers: Readonly<Record<string, string>> = {},
  method = 'GET',
  through?: string,
): Promise<Answered> {
  const way = through === undefined ? {} : { socketPath: through };
  const asked = request(url, { headers, method, agent: false, ...way });
  asked.end();
  const [response] = await once(asked, 'response');
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk);
  const text = Buffer.concat(chunks).toString('utf8');
  return { status: response.statusCode, headers: response.headers, text };
}

/** The token of a freshly served page. */
export async function tokenOf(origin: string, through?: string): Promise<string> {
  const { text } = await get(`${origin}/`, {}, 'GET', through);
  const token = /<meta name="kazasu-token" content="([^"]+)">/u.exec(text)?.[1];
  if (token === undefined) throw new Error(`the page has no token: ${text}`);
  return token;
}

export interface Handshake {
  readonly origin?: string | undefined;
  readonly host?: string;
  readonly path?: string;
  readonly protocols?: readonly string[];
  /** A file that is a socket and leads to the server, which stands on another machine. */
  readonly through?: string | undefined;
}

/** A websocket as the page would open it, except for what `handshake` says otherwise. */
export function openSocket(origin: string, token: string, handshake: Handshake = {}): WebSocket {
  const said = { origin, path: '/screen', protocols: protocolsOf(token), ...handshake };
  return new WebSocket(`${origin.replace(/^http/u, 'ws')}${said.path}`, [...said.protocols], {
    ...(said.origin === undefined ? {} : { origin: said.origin }),
    ...(said.host === undefined ? {} : { headers: { host: said.host } }),
    ...(said.through === undefined ? {} : { createConnection: () => connect(said.through ?? '') }),
    handshakeTimeout: WAIT_MS,
  });
}

export function protocolsOf(token: string): string[] {
  return [SCREEN_PROTOCOL, `token.${token}`];
}

/** `open`, or the HTTP status of the refusal. */
export function outcomeOf(socket: WebSocket): Promise<'open' | number> {
  return new Promise((resolve, reject) => {
    socket.once('open', () => resolve('open'));
    socket.once('unexpected-response', (asked, response) => {
      asked.destroy();
      resolve(response.statusCode ?? 0);
    });
    socket.once('error', reject);
  });
}

export class TestBrowser {
  readonly socket: WebSocket;
  /** Every text frame, as it came. */
  readonly frames: string[] = [];
  readonly #closed: Promise<number>;
  readonly #waiting = new Set<() => void>();

  constructor(socket: WebSocket) {
    this.socket = socket;
    this.#closed = new Promise((resolve) => socket.once('close', resolve));
    socket.on('error', () => {});
    socket.on('message', (data) => {
      this.frames.push(data.toString());
      for (const look of [...this.#waiting]) look();
    });
  }

  /** `through`: as in a handshake. */
  static async open(origin: string, through?: string): Promise<TestBrowser> {
    const token = await tokenOf(origin, through);
    const browser = new TestBrowser(openSocket(origin, token, { through }));
    await once(browser.socket, 'open');
    return browser;
  }

  get screens(): Screen[] {
    return this.frames
      .map((text) => JSON.parse(text) as ToBrowser)
      .flatMap((message) => (message.type === 'screen' ? [message.screen] : []));
  }

  get beats(): number {
    return this.frames.length - this.screens.length;
  }

  /** The newest screen, once it is such a one. */
  async screen(
    isWanted: (screen: Screen) => boolean = () => true,
    wanted: string = 'such a screen',
  ): Promise<Screen> {
    return this.until(() => {
      const newest = this.screens.at(-1);
      return newest !== undefined && isWanted(newest) ? newest : undefined;
    }, wanted);
  }

  /** What `find` finds, asked anew with every frame. */
  until<Found>(find: () => Found | undefined, wanted: string): Promise<Found> {
    return new Promise((resolve, reject) => {
      const look = (): void => {
        const found = find();
        if (found === undefined) return;
        clearTimeout(timer);
        this.#waiting.delete(look);
        resolve(found);
      };
      const timer = setTimeout(() => {
        this.#waiting.delete(look);
        reject(new Error(`no ${wanted}; came:\n${this.frames.join('\n')}`));
      }, WAIT_MS);
      this.#waiting.add(look);
      look();
    });
  }

  /** On the newest screen, or on the one of that number. */
  press(key: Key | Readonly<Record<string, unknown>>, number = this.screens.at(-1)?.number): void {
    this.socket.send(JSON.stringify({ type: 'key', number, key }));
  }

  /** The close code. */
  async closed(): Promise<number> {
    const late = delay(WAIT_MS, null, { ref: false });
    const code = await Promise.race([this.#closed, late]);
    if (code === null) throw new Error('the socket was not closed');
    return code;
  }

  async close(): Promise<void> {
    this.socket.close();
    await this.closed();
  }
}
