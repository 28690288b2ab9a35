/**
 * The one browser that shows the screen: it gets the newest screen and a beat, and its keys are passed on. One that
 * does not read has no more than one frame waiting for it; one that is dead is noticed.
 */

import type { RawData, WebSocket } from 'ws';
import { Allowance } from '../domain/allowance.ts';
import type { PageButton } from '../domain/remote.ts';
import { BEAT_MS, SCREEN_CLOSED, SILENCE_MS_MAX, type ToBrowser } from '../domain/screen.ts';
import { parseFrame } from './from-browser.ts';
import type { Refusals } from './refusals.ts';
import type { ScreenSource } from './screen-source.ts';

/** Nobody presses faster, and a key that repeats while it is held is no attack. */
const KEYS_PER_SECOND = 20;
/** What a browser may get wrong before it is cut off: four frames that are none at once, or a flood of keys. */
const PATIENCE = { most: 200, perSecond: 10, badFrame: 50, tooManyKeys: 1 } as const;
/** Counted, not timed: a stall of this process cuts nobody off. */
const MISSED_BEATS_MAX = SILENCE_MS_MAX / BEAT_MS;
/** One that lives answers a ping in a millisecond; its network process does so even while its page is busy. */
const CHALLENGE_MS = 500;
/** Of a remote control: more than a thumb presses while one frame is on its way. */
const BUTTONS_WAITING_MAX = 8;
/** What a browser gets to answer a close. */
const CLOSE_MS = 1_000;
const TOO_LARGE = 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH';

export class Browser {
  readonly #socket: WebSocket;
  readonly #source: ScreenSource;
  readonly #refusals: Refusals;
  readonly #keys = new Allowance(KEYS_PER_SECOND, KEYS_PER_SECOND);
  readonly #patience = new Allowance(PATIENCE.most, PATIENCE.perSecond);
  readonly #unwatch: () => void;
  readonly #unwatchButtons: () => void;
  readonly #beat: NodeJS.Timeout;
  #missed = 0;
  #sending = false;
  #stale = false;
  readonly #waitingButtons: PageButton[] = [];

  /** `onGone`: at most once, with the close code of RFC 6455. */
  constructor(
    socket: WebSocket,
    source: ScreenSource,
    refusals: Refusals,
    onGone: (code: number) => void,
  ) {
    this.#socket = socket;
    this.#source = source;
    this.#refusals = refusals;
    this.#unwatch = source.watch(() => this.#show());
    this.#unwatchButtons = source.watchButtons((button) => this.#pass(button));
    this.#beat = setInterval(() => this.#sayAlive(), BEAT_MS);
    socket.on('message', (data, isBinary) => this.#hear(data, isBinary));
    socket.on('pong', () => {
      this.#missed = 0;
    });
    // The socket closes itself after an error of its protocol (RFC 6455 7.1.7); 'close' follows.
    socket.on('error', (error: NodeJS.ErrnoException) =>
      refusals.tell(error.code === TOO_LARGE ? 'frame-too-large' : 'not-of-the-protocol'),
    );
    socket.on('close', (code) => {
      this.#unwatch();
      this.#unwatchButtons();
      clearInterval(this.#beat);
      onGone(code);
    });
    this.#show();
  }

  /** Whether it answers at once; one that does not is cut off. */
  isAlive(): Promise<boolean> {
    const { promise, resolve } = Promise.withResolvers<boolean>();
    const answer = (alive: boolean) => () => resolve(alive);
    const limit = setTimeout(answer(false), CHALLENGE_MS);
    const [pong, close] = [answer(true), answer(false)];
    this.#socket.once('pong', pong).once('close', close);
    this.#socket.ping(undefined, undefined, () => {});
    return promise.then((alive) => {
      clearTimeout(limit);
      this.#socket.off('pong', pong).off('close', close);
      if (!alive) this.#socket.terminate();
      return alive;
    });
  }

  #hear(data: RawData, isBinary: boolean): void {
    // What still comes from one that was cut off is not looked at.
    if (this.#socket.readyState !== this.#socket.OPEN) return;
    this.#missed = 0;
    if (!this.#keys.take(1)) {
      this.#refuse('too-many-keys', PATIENCE.tooManyKeys);
      return;
    }
    const frame = isBinary ? null : parseFrame(data.toString());
    if (frame === null) {
      this.#refuse('bad-frame', PATIENCE.badFrame);
      return;
    }
    const result = this.#source.press(frame.number, frame.key);
    if (result !== 'taken') this.#refusals.tell(result);
  }

  #refuse(reason: 'too-many-keys' | 'bad-frame', cost: number): void {
    this.#refusals.tell(reason);
    if (!this.#patience.take(cost)) endSocket(this.#socket, SCREEN_CLOSED.badFrame);
  }

  /** The newest one; what changes while it is on its way is sent after it, as one. */
  #show(): void {
    if (this.#sending) this.#stale = true;
    else this.#send({ type: 'screen', screen: this.#source.current });
  }

  /** Behind the screen on which it was pressed. One that does not read has few waiting for it: the rest is lost. */
  #pass(button: PageButton): void {
    if (this.#waitingButtons.length < BUTTONS_WAITING_MAX) this.#waitingButtons.push(button);
    if (!this.#sending) this.#sendWaiting();
  }

  #sendWaiting(): void {
    if (this.#stale) {
      this.#stale = false;
      this.#show();
      return;
    }
    const button = this.#waitingButtons.shift();
    if (button !== undefined) this.#send({ type: 'button', button });
  }

  #sayAlive(): void {
    this.#missed += 1;
    if (this.#missed >= MISSED_BEATS_MAX) {
      this.#socket.terminate();
      return;
    }
    if (this.#socket.readyState === this.#socket.OPEN) this.#socket.ping();
    if (!this.#sending) this.#send({ type: 'beat' });
  }

  #send(message: ToBrowser): void {
    if (this.#socket.readyState !== this.#socket.OPEN) return;
    this.#sending = true;
    // Called when the operating system has taken it; a socket that broke reports itself by 'close'.
    this.#socket.send(JSON.stringify(message), () => {
      this.#sending = false;
      this.#sendWaiting();
    });
  }
}

/** Closes it with a code of RFC 6455 7.4; one that does not answer the close is cut off. */
export function endSocket(socket: WebSocket, code: number): void {
  socket.close(code);
  const limit = setTimeout(() => socket.terminate(), CLOSE_MS);
  socket.once('close', () => clearTimeout(limit));
}
