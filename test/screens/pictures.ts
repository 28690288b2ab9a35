/**
 * The pictures of docs/screens/: what README.md shows, and what a change of the look is held against.
 * `npm run pictures` takes them anew; look at each before it is committed.
 */

import { mkdir, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Browser } from 'playwright-core';
import type { Language, ScreenBody, ScreenFrame, ScreenName } from '../../src/domain/screen.ts';
import { launchChromium, openPage, SIZES, type Size, untilNumber } from '../browser/chromium.ts';
import { takeTownPicture } from '../town/town-picture.ts';
import { PIN_AT_KIOSK, TAKE_CARD_AT_KIOSK } from './at-kiosk.ts';
import { AT, SAMPLES } from './samples.ts';
import { ShownScreen, serve } from './shown-screen.ts';

export interface Picture {
  /** Of the file, without `.png`. */
  readonly name: string;
  readonly body: ScreenBody;
  readonly language: Language;
  readonly size: Size;
}

const FOLDER = fileURLToPath(new URL('../../docs/screens/', import.meta.url));

function picture(screen: ScreenName, language: Language = 'ja', size: Size = '800x480'): Picture {
  const marks = [language === 'ja' ? '' : language, size === '800x480' ? '' : size];
  const name = [screen, ...marks.filter((mark) => mark !== '')].join('-');
  return { name, body: SAMPLES[screen][0], language, size };
}

function onTelevision(screen: ScreenName, language: Language = 'ja'): Picture {
  const name = language === 'ja' ? screen : `${screen}-${language}`;
  return { name, body: SAMPLES[screen][0], language, size: 'television' };
}

/** Named as in the design language. */
function atKiosk(name: string, body: ScreenBody, language: Language = 'ja'): Picture {
  const mark = language === 'ja' ? '' : `-${language}`;
  return { name: `kiosk-${name}${mark}`, body, language, size: '768x1024' };
}

export const PICTURES: readonly Picture[] = [
  picture('waiting'),
  picture('waiting', 'ja', '768x1024'),
  picture('waiting', 'ja-simple', '1920x1080'),
  picture('hold'),
  picture('again'),
  picture('welcome'),
  picture('welcome', 'en', '1080x1920'),
  picture('receipt-owed'),
  picture('refused'),
  picture('refused', 'ja-simple'),
  picture('refused', 'en'),
  picture('take-card'),
  picture('closed'),
  picture('staff-pin'),
  picture('staff-menu'),
  picture('staff-ticket'),
  picture('staff-confirm'),
  picture('staff-papers'),
  picture('staff-health'),
  picture('shelter-waiting'),
  picture('shelter-family'),
  picture('shelter-family', 'ja-simple', '1920x1080'),
  picture('shelter-menu'),
  picture('shelter-supplies'),
  picture('shelter-no-card'),
  onTelevision('tv-home'),
  onTelevision('tv-place-card'),
  onTelevision('tv-alert'),
  onTelevision('tv-alert', 'en'),
  atKiosk('menu', SAMPLES.menu[0]),
  atKiosk('choose', SAMPLES.choose[0]),
  atKiosk('place-card', SAMPLES['place-card'][0]),
  atKiosk('pin', PIN_AT_KIOSK[0]),
  atKiosk('confirm', SAMPLES['confirm-order'][0]),
  atKiosk('confirm', SAMPLES['confirm-order'][0], 'en'),
  atKiosk('take-card', TAKE_CARD_AT_KIOSK[0]),
  atKiosk('printing', SAMPLES.printing[0]),
  atKiosk('ended', SAMPLES.ended[0], 'ja-simple'),
  atKiosk('text-entry', SAMPLES['text-entry'][0]),
];

/** The municipality's page, which is no screen of a terminal. */
export const TOWN_PICTURE = { name: 'town' } as const;

export function pathOf({ name }: Pick<Picture, 'name'>): string {
  return `${FOLDER}${name}.png`;
}

/** PNG of each, in the order of `PICTURES`; the built page has to be there. */
export async function takePictures(browser: Browser): Promise<Buffer[]> {
  const shown = new ShownScreen({ screen: 'hold' });
  const server = await serve(shown);
  const page = await openPage(browser);
  const taken: Buffer[] = [];
  try {
    await page.clock.setFixedTime(AT);
    await page.goto(server.origin);
    for (const picture of PICTURES) {
      const { body, language, size } = picture;
      await page.setViewportSize(SIZES[size]);
      await untilNumber(page, shown.show(body, { language, look: lookOf(picture) }));
      await page.evaluate('document.fonts.ready');
      taken.push(await page.screenshot({ animations: 'disabled' }));
    }
  } finally {
    await page.context().close();
    await server.close();
  }
  return taken;
}

/** Tall gates and kiosks have one root size; what is around them differs. */
function lookOf({ name, size }: Picture): ScreenFrame['look'] {
  if (size === 'television') return { profile: 'tv', reader: 'right' };
  return name.startsWith('kiosk-')
    ? { profile: 'kiosk', reader: 'right' }
    : { profile: 'small', reader: 'down' };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const browser = await launchChromium();
  const taken = await takePictures(browser);
  const town = await takeTownPicture(browser, Date.parse(AT));
  await browser.close();
  await mkdir(FOLDER, { recursive: true });
  for (const [at, one] of PICTURES.entries()) await writeFile(pathOf(one), taken[at] ?? '');
  await writeFile(pathOf(TOWN_PICTURE), town);
  process.stdout.write(`${PICTURES.length + 1} pictures in docs/screens/\n`);
}
