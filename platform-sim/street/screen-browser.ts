/** A browser before the gate's screen, as far as the gate can tell: it loads the page, connects, and can die. */

import { once } from 'node:events';
import { type RawData, WebSocket } from 'ws';
import { SCREEN_PROTOCOL, type ToBrowser } from '../../src/domain/screen.ts';

const ANSWER_MS_MAX = 10_000;
const TOKEN = /<meta name="kazasu-token" content="([\w-]+)">/u;

export interface ScreenBrowser {
  /** The screen that it was shown first. */
  readonly screen: string;
  /** Without a word, as a browser that crashes. */
  die(): void;
}

/** `url`: of the gate's page. Rejects when it is not let in, or shown nothing in time. */
export async function openScreenBrowser(url: string): Promise<ScreenBrowser> {
  const signal = AbortSignal.timeout(ANSWER_MS_MAX);
  const page = await (await fetch(url, { signal })).text();
  const token = TOKEN.exec(page)?.[1];
  if (token === undefined) throw new Error('the page of the screen has no token');
  const { origin, host } = new URL(url);
  const socket = new WebSocket(`ws://${host}/screen`, [SCREEN_PROTOCOL, `token.${token}`], {
    origin,
  });
  try {
    for (;;) {
      const [data] = (await once(socket, 'message', { signal })) as [RawData];
      const message = JSON.parse(String(data)) as ToBrowser;
      if (message.type !== 'screen') continue;
      return { screen: message.screen.screen, die: () => socket.terminate() };
    }
  } catch (error) {
    socket.on('error', () => {});
    socket.terminate();
    throw error;
  }
}
