/** Four arrows and Enter reach and press every control, also those of a remote control; a keyboard types where something is typed. */

import { getNextFocus } from '@bbc/tv-lrud-spatial';
import { pinDigit } from '../../src/domain/card-pin.ts';
import type { PageButton } from '../../src/domain/remote.ts';
import { CHARACTER, type Key, type KeyName } from '../../src/domain/screen.ts';

/** What each button of a remote control is on a keyboard. */
const BUTTONS: Readonly<Record<PageButton, string>> = {
  up: 'ArrowUp',
  down: 'ArrowDown',
  left: 'ArrowLeft',
  right: 'ArrowRight',
  ok: 'Enter',
  back: 'Escape',
};

const ARROWS: ReadonlySet<string> = new Set(['ArrowLeft', 'ArrowRight', 'ArrowUp', 'ArrowDown']);

export interface Typing {
  readonly press: (key: Key) => void;
  readonly offers: (key: KeyName) => boolean;
}

/** Whoever touches the screen needs no focus where nothing has to be pressed. */
let usesKeys = false;

/** Follows the keyboard for the page's life; what it returns does what a button of a remote control does. */
export function followKeyboard(typing: Typing): (button: PageButton) => void {
  /** After a typed character Enter ends the number, whatever the arrows rest on. */
  let isTyping = false;
  /** Whether the key means something here. */
  const take = (pressed: string): boolean => {
    usesKeys = true;
    if (ARROWS.has(pressed)) {
      isTyping = false;
      moveFocus(pressed);
      return true;
    }
    const key = keyOf(pressed, isTyping, typing);
    if (key === null) return false;
    isTyping = key.key !== 'back' && key.key !== 'enter';
    typing.press(key);
    return true;
  };
  document.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    if (take(event.key)) event.preventDefault();
  });
  document.addEventListener('pointerdown', () => {
    isTyping = false;
    usesKeys = false;
  });
  return (button) => {
    if (take(BUTTONS[button]) || button !== 'ok') return;
    // The browser itself would press what has the focus, had the key been a keyboard's.
    const { activeElement } = document;
    if (activeElement === null || activeElement === document.body) restoreFocus();
    else (activeElement as HTMLElement).click();
  };
}

function keyOf(pressed: string, isTyping: boolean, { offers }: Typing): Key | null {
  const digit = pinDigit(pressed);
  // A keyboard may be set to full-width digits, and nobody sees it.
  const character = digit === null ? pressed.toUpperCase() : String.fromCharCode(digit);
  if (CHARACTER.test(character) && offers('character')) return { key: 'character', character };
  if (pressed === 'Backspace' && offers('erase')) return { key: 'erase' };
  if (pressed === 'Enter' && isTyping && offers('enter')) return { key: 'enter' };
  if (pressed === 'Escape' && offers('back')) return { key: 'back' };
  return null;
}

function moveFocus(arrow: string): void {
  const { activeElement } = document;
  if (activeElement === null || activeElement === document.body) {
    restoreFocus();
    return;
  }
  // The package takes a key's name as well as its code; its types know the code alone.
  getNextFocus(activeElement, arrow as unknown as number, document.body)?.focus();
}

/**
 * Gives the focus to where it belongs first if nothing has it: it was on something that is gone. The browser shows it
 * only to people who use keys (:focus-visible). On a page among others, as on the street's, it stays with whoever is
 * elsewhere, until keys are used here; a television's remote control has no other place.
 */
export function restoreFocus(): void {
  const { activeElement } = document;
  if (activeElement !== null && activeElement !== document.body) return;
  const isElsewhere = window !== window.parent && !document.hasFocus();
  const { profile } = document.documentElement.dataset;
  if (isElsewhere && !usesKeys && profile !== 'tv') return;
  const first = document.querySelector<HTMLElement>('[data-first="true"]');
  const other = usesKeys ? document.querySelector<HTMLElement>('[aria-pressed="true"]') : null;
  (first ?? other)?.focus({ preventScroll: true });
}
