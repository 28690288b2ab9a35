/** The alert on the real page: it takes the screen, the arrows choose a person, OK answers, a dead page is there again. */

import { expect, onTestFinished, test } from 'vitest';
import { en } from '../../src/text/en.ts';
import { ja } from '../../src/text/ja.ts';
import { launchChromium, openPage } from '../browser/chromium.ts';
import { says } from '../browser/gate-in-browser.ts';
import { arrows } from '../browser/hands.ts';
import { serve } from '../screens/shown-screen.ts';
import { ALERT, HATSU, TARO, TelevisionRig } from './television-rig.ts';

/** Of the table; a test waits up to four times as long. */
const BACK_MS = 8_000;

test('a family is called, two of them answer by the remote control, one takes it back, and all is over', async () => {
  const rig = await TelevisionRig.open([HATSU, TARO]);
  const server = await serve(rig.hub);
  const browser = await launchChromium();
  onTestFinished(async () => {
    await browser.close();
    await server.close();
  });
  const page = await openPage(browser, { size: 'television' });
  const hand = arrows(page);
  await page.goto(server.origin);
  await says(page, ja.television.home.calls.title);

  await hand.press(ja.television.home.sample);
  await page.getByText(ja.television.alert.sample.body.slice(0, 5)).waitFor();
  await rig.raise(ALERT);
  await says(page, ja.television.alert.call[4]);
  const theme = () => page.locator('html').getAttribute('data-theme');
  await expect.poll(theme).toBe('light');
  await expect
    .poll(() => page.locator('.who').textContent())
    .toContain('森川 ハツさん、森川 太郎さん');

  await hand.press(HATSU.name);
  await hand.press(`${ja.television.keys.colours.blue}${ja.television.alert.answers.leaving}`);
  await expect
    .poll(() => rig.facts('alert.answered'))
    .toEqual([{ alert: ALERT.id, ref: HATSU.ref, answer: 'leaving' }]);
  await hand.press(ja.television.alert.undo);
  await expect.poll(() => rig.facts('alert.answer-undone')).toHaveLength(1);
  // Resting on somebody is choosing them.
  await hand.press(TARO.name);
  await expect.poll(() => rig.screen).toMatchObject({ chosen: TARO.ref });
  await hand.press(`${ja.television.keys.colours.red}${ja.television.alert.answers.help}`);
  await expect.poll(() => rig.facts('alert.answered')).toHaveLength(2);

  await page.reload();
  await page.locator('.band').waitFor({ state: 'visible', timeout: BACK_MS });
  await says(page, ja.television.alert.call[4]);

  await rig.press({ key: 'language', language: 'en' });
  await says(page, en.television.alert.call[4]);
  await rig.raise({ ...ALERT, state: 'over', update: 1 });
  await says(page, en.television.alert.over.title);
  await hand.press(en.television.alert.over.go);
  await says(page, en.television.home.calls.title);
  await expect.poll(theme).toBe('dark');
});
