/** An evacuation on the street's page alone: raised on the wall of the town hall, answered from the sofa, ended at the school. */

import { chromium } from 'playwright-core';
import { expect, test, vi } from 'vitest';
import { PATIENCE_MS } from '../rig/program.ts';
import { browserThere, withOpenStreet } from './open-street.ts';

vi.setConfig({ testTimeout: 400_000 });

test('an alert is raised, a television calls by name, its remote control answers, a card at the school is a check-in, and the wall of the town hall counts it all', () =>
  withOpenStreet(
    async (street) => {
      const executablePath = await browserThere(street);
      const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
      try {
        const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
        page.setDefaultTimeout(PATIENCE_MS);
        await page.goto('http://127.0.0.1:8400/');
        const card = (name: string) => page.locator('.card', { hasText: name });
        const screen = (id: string) => page.frameLocator(`[data-place="${id}"] iframe`);
        const safe = page.locator('.standings [data-standing="safe"] b');
        await screen('tv-1').getByText('お知らせする方').first().waitFor();
        expect(await safe.textContent()).toBe('0');

        await page.getByRole('button', { name: '避難指示を出す' }).click();
        await page.locator('.in-force[data-level="4"]').waitFor();
        await screen('tv-1').getByText('逃げてください').first().waitFor();
        await screen('tv-1').getByText('灯野 誠').first().waitFor();
        await page.locator('[data-button="green"]').click();
        await card('灯野 誠').getByText('無事').waitFor();

        await page.getByRole('button', { name: '体育館 受付1', exact: true }).click();
        await card('灯野 夕子').press('Enter');
        await page.locator('[data-ring="shelter-1"][data-ring-state="done"]').waitFor();
        await screen('shelter-1').getByText('ご無事で').first().waitFor();
        await card('灯野 夕子').press('Enter');
        await card('灯野 夕子').getByText('無事 汐見小学校').waitFor();
        await expect.poll(() => safe.textContent(), { timeout: PATIENCE_MS }).toBe('2');

        await page.getByRole('button', { name: '取り消す', exact: true }).click();
        await page.getByText('避難情報はありません').waitFor();
      } finally {
        await browser.close();
      }
    },
    ['tv-1', 'shelter-1', 'shelter-2'],
  ));
