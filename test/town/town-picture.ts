/** The municipality's page as the documents show it: an exercise that began 22 minutes ago, whenever it is looked at. */

import type { Browser, Page } from 'playwright-core';
import { exerciseEntries, tellExercise } from './exercise.ts';
import { DOCUMENT, PASSWORD, TownRig } from './town-rig.ts';

const TOLD_MS = 22 * 60_000;
const CLERK = '大西';

/** Everybody has told what they had to tell by `now`, an alert is out, and all shelters but one are linked at that moment. */
export async function openExercise(now: number): Promise<TownRig> {
  let time = now - TOLD_MS;
  const rig = await TownRig.open({ entries: exerciseEntries(), now: () => time });
  tellExercise(rig, now - TOLD_MS);
  const draft = { level: 4, drill: false, what: null, hours: 6 } as const;
  await rig.desk.propose({ ...draft, districts: ['kawara', 'minato'] }, '佐野');
  await rig.desk.consent('alert-1', DOCUMENT, CLERK);
  time = now;
  rig.town.assign(rig.resident('森川 ハツ').ref, CLERK, { name: CLERK, role: 'operator' });
  const linked = rig.town.shelters.slice(1).map(({ id }) => `reader-${id}`);
  rig.contacts.tell(new Set(linked), now);
  return rig;
}

/** Signed in, with the list there and somebody chosen in it. */
export async function signInToExercise(page: Page, origin: string): Promise<void> {
  await page.goto(origin);
  await page.getByLabel('名前').fill(CLERK);
  await page.getByLabel('パスワード').fill(PASSWORD);
  await page.keyboard.press('Enter');
  const first = page.getByRole('button', { name: '森川 ハツ' });
  await first.waitFor();
  await first.focus();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowUp');
}

/** PNG; `now`: ms since the epoch. The pages have to be built. */
export async function takeTownPicture(browser: Browser, now: number): Promise<Buffer> {
  const rig = await openExercise(now);
  const page = await openTownPage(browser);
  try {
    await page.clock.setFixedTime(now);
    const { origin } = await rig.serve();
    await signInToExercise(page, origin);
    await page.evaluate('document.fonts.ready');
    return await page.screenshot({ animations: 'disabled' });
  } finally {
    await page.context().close();
    await rig.close();
  }
}

export async function openTownPage(browser: Browser): Promise<Page> {
  const context = await browser.newContext({
    viewport: { width: 1440, height: 900 },
    reducedMotion: 'reduce',
    locale: 'ja-JP',
    timezoneId: 'Asia/Tokyo',
  });
  return context.newPage();
}
