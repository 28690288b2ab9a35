/**
 * What the buttons of a remote control press on the screen that is shown. The page gets those that move its focus;
 * everything else is decided here, so that no digit of a secret ever comes near a browser.
 */

import {
  COLOUR_BUTTONS,
  type ColourButton,
  PAGE_BUTTONS,
  type PageButton,
  type RemoteButton,
  type RemotePress,
} from '../domain/remote.ts';
import { type Key, LANGUAGES, SOUND_LEVELS, type SoundLevel } from '../domain/screen.ts';
import type { ScreenSource } from './screen-source.ts';

const DIGIT = /^digit-(\d)$/u;

/** What is pressed on: of a hub. */
type Pressed = Pick<ScreenSource, 'current' | 'press'> & {
  /** Whether what is typed now is a secret. */
  readonly isSecret: boolean;
};

export class RemoteKeys {
  readonly #screen: Pressed;
  readonly #refuseDigit: () => void;
  readonly #listeners = new Set<(button: PageButton) => void>();
  /** The screen on which the latest button was a digit: OK ends the number there, whatever the focus rests on. */
  #typingOn: string | null = null;

  /** `refuseDigit`: called for a digit of a secret that is not taken. */
  constructor(screen: Pressed, refuseDigit: () => void) {
    this.#screen = screen;
    this.#refuseDigit = refuseDigit;
  }

  /** Calls the listener with what the page has to do, until the returned function is called. */
  watch(listener: (button: PageButton) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  press({ button, isPrivate }: RemotePress): void {
    const digit = DIGIT.exec(button)?.[1];
    const wasTyping = this.#typingOn === this.#screen.current.screen;
    this.#typingOn = null;
    if (digit !== undefined) this.#type(digit, isPrivate);
    else if (button === 'yellow') this.#press({ key: 'language', language: this.#nextLanguage });
    else if (button === 'volume-up') this.#turn(+1);
    else if (button === 'volume-down') this.#turn(-1);
    else if (isColour(button)) this.#pressColour(button);
    else if (button === 'ok' && wasTyping && this.#offers('enter')) this.#press({ key: 'enter' });
    else if (isOfPage(button)) for (const listener of [...this.#listeners]) listener(button);
  }

  #type(character: string, isPrivate: boolean): void {
    if (!this.#offers('character')) return;
    this.#typingOn = this.#screen.current.screen;
    if (this.#screen.isSecret && !isPrivate) this.#refuseDigit();
    else this.#press({ key: 'character', character });
  }

  #pressColour(colour: ColourButton): void {
    const key = this.#screen.current.colours[colour];
    if (key !== undefined) this.#press(key);
  }

  /** The sound key goes round; a volume key stops at its end. */
  #turn(by: 1 | -1): void {
    const { sound } = this.#screen.current;
    const at = VOLUMES.indexOf(sound) + by;
    const wanted = VOLUMES[at];
    if (wanted === undefined) return;
    const levels = SOUND_LEVELS.length;
    const from = SOUND_LEVELS.indexOf(sound);
    const presses = (SOUND_LEVELS.indexOf(wanted) - from + levels) % levels;
    for (let pressed = 0; pressed < presses; pressed += 1) this.#press({ key: 'sound' });
  }

  get #nextLanguage(): (typeof LANGUAGES)[number] {
    const next = LANGUAGES.indexOf(this.#screen.current.language) + 1;
    return LANGUAGES[next % LANGUAGES.length] ?? 'ja';
  }

  #offers(key: 'character' | 'enter'): boolean {
    return this.#screen.current.keys.includes(key);
  }

  #press(key: Key): void {
    this.#screen.press(this.#screen.current.number, key);
  }
}

/** From silence on. */
const VOLUMES: readonly SoundLevel[] = ['off', 'normal', 'loud'];

function isColour(button: RemoteButton): button is ColourButton {
  return COLOUR_BUTTONS.some((colour) => colour === button);
}

function isOfPage(button: RemoteButton): button is PageButton {
  return PAGE_BUTTONS.some((name) => name === button);
}
