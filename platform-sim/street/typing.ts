/** Somebody types a card's PIN at a terminal's screen, one key after the other, as the screen takes them. */

import type { ScreenBrowser } from './screen-browser.ts';

const KEY_MS_MAX = 20_000;

/** Resolves when the last key was pressed. Rejects when the screen never asks for it, or asks for something else. */
export async function typePin(browser: ScreenBrowser, pin: string): Promise<void> {
  const { screen } = await browser.until(
    (shown) => shown.screen === 'pin' || shown.screen === 'pin-last-try',
    KEY_MS_MAX,
  );
  if (screen === 'pin-last-try') browser.press({ key: 'enter' });
  for (const [typed, character] of [...pin].entries()) {
    await hasTyped(browser, typed);
    browser.press({ key: 'character', character });
  }
  await hasTyped(browser, pin.length);
  browser.press({ key: 'enter' });
}

function hasTyped(browser: ScreenBrowser, digits: number) {
  return browser.until(
    (shown) => shown.screen === 'pin' && shown.result !== 'checking' && shown.digits === digits,
    KEY_MS_MAX,
  );
}
