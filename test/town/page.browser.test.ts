/** The municipality's page in a real browser: by keys alone, seen by axe, live, and with nothing left of it after signing out. */

import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { launchChromium } from '../browser/chromium.ts';
import { stopwatch } from '../rig/stopwatch.ts';
import { exerciseEntries, tellExercise } from './exercise.ts';
import { PASSWORD, TownRig } from './town-rig.ts';

const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
const AXE = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const PEOPLE = 300;

let browser: Browser;
let rig: TownRig;
let page: Page;
let origin: string;

beforeAll(async () => {
  browser = await launchChromium();
});
afterAll(() => browser.close());

beforeEach(async () => {
  rig = await TownRig.open({ entries: exerciseEntries(PEOPLE) });
  tellExercise(rig, Date.now() - 22 * 60_000);
  ({ origin } = await rig.serve());
  const context = await browser.newContext({
    viewport: { width: 1440, height: 900 },
    reducedMotion: 'reduce',
    locale: 'ja-JP',
  });
  page = await context.newPage();
});

afterEach(async () => {
  await page.context().close();
  await rig.close();
});

async function signIn(name = '大西'): Promise<void> {
  await page.goto(origin);
  await page.getByLabel('名前').fill(name);
  await page.getByLabel('パスワード').fill(PASSWORD);
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: '森川 ハツ' }).waitFor();
}

async function complaints(): Promise<string[]> {
  await page.evaluate(AXE);
  const { violations } = await page.evaluate<{
    violations: { id: string; nodes: { target: string[] }[] }[];
  }>(`axe.run({ runOnly: ${JSON.stringify(RULES)}, resultTypes: ['violations'] })`);
  return violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.target}`);
}

const focused = () => page.evaluate<string>("document.activeElement?.textContent?.trim() ?? ''");
const firstCount = () => page.locator('.summary li b').first();

test('axe-core finds nothing against WCAG 2.2 AA, on any of its faces', async () => {
  await page.goto(origin);
  await page.getByLabel('名前').waitFor();
  expect(await complaints()).toEqual([]);
  await signIn();
  expect(await complaints()).toEqual([]);
  await page.getByRole('button', { name: '森川 ハツ' }).click();
  await page.getByLabel('担当').waitFor();
  expect(await complaints()).toEqual([]);
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: '避難情報を出す' }).click();
  expect(await complaints()).toEqual([]);
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: '汐見小学校' }).click();
  expect(await complaints()).toEqual([]);
});

test('everything is done by keys: to somebody, a name noted, back to where one was, and on to the next page', async () => {
  await signIn();
  await page.getByLabel('さがす').focus();
  for (const name of ['CSV', '印刷', '森川 ハツ']) {
    await page.keyboard.press('Tab');
    await expect.poll(focused).toBe(name);
  }
  await page.keyboard.press('ArrowDown');
  await expect.poll(focused).not.toBe('森川 ハツ');
  const second = await focused();
  await page.keyboard.press('Enter');
  await expect.poll(focused).toBe(second);
  await page.getByLabel('担当').focus();
  await page.keyboard.type('消防 2');
  await page.keyboard.press('Enter');
  const line = page.locator('.list tbody tr', { hasText: second }).first();
  await expect.poll(() => line.textContent()).toContain('消防 2');
  await page.keyboard.press('Escape');
  await expect.poll(focused).toBe(second);
  await page.keyboard.press('PageDown');
  await expect.poll(() => page.getByRole('status').textContent()).not.toMatch(/^1–/u);
  await page.getByLabel('さがす').fill('もりかわ');
  await expect.poll(() => page.locator('.list tbody tr').count()).toBeLessThan(10);
});

test('what a television or a shelter tells is on the page within a second, and the curve has it', async () => {
  await signIn();
  const before = Number(await firstCount().textContent());
  const { ref } = rig.resident('森川 ハツ');
  const took = stopwatch();
  rig.tell('reader-civic-hall', 'shelter.arrived', { shelter: 'civic-hall', ref });
  await expect
    .poll(async () => Number(await firstCount().textContent()), { interval: 20 })
    .toBe(before - 1);
  expect(took()).toBeLessThan(4_000);
  await expect.poll(() => page.getByRole('button', { name: '森川 ハツ' }).count()).toBe(0);
  const people = rig.town.shared.shelters.reduce((sum, shelter) => sum + shelter.people, 0);
  await expect
    .poll(() => page.getByRole('img', { name: '着いた方' }).getAttribute('aria-label'))
    .toContain(`までに${people}人`);
});

test('when the server is gone the page says how old it is; a new one knows nobody, and nothing personal stays', async () => {
  await signIn();
  await rig.stopServing();
  const notice = page.getByRole('alert').filter({ hasText: '接続が切れています' });
  await expect.poll(() => notice.textContent()).toMatch(/\d\d:\d\d:\d\d の時点の表示です/u);
  expect(await page.getByRole('button', { name: '森川 ハツ' }).isVisible()).toBe(true);
  await rig.serve(Number(new URL(origin).port));
  await page.getByLabel('名前').waitFor();
  expect(await page.content()).not.toMatch(/森川|川原町/u);
});

test('after signing out nothing personal is left on the page, and Back does not bring it back', async () => {
  await signIn();
  await page.getByRole('button', { name: '出る' }).click();
  await page.getByLabel('名前').waitFor();
  expect(await page.content()).not.toMatch(/森川|川原町/u);
  await page.goto('about:blank');
  await page.goBack();
  await page.getByLabel('名前').waitFor();
  expect(await page.content()).not.toMatch(/森川|川原町/u);
});

test('a small number is seen in the bar, and none is not', async () => {
  await signIn();
  const widths = () =>
    page.evaluate<Record<string, number>>(`Object.fromEntries(
    [...document.querySelectorAll('.town .bar-of-all i')].map((part) => [part.dataset.standing, part.offsetWidth]))`);
  await expect.poll(async () => (await widths())['help'] ?? 0).toBeGreaterThanOrEqual(4);
  const { help = 0, safe = 0 } = await widths();
  expect(safe).toBeGreaterThan(help);
  for (const { ref } of rig.residents.all()) {
    if (rig.town.standings.stateOf(ref).standing !== 'help') continue;
    rig.tell('stb-9', 'alert.answered', { alert: 'A', ref, answer: 'safe' });
  }
  await expect.poll(() => page.locator('.town .bar-of-all [data-standing="help"]').count()).toBe(0);
});

test('printed, the whole list is there, and each standing is told by its shape and its word', async () => {
  await signIn();
  await page.evaluate('window.print = () => {}');
  await page.getByRole('button', { name: '印刷' }).click();
  const printed = page.locator('.printed tbody tr');
  await expect.poll(() => printed.count()).toBe(rig.town.standings.openCount);
  await page.emulateMedia({ media: 'print' });
  expect(await page.locator('.town').isVisible()).toBe(false);
  const first = printed.first();
  expect(await first.textContent()).toContain('助けが必要');
  expect(await first.locator('svg .filled').isVisible()).toBe(true);
  const colours = await page.evaluate<string[]>(
    "[...document.querySelectorAll('.printed td, .printed th, .printed p')].map((part) => getComputedStyle(part).color)",
  );
  expect(new Set(colours)).toEqual(new Set(['rgb(0, 0, 0)']));
});
