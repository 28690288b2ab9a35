/** People who are at a shelter and leave for good: what they choose on the screen of its reader. */

import type { Screen } from '../../src/domain/screen.ts';
import type { Resident } from '../people.ts';
import type { Place } from './place.ts';

const SCREEN_MS_MAX = 30_000;

/** One after the other. Rejects for somebody who was not here: they have been taken in by it. */
export function leaveShelter(place: Place, residents: readonly Resident[]): Promise<void> {
  return place.atScreen(async (browser) => {
    const until = (holds: (screen: Screen) => boolean) => browser.until(holds, SCREEN_MS_MAX);
    // Whoever holds a card while a household comes in is one of them.
    if (isGathering(browser.screen)) browser.press({ key: 'enter' });
    await until((screen) => !isGathering(screen));
    for (const resident of residents) {
      await place.hold(resident);
      await until(({ screen }) => screen === 'shelter-menu');
      browser.press({ key: 'choose', choice: 'leave' });
      await until(({ screen }) => screen === 'shelter-done');
      await place.hands.remove();
    }
  });
}

function isGathering(screen: Screen): boolean {
  return screen.screen === 'shelter-family' && screen.seconds !== null;
}
