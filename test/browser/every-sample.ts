/** A browser that is shown every sample of every screen; whoever tests the layout says at which sizes. */

import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { KIOSK_SCREENS } from '../../src/domain/kiosk-screen.ts';
import { LANGUAGES, SCREENS, type ScreenBody, type ScreenName } from '../../src/domain/screen.ts';
import { SHELTER_SCREENS } from '../../src/domain/shelter-screen.ts';
import { TELEVISION_SCREENS } from '../../src/domain/television-screen.ts';
import type { UiServer } from '../../src/screen/ui-server.ts';
import { ONLY_AT_KIOSK } from '../screens/at-kiosk.ts';
import { LAYOUT_FAULTS } from '../screens/layout-faults.ts';
import { AT, type FrameGiven, SAMPLES } from '../screens/samples.ts';
import { ShownScreen, serve } from '../screens/shown-screen.ts';
import { AT_TELEVISION } from '../screens/television-samples.ts';
import { launchChromium, openPage, SIZES, type Size, untilNumber } from './chromium.ts';

export const shown = new ShownScreen({ screen: 'hold' });
let server: UiServer;
export let browser: Browser;

beforeAll(async () => {
  server = await serve(shown);
  browser = await launchChromium();
});

afterAll(async () => {
  await browser.close();
  await server.close();
});

export async function withScreens(size: Size, work: (page: Page) => Promise<void>): Promise<void> {
  const page = await openPage(browser, { size });
  try {
    await page.clock.setFixedTime(AT);
    await page.goto(server.origin);
    await work(page);
  } finally {
    await page.context().close();
  }
}

const OF_A_KIOSK: ReadonlySet<ScreenName> = new Set(KIOSK_SCREENS);

function isAtKiosk(body: ScreenBody): boolean {
  return OF_A_KIOSK.has(body.screen) || ONLY_AT_KIOSK.has(body);
}

const OF_A_TELEVISION: ReadonlySet<ScreenName> = new Set(TELEVISION_SCREENS);

const OF_A_SHELTER: ReadonlySet<ScreenName> = new Set(SHELTER_SCREENS);

/** The reader of a kiosk is at its right, that of a gate below the screen. A shelter is drawn small wherever it stands. */
export function lookAt(size: Size, body: ScreenBody): NonNullable<FrameGiven['look']> {
  const profile = OF_A_SHELTER.has(body.screen) ? 'small' : SIZES[size].profile;
  return { profile, reader: isAtKiosk(body) || profile === 'tv' ? 'right' : 'down' };
}

type Few = 'none' | 'one' | 'every';

/** Which samples: those of gates, and those of kiosks, `one` of each kind or `every` one. */
export type Wanted =
  | { readonly gates: Few; readonly kiosks: Few }
  /** A television's own, and those of every terminal that it shows. */
  | 'television';

/** Those of a kind stand together. */
export function samplesOf(wanted: Wanted): readonly ScreenBody[] {
  if (wanted === 'television') {
    const own = TELEVISION_SCREENS.flatMap((name): readonly ScreenBody[] => SAMPLES[name]);
    return [...own, ...AT_TELEVISION];
  }
  const { gates, kiosks } = wanted;
  return SCREENS.filter((name) => !OF_A_TELEVISION.has(name)).flatMap((name) => {
    const samples: readonly ScreenBody[] = SAMPLES[name];
    const some = (of: readonly ScreenBody[], few: Few) =>
      of.slice(0, { none: 0, one: 1, every: of.length }[few]);
    return [
      ...some(
        samples.filter((sample) => !isAtKiosk(sample)),
        gates,
      ),
      ...some(samples.filter(isAtKiosk), kiosks),
    ];
  });
}

/** Tests that no text of any sample leaves its place or is too small there. */
export function everySampleFits(size: Size, wanted: Wanted): void {
  describe(`at ${size}`, () => {
    test.each(LANGUAGES)('in %s, no text leaves its place or is too small', async (language) => {
      await withScreens(size, async (page) => {
        const found: string[] = [];
        for (const body of samplesOf(wanted)) {
          await untilNumber(page, shown.show(body, { language, look: lookAt(size, body) }));
          const { faults } = await page.evaluate<{ faults: string[] }>(LAYOUT_FAULTS);
          found.push(...faults.map((fault) => `${JSON.stringify(body)}: ${fault}`));
        }
        expect(found).toEqual([]);
      });
    });
  });
}
