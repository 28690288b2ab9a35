/** What the terminal's page does by itself: fall silent, type, keep the focus, sound, speak; in a real browser. */

import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Browser, Page } from 'playwright-core';
import {
  afterAll,
  afterEach,
  beforeAll,
  beforeEach,
  describe,
  expect,
  onTestFinished,
  test,
  vi,
} from 'vitest';
import { SILENCE_MS_MAX } from '../../src/domain/screen.ts';
import type { SpeechSource, UiServer } from '../../src/screen/ui-server.ts';
import { ja } from '../../src/text/ja.ts';
import { launchChromium, openPage, untilNumber } from '../browser/chromium.ts';
import { SAMPLES } from './samples.ts';
import { ShownScreen, serve } from './shown-screen.ts';

const [welcomed] = SAMPLES.welcome;
const [pin] = SAMPLES['staff-pin'];
const [ticket] = SAMPLES['staff-ticket'];
const [menu] = SAMPLES['staff-menu'];

/** Keeps the frequency of every note that begins, and what plays them; the page's own sounds stay as they are. */
const LISTEN = `
  window.notes = [];
  const RealContext = window.AudioContext;
  window.AudioContext = class extends RealContext {
    constructor() {
      super();
      window.player = this;
    }
  };
  const Real = window.OscillatorNode;
  window.OscillatorNode = function (context, options) {
    window.notes.push(Math.round(options.frequency));
    return new Real(context, options);
  };`;

let browser: Browser;
let shown: ShownScreen;
let server: UiServer;
let page: Page;
const speech = vi.fn<SpeechSource>(() => Promise.resolve(null));

beforeAll(async () => {
  browser = await launchChromium();
});
afterAll(() => browser.close());

beforeEach(async () => {
  shown = new ShownScreen(SAMPLES.waiting[0]);
  server = await serve(shown, { speech });
  page = await openPage(browser);
  await page.addInitScript(LISTEN);
});
afterEach(async () => {
  await page.context().close();
  await server.close();
  speech.mockClear();
});

async function open(): Promise<void> {
  await page.goto(server.origin);
  await untilNumber(page, shown.current.number);
}

const show = async (...given: Parameters<ShownScreen['show']>) =>
  untilNumber(page, shown.show(...given));
const notes = () => page.evaluate<number[]>('window.notes');
const focused = () => page.evaluate<string>('document.activeElement.textContent.trim()');
const pressed = (count: number) => expect.poll(() => shown.pressed).toHaveLength(count);

test('after three seconds of silence not one node of the screen before is left', async () => {
  let muted = false;
  await page.routeWebSocket(/\/screen$/u, (route) => {
    const daemon = route.connectToServer();
    daemon.onMessage((message) => {
      if (!muted) route.send(message);
    });
  });
  await open();
  await show(welcomed);
  await page.evaluate(`window.before = [...document.body.querySelectorAll('*')]`);
  muted = true;
  await page.locator('h1', { hasText: ja.silent.title }).waitFor({ timeout: 4 * SILENCE_MS_MAX });
  expect(await page.evaluate('window.before.some((node) => document.contains(node))')).toBe(false);
  expect(await page.content()).not.toMatch(/佐＊|12列/u);
  expect(await page.title()).toContain(ja.silent.title);
});

describe('a keyboard', () => {
  test('types where something is typed, and nowhere else', async () => {
    await open();
    await page.keyboard.type('1a-');
    await show(ticket);
    await page.keyboard.type('7a');
    await page.keyboard.press('Backspace');
    await pressed(3);
    expect(shown.pressed).toEqual([
      { key: 'character', character: '7' },
      { key: 'character', character: 'A' },
      { key: 'erase' },
    ]);
  });

  test('ends what was typed with Enter, and presses what the arrows reached', async () => {
    await open();
    await show(pin);
    await page.keyboard.press('7');
    await page.keyboard.press('Enter');
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('Enter');
    await pressed(3);
    expect(shown.pressed).toEqual([
      { key: 'character', character: '7' },
      { key: 'enter' },
      { key: 'character', character: '2' },
    ]);
  });

  test('leaves nothing of a PIN in the page', async () => {
    await open();
    await show(pin);
    await page.keyboard.type('73914');
    await pressed(5);
    expect(await page.content()).not.toContain('73914');
    expect(
      await page.evaluate('JSON.stringify([{ ...sessionStorage }, { ...localStorage }])'),
    ).toBe('[{},{}]');
  });
});

describe('a remote control', () => {
  test('reaches every key with arrows, presses it with OK, and goes back', async () => {
    await open();
    await show(pin);
    for (const button of ['right', 'down', 'ok'] as const) shown.pressButton(button);
    await pressed(1);
    expect(await page.locator(':focus-visible').count()).toBe(1);
    shown.pressButton('back');
    await pressed(2);
    expect(shown.pressed).toEqual([{ key: 'character', character: '5' }, { key: 'back' }]);
  });

  test('that says OK twice chooses once: what is agreed to stands behind the way back', async () => {
    await open();
    await show({ ...SAMPLES['tv-unlink'][0], mayAgree: true });
    shown.pressButton('right');
    shown.pressButton('ok');
    await pressed(1);
    await show(SAMPLES['tv-where'][0]);
    shown.pressButton('ok');
    await pressed(2);
    expect(shown.pressed).toEqual([{ key: 'choose', choice: 'where' }, { key: 'back' }]);
  });

  test('that says OK where nothing has the focus finds the first key, and presses nothing', async () => {
    await open();
    await show(menu);
    await page.evaluate('document.activeElement.blur()');
    shown.pressButton('ok');
    await expect.poll(() => page.evaluate('document.activeElement !== document.body')).toBe(true);
    expect(shown.pressed).toEqual([]);
    shown.pressButton('ok');
    await pressed(1);
  });
});

test('a key that the screen does not offer is not sent', async () => {
  await open();
  await show(pin, { keys: ['back'] });
  await page.locator('[data-id="5"]').click({ force: true });
  await page.keyboard.press('5');
  await page.locator('.foot button').click();
  await pressed(1);
  expect(shown.pressed).toEqual([{ key: 'back' }]);
});

test('letters are one key away, and digits are there again next time', async () => {
  await open();
  await show(ticket);
  await page.locator('[data-id="switch"]').click();
  await page.locator('[data-id="Z"]').click();
  await pressed(1);
  await show(menu);
  await show(ticket);
  expect(await page.locator('[data-id="Z"]').count()).toBe(0);
  expect(await page.locator('[data-id="9"]').count()).toBe(1);
});

describe('the focus', () => {
  test('stays where it is while the screen only changes its words', async () => {
    await open();
    await show(menu);
    await page.keyboard.press('ArrowDown');
    const before = await focused();
    await show(menu, { sound: 'loud' });
    expect(await focused()).toBe(before);
  });

  test('is on the first choice of a new screen, and shown to who uses keys alone', async () => {
    await open();
    await show(SAMPLES['staff-why'][0]);
    expect(await focused()).toContain(ja.staff.why['wrong-ticket']);
    await page.mouse.click(400, 300);
    await show(SAMPLES.waiting[0]);
    expect(await page.locator(':focus').count()).toBe(0);
    await page.keyboard.press('ArrowDown');
    expect(await page.locator(':focus-visible').count()).toBe(1);
  });
});

test('a screen on a page among others leaves the focus to whoever is elsewhere, until its own keys are used', async () => {
  const around = createServer((_, response) => {
    response.setHeader('Content-Type', 'text/html');
    response.end(`<button id="other">x</button><iframe src="${framed.origin}"></iframe>`);
  }).listen(0, '127.0.0.1');
  await once(around, 'listening');
  const embed = `http://127.0.0.1:${(around.address() as AddressInfo).port}`;
  const framed = await serve(shown, { embed });
  onTestFinished(async () => {
    around.close();
    await framed.close();
  });
  await page.goto(embed);
  const frame = page.frameLocator('iframe');
  const isAt = (number: number) =>
    expect.poll(() => frame.locator('html').getAttribute('data-number')).toBe(String(number));
  await isAt(shown.current.number);
  await page.locator('#other').focus();
  await isAt(shown.show(menu));
  expect(await page.evaluate('document.activeElement.id')).toBe('other');
  shown.pressButton('down');
  await expect.poll(() => page.evaluate('document.activeElement.tagName')).toBe('IFRAME');
});

describe('tones', () => {
  beforeEach(async () => {
    await open();
    // A browser that is no kiosk is silent until it is touched.
    await page.locator('h1').click();
    await expect.poll(() => page.evaluate('window.player.state')).toBe('running');
  });

  test('hold ticks until the next screen, whose tone takes its place', async () => {
    await show({ screen: 'hold' });
    await expect.poll(async () => (await notes()).slice(0, 3)).toEqual([523, 523, 523]);
    await show(welcomed);
    await expect.poll(async () => (await notes()).slice(-2)).toEqual([784, 1047]);
    const count = (await notes()).length;
    // As long as two more ticks would take: nothing can be waited for that must not come.
    await page.evaluate('new Promise((resolve) => setTimeout(resolve, 900))');
    expect(await notes()).toHaveLength(count);
  });

  test('a problem is one note, and a change of language is none', async () => {
    await show(SAMPLES.refused[0]);
    await expect.poll(notes).toEqual([392]);
    await show(SAMPLES.refused[0], { language: 'en' });
    expect(await notes()).toEqual([392]);
  });
});

test('what is said is asked for once for each change', async () => {
  await open();
  await show(welcomed, { speech: '/voice/ja/welcome' });
  await show(welcomed, { speech: '/voice/ja/welcome', sound: 'loud' });
  await show(SAMPLES.waiting[0], { speech: null });
  await show(welcomed, { speech: '/voice/ja/hold' });
  await expect.poll(() => new Set(speech.mock.calls.map(([, said]) => said)).size).toBe(2);
  expect(speech.mock.calls).toEqual([
    ['ja', 'welcome'],
    ['ja', 'hold'],
  ]);
});
