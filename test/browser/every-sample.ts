/** A browser that is shown every sample of every screen; whoever tests the layout says at which sizes. */

import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { LANGUAGES, SCREENS } from '../../src/domain/screen.ts';
import type { UiServer } from '../../src/screen/ui-server.ts';
import { LAYOUT_FAULTS } from '../screens/layout-faults.ts';
import { SAMPLES } from '../screens/samples.ts';
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
    await page.goto(server.origin);
    await work(page);
  } finally {
    await page.context().close();
  }
}

/** Tests that no text of any sample leaves its place or is too small there. */
export function everySampleFits(size: Size): void {
  describe(`at ${size}`, () => {
    const look = { profile: SIZES[size].profile, reader: 'down' } as const;

    test.each(LANGUAGES)('in %s, no text leaves its place or is too small', async (language) => {
      await withScreens(size, async (page) => {
        const found: string[] = [];
        for (const name of SCREENS) {
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
