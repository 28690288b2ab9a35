/** The municipality's page as a clerk has it open in a real browser, signed in; and when a count stands drawn on it. */

import type { Browser, Page } from 'playwright-core';

/** In the order of the page. */
const COUNTS = ['help', 'unknown', 'leaving', 'safe'] as const;
export type CountShown = (typeof COUNTS)[number];

const DRAWN_MS_MAX = 120_000;

export async function openClerksPage(
  browser: Browser,
  origin: string,
  { name, password }: { readonly name: string; readonly password: string },
): Promise<Page> {
  const context = await browser.newContext({
    viewport: { width: 1440, height: 900 },
    reducedMotion: 'reduce',
    locale: 'ja-JP',
  });
  const page = await context.newPage();
  await page.goto(origin);
  await page.getByLabel('名前').fill(name);
  await page.getByLabel('パスワード').fill(password);
  await page.keyboard.press('Enter');
  await page.locator('.summary').waitFor();
  return page;
}

export async function countOn(page: Page, count: CountShown): Promise<number> {
  const text = await page.locator(selectorOf(count)).textContent();
  return Number(text?.replaceAll(',', ''));
}

/**
 * Resolves once that count has been drawn, with when, ms since the epoch by the browser's clock: after the frame in which it
 * stands there, not when the page was told. To be called before it can be there.
 */
export function countDrawn(page: Page, count: CountShown, value: number): Promise<number> {
  const text = `document.querySelector('${selectorOf(count)}')?.textContent.replaceAll(',', '')`;
  return page.evaluate<number>(whenDrawn(`${text} === '${value}'`, '.summary'));
}

/** The expression of a promise of when `condition` was drawn; looked at whenever something in `root` changes. */
export function whenDrawn(condition: string, root: string): string {
  return `new Promise((resolve, reject) => {
    const done = () => requestAnimationFrame(() => setTimeout(() => {
      resolve(performance.timeOrigin + performance.now());
    }));
    if (${condition}) return done();
    const late = setTimeout(() => {
      watching.disconnect();
      reject(new Error('it was not drawn in time'));
    }, ${DRAWN_MS_MAX});
    const watching = new MutationObserver(() => {
      if (!(${condition})) return;
      watching.disconnect();
      clearTimeout(late);
      done();
    });
    watching.observe(document.querySelector('${root}'),
      { subtree: true, childList: true, characterData: true });
  })`;
}

function selectorOf(count: CountShown): string {
  return `.summary li:nth-child(${COUNTS.indexOf(count) + 1}) b`;
}
