/** Somebody in the living room who has their card linked to the television: what they choose, and when they lay it down. */

import { setTimeout as delay } from 'node:timers/promises';
import type { Reason } from '../../src/domain/reason.ts';
import type { Screen } from '../../src/domain/screen.ts';
import type { Resident } from '../people.ts';
import type { Place } from './place.ts';
import type { ScreenBrowser } from './screen-browser.ts';

const SCREEN_MS_MAX = 30_000;
/** A box that has just begun is told by the platform what it needs for it. */
const NOT_YET: readonly Reason[] = ['platform-offline', 'trust-missing', 'assurance-out-of-reach'];
const TRIES = 40;
const TRY_AGAIN_MS = 500;

/** One after the other. Rejects with why a card could not be linked. */
export function linkCards(place: Place, residents: readonly Resident[]): Promise<void> {
  return place.atScreen(async (browser) => {
    for (const resident of residents) await linkCard(place, browser, resident);
  });
}

async function linkCard(place: Place, browser: ScreenBrowser, resident: Resident): Promise<void> {
  let reason: Reason | null = null;
  for (let tries = 0; tries < TRIES; tries += 1) {
    await atHome(browser);
    browser.press({ key: 'choose', choice: 'link' });
    const asked = await shown(browser, 'tv-consent', 'tv-stopped');
    reason = asked.screen === 'tv-stopped' ? asked.reason : await consent(place, browser, resident);
    await place.hands.remove();
    browser.press({ key: 'enter' });
    if (reason === null || !NOT_YET.includes(reason)) break;
    await delay(TRY_AGAIN_MS);
  }
  await shown(browser, 'tv-home');
  if (reason !== null)
    throw new Error(`the card of ${resident.person.id} is not linked: ${reason}`);
}

/** What is over stands there until somebody has read it. */
async function atHome(browser: ScreenBrowser): Promise<void> {
  const { screen } = await shown(browser, 'tv-home', 'tv-alert');
  if (screen === 'tv-alert') browser.press({ key: 'enter' });
  await shown(browser, 'tv-home');
}

/** Null: it is linked. */
async function consent(
  place: Place,
  browser: ScreenBrowser,
  resident: Resident,
): Promise<Reason | null> {
  browser.press({ key: 'enter' });
  await shown(browser, 'tv-place-card');
  await place.hold(resident);
  const end = await shown(browser, 'tv-linked', 'tv-stopped');
  return end.screen === 'tv-stopped' ? end.reason : null;
}

function shown<Name extends Screen['screen']>(
  browser: ScreenBrowser,
  ...names: readonly Name[]
): Promise<Extract<Screen, { screen: Name }>> {
  const isIt = (screen: Screen): boolean => names.some((name) => name === screen.screen);
  return browser.until(isIt, SCREEN_MS_MAX) as Promise<Extract<Screen, { screen: Name }>>;
}
