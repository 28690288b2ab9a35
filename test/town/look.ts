/**
 * Photographs the municipality's page in an exercise; the pages must be built (`npm run build:ui`).
 *
 * node test/town/look.ts FOLDER
 */

import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { launchChromium } from '../browser/chromium.ts';
import { exerciseEntries, tellExercise } from './exercise.ts';
import { DOCUMENT, PASSWORD, TownRig } from './town-rig.ts';

const folder = process.argv[2] ?? 'build/town';
await mkdir(folder, { recursive: true });
const rig = await TownRig.open({ entries: exerciseEntries() });
tellExercise(rig, Date.now() - 22 * 60_000);
const linked = new Set(rig.town.shelters.slice(1).map(({ id }) => `reader-${id}`));
rig.contacts.tell(linked, Date.now());
await rig.desk.propose(
  { level: 4, drill: false, districts: ['kawara', 'minato'], what: null, hours: 6 },
  '佐野',
);
await rig.desk.consent('alert-1', DOCUMENT, '大西');
rig.town.assign(rig.resident('森川 ハツ').ref, '大西', { name: '大西', role: 'operator' });
const server = await rig.serve();
const alive = setInterval(() => rig.contacts.tell(linked, Date.now()), 500);
const browser = await launchChromium();
const page = await browser.newPage({
  viewport: { width: 1440, height: 900 },
  reducedMotion: 'reduce',
  locale: 'ja-JP',
});
page.on('console', (message) => process.stdout.write(`page: ${message.text()}\n`));
page.on('pageerror', (error) => process.stdout.write(`page: ${error.stack}\n`));
const shoot = (name: string) => page.screenshot({ path: join(folder, `${name}.png`) });
await page.goto(server.origin);
await page.getByLabel('名前').fill('大西');
await page.getByLabel('パスワード').fill(PASSWORD);
await shoot('sign-in');
await page.getByRole('button', { name: '入る' }).click();
await page.getByRole('button', { name: '森川 ハツ' }).waitFor();
await page.waitForTimeout(500);
await page.getByRole('button', { name: '森川 ハツ' }).focus();
await page.keyboard.press('ArrowDown');
await page.keyboard.press('ArrowUp');
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
clearInterval(alive);
await rig.close();
process.exit();
