/** The street's page in a real browser, before the real street: by mouse, by keyboard alone, in both languages. */

import axe from 'axe-core';
import { type Browser, chromium, type Page } from 'playwright-core';
import { expect, onTestFinished, test, vi } from 'vitest';
import { oneForAll } from '../rig/one-for-all.ts';
import { PATIENCE_MS } from '../rig/program.ts';
import { browserThere, type OpenStreet, withOpenStreet } from './open-street.ts';

vi.setConfig({ testTimeout: 400_000 });

const PAGE = 'http://127.0.0.1:8400/';
/** Of the terminals' own screens. */
const SCREENS = /^http:\/\/127\.0\.0\.1:840[123]\//u;
const GATE = '[data-place="gate-1"] iframe';
const SIZES = [
  { width: 1920, height: 1080 },
  { width: 1280, height: 720 },
  { width: 800, height: 1100 },
];

interface Watched {
  readonly browser: Browser;
  readonly street: OpenStreet;
}

/** The last story ends it. */
const withBrowser = oneForAll<Watched>((story) =>
  withOpenStreet(async (street) => {
    const executablePath = await browserThere(street);
    const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
    try {
      await story({ browser, street });
    } finally {
      await browser.close();
    }
  }),
);

/** What the page complains of is a failure of the test. */
async function look(browser: Browser, size = SIZES[0]): Promise<{ page: Page; wrong: string[] }> {
  const page = await browser.newPage({ viewport: size ?? null });
  // A terminal's own screen is in one page at a time.
  onTestFinished(() => page.close());
  page.setDefaultTimeout(PATIENCE_MS);
  const wrong: string[] = [];
  page.on('pageerror', ({ message }) => wrong.push(message));
  page.on('console', (said) => {
    // A terminal's own page knocks at its daemon while that is down.
    const isScreen = SCREENS.test(said.location().url);
    if (said.type() === 'error' && !isScreen) wrong.push(said.text());
  });
  await page.goto(PAGE);
  await page.locator('.card').first().waitFor();
  return { page, wrong };
}

/** The gate's ring, as it is shown. */
function ringThat(page: Page, state: string) {
  return page.locator(`[data-ring="gate-1"][data-ring-state="${state}"]`);
}

function card(page: Page, name: string) {
  return page.locator('.card', { hasText: name });
}

test('in both languages and at every size nothing offends axe, and nothing is wider than the page', () =>
  withBrowser(async ({ browser }) => {
    for (const size of SIZES) {
      const { page, wrong } = await look(browser, size);
      for (const language of ['ja', 'en']) {
        await page.locator(`html[lang="${language}"]`).waitFor();
        const wide = await page.evaluate<number>(
          'document.documentElement.scrollWidth - document.documentElement.clientWidth',
        );
        expect([size.width, language, wide]).toEqual([size.width, language, 0]);
        expect(await violations(page)).toEqual([]);
        await page.locator('.language').click();
      }
      expect(wrong).toEqual([]);
      await page.close();
    }
  }));

test('a scene plays from the page and says what was proved; a second page sees it all', () =>
  withBrowser(async ({ browser }) => {
    const { page, wrong } = await look(browser);
    const { page: other } = await look(browser);
    await page.locator('.scenes button', { hasText: '早く離したカード' }).click();
    for (const each of [page, other]) {
      await each.locator('.scenes li', { hasText: '守れました' }).waitFor();
    }
    await page.locator('.unfolded', { hasText: '2回目で入れた' }).waitFor();
    await page.getByText('はじめから').click();
    await page.locator('.counts', { hasText: '記録 0' }).waitFor();
    await page.locator('.scenes li', { hasText: '守れました' }).waitFor({ state: 'detached' });
    expect(wrong).toEqual([]);
  }));

test('a card is carried to the ring, read, and pulled early; another is laid down by keyboard alone; at the machine a PIN is typed; at the kiosk a certificate is paid, and is genuine', () =>
  withBrowser(async ({ browser, street }) => {
    const { page, wrong } = await look(browser);
    const gate = page.frameLocator(GATE);
    await gate.getByText('かざして').first().waitFor();

    const from = await card(page, '佐藤 花子').boundingBox();
    const ring = await page.locator('[data-ring="gate-1"]').boundingBox();
    if (from === null || ring === null) throw new Error('nothing to carry');
    await page.mouse.move(from.x + 30, from.y + 30);
    await page.mouse.down();
    await page.mouse.move(from.x + 90, from.y - 60, { steps: 4 });
    await page.mouse.move(ring.x + ring.width / 2, ring.y + ring.height / 2, { steps: 6 });
    await ringThat(page, 'done').waitFor();
    await gate.getByText('お入り').first().waitFor();
    await page.locator('.hanging img').waitFor();
    await page.mouse.up();
    await ringThat(page, 'waiting').waitFor();
    expect((await street.say('health')).stdout).toMatch(/card {5}none/u);

    await card(page, '潮路 ふい').focus();
    await page.keyboard.press('Enter');
    await ringThat(page, 'problem').waitFor();
    await page.keyboard.press('Enter');
    await ringThat(page, 'waiting').waitFor();

    await card(page, '風見 太郎').focus();
    await page.keyboard.down(' ');
    await ringThat(page, 'done').waitFor();
    await page.keyboard.up(' ');
    await ringThat(page, 'waiting').waitFor();

    await page.getByText('紙を切らす').press('Enter');
    await page.locator('.health .unwell', { hasText: '紙切れ' }).waitFor();
    await page.getByText('全部なおす').press('Enter');
    await page.getByText('どこもこわれていません').waitFor();

    await page.getByText('端末を止める').press('Enter');
    await page.locator('[data-place="gate-1"][data-state="down"]').waitFor();
    await gate.getByText('かざして').first().waitFor();

    await page.locator('.pile li[data-place="0"] button').press('Enter');
    await page.locator('dialog[open] img').waitFor();
    expect(await page.locator('dialog[open] img').getAttribute('alt')).toContain('座席券');
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('Escape');
    await expect.poll(() => page.locator('dialog[open]').count()).toBe(0);
    await aCanIsHad(page);
    await aCertificateIsHad(page);
    expect(wrong).toEqual([]);
  }));

/** At the other terminal, whose screen is beside the gate's. */
async function aCanIsHad(page: Page): Promise<void> {
  const ringOfMachine = (state: string) =>
    page.locator(`[data-ring="vending-1"][data-ring-state="${state}"]`);
  const machine = page.frameLocator('[data-place="vending-1"] iframe');
  await machine.getByText('かざして').first().waitFor();
  await page.getByRole('button', { name: '自販機', exact: true }).press('Enter');
  await page.getByText('自販機をこわしてみる').waitFor();
  await card(page, '凪原 みどり').press('Enter');
  await ringOfMachine('hold').waitFor();
  for (const key of ['1', '2', '3', '4', '決定']) {
    await machine.getByRole('button', { name: key, exact: true }).click();
  }
  await ringOfMachine('done').waitFor();
  await page.locator('[data-can="1"]').waitFor();
  await card(page, '凪原 みどり').press('Enter');
  await ringOfMachine('waiting').waitFor();
  expect(await page.locator('[data-ring="gate-1"]').getAttribute('data-ring-state')).toBe(
    'waiting',
  );
}

/** By fingers alone: what one lives in, the PIN, the money, the card, the paper. */
async function aCertificateIsHad(page: Page): Promise<void> {
  const kiosk = page.frameLocator('[data-place="kiosk-1"] iframe');
  const touch = (text: string) => kiosk.locator('button', { hasText: text }).first().click();
  await page.getByRole('button', { name: '証明書コーナー', exact: true }).press('Enter');
  await touch('住民票');
  await card(page, '佐藤 花子').press('Enter');
  await touch('住民票の写し');
  await touch('本人だけ、本籍なし');
  await touch('1通');
  for (const key of ['1', '2', '3', '4', '決定']) {
    await kiosk.getByRole('button', { name: key, exact: true }).click();
  }
  await touch('支払い');
  await touch('現金');
  await page.locator('.purse.waits').waitFor();
  await page.getByRole('button', { name: '500円', exact: true }).click();
  await card(page, '佐藤 花子').press('Enter');
  await page.locator('.sheet-slot img').waitFor();
  await page.getByRole('button', { name: '返却口 350円' }).click();
  await touch('終わる');
  await kiosk.locator('button', { hasText: '住民票' }).first().waitFor();
  const sheet = page.locator('.pile button:has(img[height="1284"])').first();
  await sheet.press('Enter');
  await page.locator('dialog[open]').getByRole('button', { name: '本物か調べる' }).click();
  await page.locator('dialog[open] .verify', { hasText: 'かざす市' }).waitFor();
  await page.keyboard.press('Escape');
  await page.getByLabel('証明書のコードの文字').fill('KZ1:ABC');
  await page.locator('.verify-code button').click();
  await page.locator('.verdict', { hasText: 'コードが読めません' }).waitFor();
}

test('when the street ends, the page says so, and keeps nothing of it from being read', () =>
  withBrowser(async ({ browser, street }) => {
    const { page } = await look(browser);
    street.program.kill('SIGTERM');
    await page.getByRole('alert').waitFor();
    expect(await page.getByRole('alert').textContent()).toContain('通りは閉じています');
  }));

/** The terminals' own screens have tests of their own, and frames of another origin are out of reach. */
async function violations(page: Page): Promise<readonly unknown[]> {
  // The page's CSP lets in no script of others; a debugger may.
  await page.evaluate(axe.source);
  const results = await page.evaluate<axe.AxeResults>(
    "axe.run({ exclude: [['iframe']] }, { iframes: false })",
  );
  return results.violations.map(({ id, nodes }) => [
    id,
    nodes.map(({ html, failureSummary }) => [html, failureSummary]),
  ]);
}
