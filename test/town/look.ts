/**
 * Photographs the municipality's page in an exercise; the pages must be built (`npm run build:ui`).
 *
 * node test/town/look.ts FOLDER
 */

import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { launchChromium } from '../browser/chromium.ts';
import { openExercise, openTownPage, signInToExercise } from './town-picture.ts';

const folder = process.argv[2] ?? 'build/town';
await mkdir(folder, { recursive: true });
const now = Date.now();
const rig = await openExercise(now);
const { origin } = await rig.serve();
const browser = await launchChromium();
const page = await openTownPage(browser);
await page.clock.setFixedTime(now);
page.on('console', (message) => process.stdout.write(`page: ${message.text()}\n`));
page.on('pageerror', (error) => process.stdout.write(`page: ${error.stack}\n`));
const shoot = (name: string) => page.screenshot({ path: join(folder, `${name}.png`) });
await page.goto(origin);
await page.getByLabel('名前').waitFor();
await shoot('sign-in');
await signInToExercise(page, origin);
await shoot('town');
await page.keyboard.press('Enter');
await page.getByLabel('担当').waitFor();
await shoot('person');
await page.keyboard.press('Escape');
await page.getByRole('button', { name: '避難情報を出す' }).click();
await shoot('alerts');
await page.keyboard.press('Escape');
await page.evaluate('window.print = () => {}');
await page.getByRole('button', { name: '印刷' }).click();
await page.locator('.printed').waitFor({ state: 'attached' });
await writeFile(join(folder, 'printed.pdf'), await page.pdf({ preferCSSPageSize: true }));
await browser.close();
await rig.close();
process.exit();
