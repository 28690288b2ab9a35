/** A terminal without a daemon: shows what a test wants shown, and keeps what is pressed. */

import { fileURLToPath } from 'node:url';
import type { PageButton } from '../../src/domain/remote.ts';
import type { Key, Screen, ScreenBody } from '../../src/domain/screen.ts';
import type { PressResult, ScreenSource } from '../../src/screen/screen-source.ts';
import { openUiServer, type SpeechSource, type UiServer } from '../../src/screen/ui-server.ts';
import { type FrameGiven, frameOf } from './samples.ts';

const BUILT_PAGES = fileURLToPath(new URL('../../build/kiosk-ui', import.meta.url));
const SILENT: SpeechSource = () => Promise.resolve(null);

export class ShownScreen implements ScreenSource {
  readonly pressed: Key[] = [];
  readonly #listeners = new Set<(screen: Screen) => void>();
  readonly #buttons = new Set<(button: PageButton) => void>();
  #current: Screen;

  constructor(body: ScreenBody) {
    this.#current = { ...frameOf(body), ...body };
  }

  get current(): Screen {
    return this.#current;
  }

  watch(listener: (screen: Screen) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  watchButtons(listener: (button: PageButton) => void): () => void {
    this.#buttons.add(listener);
    return () => this.#buttons.delete(listener);
  }

  /** Of a remote control. */
  pressButton(button: PageButton): void {
    for (const listener of this.#buttons) listener(button);
  }

  press(number: number, key: Key): PressResult {
    if (number !== this.#current.number) return 'stale-screen';
    this.pressed.push(key);
    return 'taken';
  }

  /** Returns the screen's number. */
  show(body: ScreenBody, given: FrameGiven = {}): number {
    const number = this.#current.number + 1;
    this.#current = { ...frameOf(body, { number, ...given }), ...body };
    for (const listener of this.#listeners) listener(this.#current);
    return number;
  }
}

export interface ServeOptions {
  readonly speech?: SpeechSource;
  readonly port?: number;
  /** The origin of the page that may have it among others. */
  readonly embed?: string;
}

/** The built pages (`npm run build:ui`), on a free port unless told otherwise. */
export function serve(
  source: ScreenSource,
  { speech = SILENT, port = 0, embed }: ServeOptions = {},
): Promise<UiServer> {
  const files = BUILT_PAGES;
  return openUiServer({ source, speech, port, files, embed: embed ?? null, note: () => {} });
}
