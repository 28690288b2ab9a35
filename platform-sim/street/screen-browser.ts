/** A browser before a terminal's screen, as far as the terminal can tell: it loads the page, connects, presses keys, can die. */

import { once } from 'node:events';
import { type RawData, WebSocket } from 'ws';
import {
  type FromBrowser,
  type Key,
  SCREEN_PROTOCOL,
  type Screen,
  type ToBrowser,
} from '../../src/domain/screen.ts';

const ANSWER_MS_MAX = 10_000;
const TOKEN = /<meta name="kazasu-token" content="([\w-]+)">/u;

export interface ScreenBrowser {
  /** The screen that it was shown last. */
  readonly screen: Screen;
  /** The first screen from now on for which it holds, or the one that is there. Rejects when none comes in time. */
  until(holds: (screen: Screen) => boolean, limitMs: number): Promise<Screen>;
  press(key: Key): void;
  /** Without a word, as a browser that crashes. */
  die(): void;
}

/** `url`: of the terminal's page. Rejects when it is not let in, or shown nothing in time. */
export async function openScreenBrowser(url: string): Promise<ScreenBrowser> {
  const signal = AbortSignal.timeout(ANSWER_MS_MAX);
  const page = await (await fetch(url, { signal })).text();
  const token = TOKEN.exec(page)?.[1];
  if (token === undefined) throw new Error('the page of the screen has no token');
  const { origin, host } = new URL(url);
  const socket = new WebSocket(`ws://${host}/screen`, [SCREEN_PROTOCOL, `token.${token}`], {
    origin,
  });
  const shown = new Promise<ScreenBrowser>((resolve, reject) => {
    const listeners = new Set<(screen: Screen) => void>();
    let browser: OpenBrowser | null = null;
    socket.on('message', (data: RawData) => {
      const message = JSON.parse(String(data)) as ToBrowser;
      if (message.type !== 'screen') return;
      browser ??= new OpenBrowser(socket, message.screen, listeners);
      browser.screen = message.screen;
      for (const listener of [...listeners]) listener(message.screen);
      resolve(browser);
    });
    socket.on('error', reject);
    socket.once('close', (code) => reject(new Error(`the screen was closed (${code})`)));
  });
  const late = once(signal, 'abort').then(() => Promise.reject(new Error('no screen in time')));
  try {
    return await Promise.race([shown, late]);
  } catch (error) {
    socket.terminate();
    throw error;
  }
}

class OpenBrowser implements ScreenBrowser {
  screen: Screen;
  readonly #socket: WebSocket;
  readonly #listeners: Set<(screen: Screen) => void>;

  constructor(socket: WebSocket, screen: Screen, listeners: Set<(screen: Screen) => void>) {
    this.#socket = socket;
    this.screen = screen;
    this.#listeners = listeners;
  }

  until(holds: (screen: Screen) => boolean, limitMs: number): Promise<Screen> {
    if (holds(this.screen)) return Promise.resolve(this.screen);
    return new Promise((resolve, reject) => {
      const settle = (): void => {
        clearTimeout(timer);
        this.#listeners.delete(look);
        this.#socket.off('close', gone);
      };
      const look = (screen: Screen): void => {
        if (!holds(screen)) return;
        settle();
        resolve(screen);
      };
      const fail = (why: string): void => {
        settle();
        reject(new Error(`${why}; it shows "${this.screen.screen}"`));
      };
      const gone = () => fail('the screen is gone');
      const timer = setTimeout(() => fail('the screen did not come'), limitMs);
      this.#listeners.add(look);
      this.#socket.once('close', gone);
    });
  }

  press(key: Key): void {
    const pressed: FromBrowser = { type: 'key', number: this.screen.number, key };
    this.#socket.send(JSON.stringify(pressed));
  }

  die(): void {
    this.#socket.terminate();
  }
}
