/** The pictures of the documents are what the screens look like: a change of the look is seen before it is released. */

import { readFile } from 'node:fs/promises';
import pixelmatch from 'pixelmatch';
import { PNG } from 'pngjs';
import { expect, test } from 'vitest';
import { PICTURES, pathOf, TOWN_PICTURE, takePictures } from '../screens/pictures.ts';
import { AT } from '../screens/samples.ts';
import { takeTownPicture } from '../town/town-picture.ts';
import { launchChromium } from './chromium.ts';

/** Of all pixels: another version of the browser or of a font may smooth an edge otherwise. */
const DIFFERENT_MAX = 0.004;

function shareOfDifferent(taken: PNG, kept: PNG): number {
  const { width, height } = kept;
  if (taken.width !== width || taken.height !== height) return 1;
  return pixelmatch(taken.data, kept.data, undefined, width, height) / (width * height);
}

test('every picture in docs/screens/ is how the screen looks (npm run pictures takes them anew)', async () => {
  const browser = await launchChromium();
  const taken = await takePictures(browser)
    .then(async (screens) => [...screens, await takeTownPicture(browser, Date.parse(AT))])
    .finally(() => browser.close());
  const changed: string[] = [];
  for (const [at, picture] of [...PICTURES, TOWN_PICTURE].entries()) {
    const kept = PNG.sync.read(await readFile(pathOf(picture)));
    const share = shareOfDifferent(PNG.sync.read(taken[at] ?? Buffer.of()), kept);
    if (share > DIFFERENT_MAX) changed.push(`${picture.name}: ${(share * 100).toFixed(2)} %`);
  }
  expect(changed).toEqual([]);
});

test('a word that changed is enough to be told', async () => {
  const [kept, other] = await Promise.all(
    ['refused', 'refused-en'].map(async (name) => {
      const picture = PICTURES.find((one) => one.name === name);
      if (picture === undefined) throw new Error(`no picture ${name}`);
      return PNG.sync.read(await readFile(pathOf(picture)));
    }),
  );
  if (kept === undefined || other === undefined) throw new Error('no pictures');
  expect(shareOfDifferent(kept, other)).toBeGreaterThan(DIFFERENT_MAX);
  expect(shareOfDifferent(kept, kept)).toBe(0);
});
