/** Debian's Chromium, headless, with the fonts and without the motion, so that a picture is the same twice. */

import { type Browser, chromium, type Page } from 'playwright-core';
import type { ScreenFrame } from '../../src/domain/screen.ts';

const EXECUTABLE = '/usr/bin/chromium';

/** The screens that the design language names: profile, and size in CSS px. */
export const SIZES = {
  '800x480': { profile: 'small', width: 800, height: 480 },
  '768x1024': { profile: 'kiosk', width: 768, height: 1024 },
  '1080x1920': { profile: 'kiosk', width: 1080, height: 1920 },
  '1280x800': { profile: 'kiosk', width: 1280, height: 800 },
  '1280x720': { profile: 'small', width: 1280, height: 720 },
  '1920x1080': { profile: 'small', width: 1920, height: 1080 },
  television: { profile: 'tv', width: 1920, height: 1080 },
} as const satisfies Record<
  string,
  {
    readonly profile: ScreenFrame['look']['profile'];
    readonly width: number;
    readonly height: number;
  }
>;

export type Size = keyof typeof SIZES;

export interface PageOptions {
  readonly size?: Size;
  readonly touch?: boolean;
}

export function launchChromium(): Promise<Browser> {
  return chromium.launch({
    executablePath: EXECUTABLE,
    // Root has no user namespace to put the sandbox in; the pages are ours.
    args: ['--no-sandbox', '--font-render-hinting=none', '--mute-audio'],
  });
}

export async function openPage(browser: Browser, options: PageOptions = {}): Promise<Page> {
  const { width, height } = SIZES[options.size ?? '800x480'];
  const context = await browser.newContext({
    viewport: { width, height },
    reducedMotion: 'reduce',
    hasTouch: options.touch ?? false,
    locale: 'ja-JP',
    timezoneId: 'Asia/Tokyo',
  });
  return context.newPage();
}

/** Longer than any page takes. */
const NUMBER_MS_MAX = 30_000;

/** Waits until the page shows the screen of that number; the page says so itself, for asking again and again takes longer. */
export function untilNumber(page: Page, number: number): Promise<void> {
  return page.evaluate<void>(`new Promise((resolve, reject) => {
    const root = document.documentElement;
    const isThere = () => root.dataset.number === '${number}';
    if (isThere()) return resolve();
    const late = setTimeout(() => {
      watching.disconnect();
      reject(new Error('it shows the screen ' + root.dataset.number + ', not ${number}'));
    }, ${NUMBER_MS_MAX});
    const watching = new MutationObserver(() => {
      if (!isThere()) return;
      watching.disconnect();
      clearTimeout(late);
      resolve();
    });
    watching.observe(root, { attributeFilter: ['data-number'] });
  })`);
}
