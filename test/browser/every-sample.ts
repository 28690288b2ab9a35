/** A browser that is shown every sample of every screen; whoever tests the layout says at which sizes. */

import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { KIOSK_SCREENS } from '../../src/domain/kiosk-screen.ts';
import { LANGUAGES, SCREENS, type ScreenName } from '../../src/domain/screen.ts';
import type { UiServer } from '../../src/screen/ui-server.ts';
import { LAYOUT_FAULTS } from '../screens/layout-faults.ts';
import { AT, type FrameGiven, SAMPLES } from '../screens/samples.ts';
import { ShownScreen, serve } from '../screens/shown-screen.ts';
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

/** A kiosk's screens are no smaller than a kiosk. */
export function screensAt(size: Size): readonly ScreenName[] {
  return SIZES[size].profile === 'kiosk'
    ? SCREENS
    : SCREENS.filter((name) => !OF_A_KIOSK.has(name));
}

/** The reader of a kiosk is at its right, that of a gate below the screen. */
export function lookAt(size: Size, name: ScreenName): NonNullable<FrameGiven['look']> {
  return { profile: SIZES[size].profile, reader: OF_A_KIOSK.has(name) ? 'right' : 'down' };
}

/** Tests that no text of any sample leaves its place or is too small there. */
export function everySampleFits(size: Size, names = screensAt(size)): void {
  describe(`at ${size}`, () => {
    test.each(LANGUAGES)('in %s, no text leaves its place or is too small', async (language) => {
      await withScreens(size, async (page) => {
        const found: string[] = [];
        for (const name of names) {
          const look = lookAt(size, name);
          for (const [at, sample] of SAMPLES[name].entries()) {
            await untilNumber(page, shown.show(sample, { language, look }));
            const { faults } = await page.evaluate<{ faults: string[] }>(LAYOUT_FAULTS);
            found.push(...faults.map((fault) => `${name} ${at}: ${fault}`));
          }
        }
        expect(found).toEqual([]);
      });
    });
  });
}
