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

interface Listener {
  readonly look: (screen: Screen) => void;
  readonly gone: () => void;
}

export interface ScreenBrowser {
  /** The screen that it was shown last. */
  readonly screen: Screen;
  /** The first screen from now on for which it holds, or the one that is there. Rejects when none comes in time. */
  until(holds: (screen: Screen) => boolean, limitMs: number): Promise<Screen>;
  press(key: Key): void;
  /** Without a word, as a browser that crashes. */
  die(): void;
}

/** RFC 6455 7.1.5: cut off without a word, as by a terminal that heard nothing for three seconds of a busy machine. */
const CUT_OFF = 1006;

/** `url`: of the terminal's page. Rejects when it is not let in, or shown nothing in time. */
export async function openScreenBrowser(url: string): Promise<ScreenBrowser> {
  const browser = new OpenBrowser(url);
  await browser.load();
  return browser;
}

class OpenBrowser implements ScreenBrowser {
  readonly #url: string;
  readonly #listeners = new Set<Listener>();
  #socket: WebSocket | null = null;
  #screen: Screen | null = null;
  #isDead = false;

  constructor(url: string) {
    this.#url = url;
  }

  get screen(): Screen {
    if (this.#screen === null) throw new Error('nothing was shown yet');
    return this.#screen;
  }

  /** Resolves with the first screen. */
  async load(): Promise<void> {
    const signal = AbortSignal.timeout(ANSWER_MS_MAX);
    const page = await (await fetch(this.#url, { signal })).text();
    const token = TOKEN.exec(page)?.[1];
    if (token === undefined) throw new Error('the page of the screen has no token');
    const { origin, host } = new URL(this.#url);
    const socket = new WebSocket(`ws://${host}/screen`, [SCREEN_PROTOCOL, `token.${token}`], {
      origin,
    });
    const shown = new Promise<void>((resolve, reject) => {
      socket.on('message', (data: RawData) => {
        const message = JSON.parse(String(data)) as ToBrowser;
        if (message.type !== 'screen') return;
        this.#show(socket, message.screen);
        resolve();
      });
      socket.on('error', reject);
      socket.once('close', (code) => reject(new Error(`the screen was closed (${code})`)));
    });
    const late = once(signal, 'abort').then(() => Promise.reject(new Error('no screen in time')));
    try {
      await Promise.race([shown, late]);
    } catch (error) {
      socket.terminate();
      throw error;
    }
  }

  until(holds: (screen: Screen) => boolean, limitMs: number): Promise<Screen> {
    if (holds(this.screen)) return Promise.resolve(this.screen);
    return new Promise((resolve, reject) => {
      const settle = (): void => {
        clearTimeout(timer);
        this.#listeners.delete(listener);
      };
      const fail = (why: string): void => {
        settle();
        reject(new Error(`${why}; it shows "${this.screen.screen}"`));
      };
      const listener: Listener = {
        look: (screen) => {
          if (!holds(screen)) return;
          settle();
          resolve(screen);
        },
        gone: () => fail('the screen is gone'),
      };
      const timer = setTimeout(() => fail('the screen did not come'), limitMs);
      this.#listeners.add(listener);
    });
  }

  press(key: Key): void {
    const pressed: FromBrowser = { type: 'key', number: this.screen.number, key };
    this.#socket?.send(JSON.stringify(pressed));
  }

  die(): void {
    this.#isDead = true;
    this.#socket?.terminate();
  }

  #show(socket: WebSocket, screen: Screen): void {
    if (this.#socket !== socket) {
      this.#socket = socket;
      socket.once('close', (code) => this.#closed(code));
    }
    this.#screen = screen;
    for (const { look } of [...this.#listeners]) look(screen);
  }

  /** The page loads itself anew when it is cut off, and so does this; a terminal that is gone does not answer. */
  #closed(code: number): void {
    const gone = (): void => {
      for (const listener of [...this.#listeners]) listener.gone();
    };
    if (this.#isDead || code !== CUT_OFF) gone();
    else this.load().catch(gone);
  }
}
