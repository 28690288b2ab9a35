/**
 * Every screen in every language, in a real browser: nothing leaves the screen or is too small, axe-core has no
 * complaint, and every control is reached from every other by the four arrows. SAMPLES has a screen of every kind, so a
 * new kind can't be left out.
 */

import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { expect, test } from 'vitest';
import { LANGUAGES, type ScreenBody } from '../../src/domain/screen.ts';
import { LAYOUT_FAULTS } from '../screens/layout-faults.ts';
import { SAMPLES } from '../screens/samples.ts';
import { openPage, type Size, untilNumber } from './chromium.ts';
import { browser, everySampleFits, lookAt, samplesOf, shown, withScreens } from './every-sample.ts';
import {
  ARROWS,
  ARROWS_BETWEEN,
  CONTROL_NAMES,
  FOCUS_FAULT,
  FOCUSED_CONTROL,
  focusControl,
} from './focus.ts';

/** WCAG 2.2 A and AA, and what axe calls best practice. */
const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
const AXE = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

// The sizes between these, and every sample at the largest, are in the long tests.
everySampleFits('800x480', { gates: 'every', kiosks: 'none' });
everySampleFits('768x1024', { gates: 'every', kiosks: 'every' });
everySampleFits('1080x1920', { gates: 'one', kiosks: 'one' });
everySampleFits('1280x800', { gates: 'none', kiosks: 'one' });
everySampleFits('television', 'television');

/** One of each kind: a gate's on a small screen, a kiosk's on that of a kiosk. */
function oneOfEach(size: Size): readonly ScreenBody[] {
  if (size === 'television') return samplesOf('television').filter(isFirst);
  if (size !== '800x480') return samplesOf({ gates: 'none', kiosks: 'one' });
  return samplesOf({ gates: 'every', kiosks: 'none' }).filter(isFirst);
}

/** An alert has several faces: for one, for several, for nobody, calm, a sample. */
function isFirst(body: ScreenBody, at: number, all: readonly ScreenBody[]): boolean {
  if (body.screen === 'tv-alert') return SAMPLES['tv-alert'].indexOf(body) % 3 === 0;
  return all.findIndex(({ screen }) => screen === body.screen) === at;
}

const SIZES_AND_LANGUAGES = [
  ...LANGUAGES.map((language) => ({ size: '800x480', language }) as const),
  // Rules that depend on the language depend on ruby, or on its absence.
  { size: '768x1024', language: 'ja-simple' },
  { size: '768x1024', language: 'en' },
  { size: 'television', language: 'ja-simple' },
] as const;

test.each(SIZES_AND_LANGUAGES)(
  'at $size, in $language, axe-core finds nothing against WCAG 2.2 AA',
  async ({ size, language }) => {
    await withScreens(size, async (page) => {
      await page.evaluate(AXE);
      const found: string[] = [];
      for (const body of oneOfEach(size)) {
        const { screen: name } = body;
        await untilNumber(page, shown.show(body, { language, look: lookAt(size, body) }));
        const { violations } = await page.evaluate<{
          violations: { id: string; nodes: { target: string[] }[] }[];
        }>(
          `axe.run({ runOnly: ${JSON.stringify(RULES)}, preload: false, resultTypes: ['violations'] })`,
        );
        found.push(...violations.map(({ id, nodes }) => `${name}: ${id}: ${nodes[0]?.target}`));
      }
      expect(found).toEqual([]);
    });
  },
);

function reachedFrom(start: number, leads: readonly (readonly number[])[]): Set<number> {
  const reached = new Set([start]);
  for (const at of reached) for (const next of leads[at] ?? []) reached.add(next);
  return reached;
}

test.each(['800x480', '768x1024', 'television'] as const)(
  'at %s, four arrows lead from every control to every other, and the focus is seen on each',
  async (size) => {
    await withScreens(size, async (page) => {
      const found: string[] = [];
      for (const body of oneOfEach(size)) {
        const { screen: name } = body;
        await untilNumber(page, shown.show(body, { look: lookAt(size, body) }));
        const names = await page.evaluate<string[]>(CONTROL_NAMES);
        const leads = await page.evaluate<number[][]>(ARROWS_BETWEEN);
        for (const [from, control] of names.entries()) {
          const missing = names.filter((_, at) => !reachedFrom(from, leads).has(at));
          found.push(...missing.map((other) => `${name}: ${other} is out of reach of ${control}`));
          await page.evaluate(focusControl(from));
          const fault = await page.evaluate<string | null>(FOCUS_FAULT);
          if (fault !== null) found.push(`${name}: ${fault}`);
          // A real keyboard's, each in its turn: it leads where the page said.
          const direction = from % ARROWS.length;
          await page.keyboard.press(ARROWS[direction] ?? 'ArrowUp');
          const to = await page.evaluate<number>(FOCUSED_CONTROL);
          if (to !== leads[from]?.[direction]) found.push(`${name}: a key leads elsewhere`);
        }
      }
      expect(found).toEqual([]);
    });
  },
);

test('the checks of this file find what is wrong with a page that is wrong', async () => {
  const page = await openPage(browser);
  await page.setContent(`<!doctype html><html lang="ja"><body style="margin:0;font-size:20px">
    <p style="font-size:8px">小さい</p>
    <p style="position:absolute;left:700px;white-space:nowrap">右にはみ出す長い文です。右にはみ出す長い文です。</p>
    <p style="color:#bbb;margin-top:40px">うすい</p>
    <button style="outline:none;height:20px">おす</button></body></html>`);
  const { faults } = await page.evaluate<{ faults: string[] }>(LAYOUT_FAULTS);
  expect(faults.join('\n')).toMatch(/smaller than 1rem/);
  expect(faults.join('\n')).toMatch(/outside the screen/);
  expect(faults.join('\n')).toMatch(/key too low/);
  await page.evaluate(focusControl(0));
  expect(await page.evaluate(FOCUS_FAULT)).toMatch(/no outline/);
  await page.evaluate(AXE);
  const { violations } = await page.evaluate<{ violations: { id: string }[] }>('axe.run()');
  expect(violations.map(({ id }) => id)).toContain('color-contrast');
  await page.context().close();
});
