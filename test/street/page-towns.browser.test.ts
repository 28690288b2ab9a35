/** The street's page with both of its towns, before a street that is only in a known state: what is seen, pressed and asked. */

import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { TownShown } from '../../platform-sim/street/messages.ts';
import { REMOTE_BUTTONS } from '../../src/domain/remote.ts';
import { launchChromium } from '../browser/chromium.ts';
import { openPageStreet, type PageStreet, type PageStreetOptions, TOWN } from './page-street.ts';

const AXE = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const SIZES = [
  [1280, 720],
  [1440, 900],
  [1920, 1080],
] as const;
const NARROW = [800, 1100] as const;

const ALERTED: TownShown = {
  ...TOWN,
  counts: { all: 19, help: 1, unknown: 9, leaving: 3, safe: 6, unlisted: 1 },
  shelters: [{ id: 'shiomi-elementary', name: '汐見小学校', people: 6, capacity: 420 }],
  people: TOWN.people.map((person, nth) =>
    nth === 0
      ? { ...person, standing: 'safe', shelters: ['汐見小学校', '青松中学校'] }
      : { ...person, standing: nth === 1 ? 'help' : 'unknown' },
  ),
  alerts: ([4, 3] as const).map((level) => ({
    ...{ id: `alert-${level}`, level, drill: level === 4 },
    what: { ja: '汐見川が、あふれそうです。', en: 'The river is about to overflow.' },
  })),
};

let browser: Browser;
let street: PageStreet;
let page: Page;

beforeAll(async () => {
  browser = await launchChromium();
});
afterAll(() => browser.close());
afterEach(async () => {
  await page.context().close();
  await street.close();
});

async function look(
  [width, height]: readonly [number, number] = SIZES[0],
  options: PageStreetOptions = {},
): Promise<void> {
  street = await openPageStreet(options);
  const context = await browser.newContext({
    viewport: { width, height },
    reducedMotion: 'reduce',
    locale: 'ja-JP',
  });
  page = await context.newPage();
  await page.goto(street.origin);
  await page.locator('.card').first().waitFor();
}

const place = (name: string) => page.getByRole('button', { name, exact: true });
const ring = (id: string) => page.locator(`[data-ring="${id}"]`);
const card = (name: string) => page.locator('.card', { hasText: name });

/** By the name under which it has the focus of the page. */
async function standBefore(name: string): Promise<void> {
  await place(name).click();
  await page.locator('.where[aria-pressed="true"]', { hasText: name }).waitFor();
}

/** How much of it is to be seen in the street: 1 is all. */
async function seenOf(thing: Locator): Promise<number> {
  const [box, scene] = [await thing.boundingBox(), await page.locator('.scene').boundingBox()];
  if (box === null || scene === null) return 0;
  const wide = Math.min(box.x + box.width, scene.x + scene.width) - Math.max(box.x, scene.x);
  const high = Math.min(box.y + box.height, scene.y + scene.height) - Math.max(box.y, scene.y);
  return (Math.max(0, wide) * Math.max(0, high)) / (box.width * box.height);
}

/** But for what is lost to rounding. */
const WHOLE = 0.98;

async function complaints(): Promise<unknown[]> {
  await page.evaluate(AXE);
  const { violations } = await page.evaluate<{
    violations: { id: string; nodes: { html: string; failureSummary: string }[] }[];
  }>("axe.run({ exclude: [['iframe']] }, { iframes: false, resultTypes: ['violations'] })");
  return violations.map(({ id, nodes: [first] }) => [id, first?.html, first?.failureSummary]);
}

test('with an alert in force, at every size and in both languages, nothing offends axe and nothing is wider than the page', async () => {
  await look(SIZES[0], { town: ALERTED });
  await standBefore('役場');
  for (const [width, height] of [...SIZES, NARROW]) {
    await page.setViewportSize({ width, height });
    for (const language of ['ja', 'en']) {
      await page.locator(`html[lang="${language}"]`).waitFor();
      const wide = await page.evaluate<number>(
        'document.documentElement.scrollWidth - document.documentElement.clientWidth',
      );
      expect([width, language, wide]).toEqual([width, language, 0]);
      // What is wrong at one size of those that lie is so at the others.
      if (width === 1280 || width === 800) expect(await complaints()).toEqual([]);
      await page.locator('.language').click();
    }
  }
});

test('at every size one town is seen whole, with all that stands in it; the television is 16 to 9', async () => {
  await look(SIZES[0], { town: ALERTED });
  for (const [width, height] of SIZES) {
    await page.setViewportSize({ width, height });
    await standBefore('西ゲート');
    for (const id of ['gate-1', 'vending-1', 'kiosk-1']) {
      await expect.poll(() => seenOf(page.locator(`[data-place="${id}"]`))).toBeGreaterThan(WHOLE);
    }
    expect(await seenOf(page.locator('.remote'))).toBe(0);
    await standBefore('お茶の間');
    for (const part of ['.board', '.living-room .device', '.remote']) {
      await expect.poll(() => seenOf(page.locator(part))).toBeGreaterThan(WHOLE);
    }
    for (const id of ['shelter-1', 'shelter-2']) {
      expect(await seenOf(page.locator(`[data-place="${id}"]`))).toBeGreaterThan(WHOLE);
    }
    const screen = await page.locator('.living-room .screen').boundingBox();
    expect((screen?.width ?? 0) / (screen?.height ?? 1)).toBeCloseTo(16 / 9, 2);
    const spills = await page.evaluate<number>(
      "((board) => board.scrollHeight - board.clientHeight)(document.querySelector('.board'))",
    );
    expect([width, spills]).toEqual([width, 0]);
  }
});

test('one walks by the signpost, by the focus and by hand, and stands where one went', async () => {
  await look();
  const here = page.locator('.where[aria-pressed="true"]');
  await page.getByRole('button', { name: '汐見市', exact: true }).press('Enter');
  await expect.poll(() => here.textContent()).toBe('お茶の間');
  await expect.poll(() => seenOf(page.locator('.remote'))).toBeGreaterThan(WHOLE);
  await ring('gate-1').focus();
  await expect.poll(() => here.textContent()).toBe('西ゲート');
  // The focus is never out of sight, however fast it comes and goes.
  await ring('tv-1').focus();
  await ring('gate-1').focus();
  await ring('tv-1').focus();
  await expect.poll(() => here.textContent()).toBe('お茶の間');
  await expect.poll(() => seenOf(page.locator('.remote'))).toBeGreaterThan(WHOLE);
  await ring('gate-1').focus();
  await expect.poll(() => here.textContent()).toBe('西ゲート');
  await page.evaluate("document.querySelector('.scene').scrollTo({ left: 100_000 })");
  await expect.poll(() => here.textContent()).toBe('お茶の間');
});

test('every button of the remote control is pressed by mouse; arrows, digits and Backspace by keyboard, once however long they are held', async () => {
  await look();
  await standBefore('お茶の間');
  for (const button of REMOTE_BUTTONS) await page.locator(`[data-button="${button}"]`).click();
  await expect
    .poll(() => street.asked)
    .toEqual(REMOTE_BUTTONS.map((button) => ({ do: 'press', button, at: 'tv-1' })));
  await page.locator('[data-button="ok"]').focus();
  await page.keyboard.down('ArrowLeft');
  await page.keyboard.down('ArrowLeft');
  await page.keyboard.up('ArrowLeft');
  for (const key of ['7', 'Control+1', 'Backspace', 'Enter']) await page.keyboard.press(key);
  await expect
    .poll(() => street.asked.slice(REMOTE_BUTTONS.length))
    .toEqual(
      ['left', 'digit-7', 'back', 'ok'].map((button) => ({ do: 'press', button, at: 'tv-1' })),
    );
});

test('a card that is let go over the remote control rests there; over a reader of the shelter it is held as long as it is there; carried to the edge it is carried on', async () => {
  await look();
  const carryTo = async (thing: Locator, from = card('佐藤 花子')) => {
    const [start, end] = [await from.boundingBox(), await thing.boundingBox()];
    if (start === null || end === null) throw new Error('nothing to carry');
    await page.mouse.move(start.x + 20, start.y + 20);
    await page.mouse.down();
    await page.mouse.move(1278, start.y - 40, { steps: 3 });
    await expect.poll(() => seenOf(page.locator('.remote'))).toBeGreaterThan(WHOLE);
    const { x, y, width, height } = (await thing.boundingBox()) ?? end;
    await page.mouse.move(x + width / 2, y + height / 2, { steps: 4 });
    await page.mouse.up();
  };
  await carryTo(ring('tv-1'));
  await expect.poll(() => street.asked).toEqual([{ do: 'hold', who: 'sato-hanako', at: 'tv-1' }]);
  await carryTo(ring('shelter-2'));
  await expect
    .poll(() => street.asked.slice(1))
    .toEqual([
      { do: 'hold', who: 'sato-hanako', at: 'shelter-2' },
      { do: 'remove', at: 'shelter-2' },
    ]);
});

test('a card is held as long as the space bar is down, or until the focus goes elsewhere, where nobody hears it come up', async () => {
  await look();
  await standBefore('西ゲート');
  const held = { do: 'hold', who: 'sato-hanako', at: 'gate-1' };
  await card('佐藤 花子').focus();
  await page.keyboard.down(' ');
  await page.keyboard.up(' ');
  await expect.poll(() => street.asked).toEqual([held, { do: 'remove' }]);
  await page.keyboard.down(' ');
  await place('西ゲート').focus();
  await page.keyboard.up(' ');
  await expect.poll(() => street.asked.slice(2)).toEqual([held, { do: 'remove' }]);
});

test('an alert is raised by one button and cancelled by another; counts, clerks and the way to the page stand on the wall; who came to two shelters is shown so', async () => {
  await look();
  await standBefore('役場');
  const [raise, cancel] = [place('避難指示を出す'), place('取り消す')];
  expect(await cancel.isDisabled()).toBe(true);
  await raise.click();
  await expect.poll(() => street.asked).toEqual([{ do: 'alert', is: 'raise' }]);
  street.tell({ town: ALERTED });
  await page.locator('.in-force[data-level="4"][data-drill="true"]').waitFor();
  expect(await page.locator('.in-force').textContent()).toBe('警戒レベル4 避難指示訓練ほか1件');
  expect(await page.locator('.standings b').allTextContents()).toEqual(['1', '9', '3', '6', '1']);
  await cancel.click();
  await expect.poll(() => street.asked.at(-1)).toEqual({ do: 'alert', is: 'cancel' });
  for (const { name, password } of TOWN.clerks) {
    await page.locator('.clerks > span', { hasText: name }).getByText(password).waitFor();
  }
  for (const link of await page.getByRole('link', { name: '役場の画面' }).all()) {
    expect(await link.getAttribute('href')).toBe(TOWN.url);
    expect(await link.getAttribute('target')).toBe('_blank');
  }
  await card('佐藤 花子').getByText('無事 2か所').waitFor();
  expect(await card('佐藤 花子').locator('.found').getAttribute('title')).toBe(
    '汐見小学校 青松中学校',
  );
  await card('風見 太郎').getByText('助けが必要').waitFor();
  await page.locator('.health', { hasText: '汐見小学校 6 / 420人' }).waitFor();
});

test('the town hall has no reader, and says so; it is put out and has power again; what is unwell is seen from the other town', async () => {
  await look();
  await standBefore('役場');
  await card('佐藤 花子').press('Enter');
  await page.getByText('役場に読み取り機はありません').waitFor();
  await place('役場を停電させる').click();
  const at = { name: 'town-hall-down', at: 'town-hall' };
  await expect.poll(() => street.asked).toEqual([{ do: 'fault', ...at }]);
  const faults = TOWN.faults.map((fault) => ({ ...fault, on: true }));
  street.tell({ town: { ...TOWN, isDown: true, faults } });
  await page.locator('.board .no-power').waitFor();
  expect(await place('避難指示を出す').isDisabled()).toBe(true);
  await place('役場を停電させる').click();
  await expect.poll(() => street.asked.at(-1)).toEqual({ do: 'restore', ...at });
  await standBefore('西ゲート');
  await page.locator('.where-and-how.unwell', { hasText: '停電' }).waitFor();
  street.unwell('tv-1', { remote: 'battery-low' });
  await page.locator('.where-and-how.unwell', { hasText: 'リモコン 電池が弱い' }).waitFor();
  street.change('tv-1', { television: { isOn: false } });
  await page.getByText('テレビは消えています').waitFor();
});

test('a street of one town has no bridge, and one of the other no town hall that is not there', async () => {
  await look(SIZES[0], { places: ['gate-1'], town: null });
  expect(await page.locator('[data-town]').count()).toBe(1);
  expect(await page.locator('.bridge, .town-hall').count()).toBe(0);
  expect(await page.getByRole('link', { name: '役場の画面' }).count()).toBe(0);
  await expect.poll(() => seenOf(page.locator('[data-place="gate-1"]'))).toBeGreaterThan(WHOLE);
  await page.context().close();
  await street.close();
  await look(SIZES[0], { places: ['shelter-1', 'shelter-2'], town: null });
  expect(await page.locator('.bridge, .town-hall, .living-room').count()).toBe(0);
  await card('佐藤 花子').press('Enter');
  await expect
    .poll(() => street.asked)
    .toEqual([{ do: 'hold', who: 'sato-hanako', at: 'shelter-1' }]);
});
