/**
 * The one line to the daemon: screens come in, keys go out. Whoever loses it takes nothing along: the page is loaded
 * anew, with a new one-time token, as soon as the daemon answers.
 */

import type { PageButton } from '../../src/domain/remote.ts';
import {
  type FromBrowser,
  SCREEN_CLOSED,
  SCREEN_PROTOCOL,
  type Screen,
  SILENCE_MS_MAX,
  type ToBrowser,
} from '../../src/domain/screen.ts';

/** A daemon that is started again answers after a few of these. */
const ASK_AGAIN_MS = 250;
const ELSEWHERE_MS = 2_000;
/** Survives the page, not the browser: whoever was turned away is told so until it is let in. */
const ELSEWHERE = 'kazasu-elsewhere';

export type Heard = Screen | 'silent' | 'elsewhere';

export interface Connection {
  send(message: FromBrowser): void;
}

/**
 * Calls `onHeard` with each screen, and when nothing may be shown any more, and `onButton` with what was pressed on a
 * remote control. Never closed: the page is its life.
 */
export function connect(
  onHeard: (heard: Heard) => void,
  onButton: (button: PageButton) => void,
): Connection {
  if (sessionStorage.getItem(ELSEWHERE) !== null) onHeard('elsewhere');
  const silence = new Silence(() => onHeard('silent'));
  const socket = new WebSocket(socketAddress(), [SCREEN_PROTOCOL, `token.${token()}`]);
  socket.onmessage = ({ data }: MessageEvent<string>) => {
    silence.broken();
    const message = JSON.parse(data) as ToBrowser;
    if (message.type === 'button') onButton(message.button);
    if (message.type !== 'screen') return;
    sessionStorage.removeItem(ELSEWHERE);
    onHeard(message.screen);
  };
  socket.onclose = ({ code }) => {
    if (code !== SCREEN_CLOSED.anotherBrowser) {
      void reloadWhenAnswered();
      return;
    }
    silence.end();
    sessionStorage.setItem(ELSEWHERE, '');
    onHeard('elsewhere');
    setTimeout(() => void reloadWhenAnswered(), ELSEWHERE_MS);
  };
  return {
    send: (message) => {
      if (socket.readyState === WebSocket.OPEN) socket.send(JSON.stringify(message));
    },
  };
}

/** Calls once when nothing was heard for so long, and again after each silence that follows. */
class Silence {
  readonly #onSilent: () => void;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(onSilent: () => void) {
    this.#onSilent = onSilent;
    this.broken();
  }

  broken(): void {
    this.end();
    this.#timer = setTimeout(this.#onSilent, SILENCE_MS_MAX);
  }

  end(): void {
    clearTimeout(this.#timer);
  }
}

function socketAddress(): string {
  const { protocol, host } = location;
  return `${protocol === 'https:' ? 'wss:' : 'ws:'}//${host}/screen`;
}

function token(): string {
  return document.querySelector<HTMLMetaElement>('meta[name="kazasu-token"]')?.content ?? '';
}

/** A page that is loaded while nobody answers would be the browser's own, which never comes back to ours. */
async function reloadWhenAnswered(): Promise<void> {
  for (;;) {
    const answered = await fetch(import.meta.url, { method: 'HEAD', cache: 'no-store' }).then(
      () => true,
      () => false,
    );
    if (answered) {
      location.reload();
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, ASK_AGAIN_MS));
  }
}
