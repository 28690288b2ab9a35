/** How late a screen is while something else goes on: keys of it and of the remote control, pressed time and again. */

import { setTimeout as delay } from 'node:timers/promises';
import { LANGUAGES, type Language, type Screen } from '../../src/domain/screen.ts';
import type { Place } from './place.ts';
import type { ScreenBrowser } from './screen-browser.ts';

/** Between an answer and the next key. */
const PAUSE_MS = 30;
/** What is pressed on a screen that has just gone is lost, as for anybody: then it is pressed again. */
const AGAIN_MS = 1_000;
const TRIES = 20;

/** Where the language is changed; on the remote control by its yellow key. */
type PressedOn = 'screen' | 'screen-and-remote';

/**
 * Resolves with how long each key took until the screen was another one, in ms, from before `work` begins until it is done: the
 * language is changed again and again, which can be done on every screen. It is Japanese in the end.
 */
export function lagsWhile(
  place: Place,
  pressedOn: PressedOn,
  work: (browser: ScreenBrowser) => Promise<unknown>,
): Promise<number[]> {
  return place.atScreen(async (browser) => {
    let isOver = false;
    const working = work(browser).finally(() => {
      isOver = true;
    });
    // Whatever it comes to is said once the keys are through.
    working.catch(() => undefined);
    const lags: number[] = [];
    do {
      const isByRemote = pressedOn === 'screen-and-remote' && lags.length % 2 === 1;
      lags.push(await lagOf(browser, isByRemote ? place : null));
      await delay(PAUSE_MS);
    } while (!isOver);
    await working;
    await shownIn(browser, 'ja');
    return lags;
  });
}

/** `remote`: the place whose remote control is pressed; null: the screen is. */
async function lagOf(browser: ScreenBrowser, remote: Place | null): Promise<number> {
  const begun = performance.now();
  const before = browser.screen.language;
  const next = LANGUAGES[(LANGUAGES.indexOf(before) + 1) % LANGUAGES.length] ?? 'ja';
  await pressedUntil(
    browser,
    ({ language }) => language !== before,
    async () => {
      if (remote === null) browser.press({ key: 'language', language: next });
      else await remote.television?.press('yellow');
    },
  );
  return Math.round(performance.now() - begun);
}

function shownIn(browser: ScreenBrowser, wanted: Language): Promise<void> {
  return pressedUntil(
    browser,
    ({ language }) => language === wanted,
    async () => browser.press({ key: 'language', language: wanted }),
  );
}

async function pressedUntil(
  browser: ScreenBrowser,
  holds: (screen: Screen) => boolean,
  press: () => Promise<void>,
): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    await press();
    try {
      await browser.until(holds, AGAIN_MS);
      return;
    } catch (error) {
      if (tries === TRIES) throw error;
    }
  }
}
