/**
 * Photographs screens and says what is wrong with their layout; the pages must be built (`npm run build:ui`).
 *
 * node test/screens/look.ts FOLDER [--screen NAME]... [--language ja]... [--size small:800x480]... [--reader down]...
 * [--all]. Without `--all`, the first sample of each.
 */

import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { chromium } from 'playwright-core';
import { LANGUAGES, SCREENS, type ScreenFrame } from '../../src/domain/screen.ts';
import { LAYOUT_FAULTS } from './layout-faults.ts';
import { AT, SAMPLES } from './samples.ts';
import { ShownScreen, serve } from './shown-screen.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    screen: { type: 'string', multiple: true },
    language: { type: 'string', multiple: true },
    size: { type: 'string', multiple: true, default: ['small:800x480'] },
    reader: { type: 'string', multiple: true, default: ['down'] },
    all: { type: 'boolean', default: false },
    'no-pictures': { type: 'boolean', default: false },
  },
});
const folder = positionals[0] ?? 'build/screens';
await mkdir(folder, { recursive: true });

const shown = new ShownScreen({ screen: 'hold' });
const server = await serve(shown);
const browser = await chromium.launch({
  executablePath: '/usr/bin/chromium',
  args: ['--no-sandbox', '--font-render-hinting=none'],
});
const say = (line: string) => process.stdout.write(`${line}\n`);
let faulty = 0;

for (const size of values.size) {
  const [profile, width, height] = sizeOf(size);
  const page = await browser.newPage({ viewport: { width, height }, reducedMotion: 'reduce' });
  page.on('pageerror', (error) => say(`page: ${error.message}`));
  page.on('console', (message) => {
    if (message.type() === 'error') say(`page: ${message.text()}`);
  });
  await page.clock.setFixedTime(AT);
  await page.goto(server.origin);
  for (const name of SCREENS.filter((name) => values.screen?.includes(name) ?? true)) {
    const samples = values.all ? SAMPLES[name] : SAMPLES[name].slice(0, 1);
    for (const language of LANGUAGES.filter((id) => values.language?.includes(id) ?? true)) {
      for (const reader of values.reader as ScreenFrame['look']['reader'][]) {
        for (const [index, sample] of samples.entries()) {
          const number = shown.show(sample, { language, look: { profile, reader } });
          await page.locator(`html[data-number="${number}"]`).waitFor({ timeout: 10_000 });
          const label = [name, index, language, profile, `${width}x${height}`, reader].join('-');
          if (!values['no-pictures']) await page.screenshot({ path: join(folder, `${label}.png`) });
          const { faults, fit } = (await page.evaluate(LAYOUT_FAULTS)) as {
            faults: string[];
            fit: string;
          };
          if (faults.length > 0) faulty += 1;
          if (faults.length > 0 || fit !== '0')
            say([`${label} fit ${fit}`, ...faults].join('\n  '));
        }
      }
    }
  }
  await page.close();
}
await browser.close();
await server.close();
say(faulty === 0 ? 'no faults' : `${faulty} screens with faults`);
process.exitCode = faulty === 0 ? 0 : 1;

function sizeOf(text: string): [ScreenFrame['look']['profile'], number, number] {
  const [, profile, width, height] = /^(small|kiosk|tv):(\d+)x(\d+)$/u.exec(text) ?? [];
  if (profile === undefined) throw new Error(`--size ${text}: expected e.g. small:800x480`);
  return [profile as ScreenFrame['look']['profile'], Number(width), Number(height)];
}
