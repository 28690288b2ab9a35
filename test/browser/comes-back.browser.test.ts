/** What a browser shows when it, or the daemon, dies, hangs or is not alone; and what another page can do to it: nothing. */

import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Page } from 'playwright-core';
import { test as alone, expect, vi } from 'vitest';
import { SILENCE_MS_MAX } from '../../src/domain/screen.ts';
import { ja } from '../../src/text/ja.ts';
import { ShownScreen, serve } from '../screens/shown-screen.ts';
import { launchChromium, openPage, untilNumber } from './chromium.ts';
import { inTheBrowser, originOf, says } from './gate-in-browser.ts';

vi.setConfig({ maxConcurrency: 3, testTimeout: 240_000 });

/** Each has a screen and a browser of its own, and waits most of its time for what is silent, or comes back. */
const test = alone.concurrent;

/** Of the table; a test waits up to four times as long. */
const BACK_MS = 2_000;
const PATIENCE = 4;

const WELCOME = {
  screen: 'welcome',
  name: '佐＊ 花＊',
  seat: 'B 12列 34番',
  paper: true,
  list: null,
} as const;

async function withShownScreen(
  story: (at: { shown: ShownScreen; page: Page; origin: string }) => Promise<void>,
): Promise<void> {
  const shown = new ShownScreen(WELCOME);
  const server = await serve(shown);
  const browser = await launchChromium();
  try {
    const page = await openPage(browser);
    await page.goto(server.origin);
    await says(page, ja.welcome.title);
    await story({ shown, page, origin: server.origin });
  } finally {
    await browser.close();
    await server.close();
  }
}

test('a browser that reloads, and one that is killed and started again, show the present screen', () =>
  withShownScreen(async ({ shown, page, origin }) => {
    const number = shown.show({ screen: 'hold' });
    await untilNumber(page, number);
    await page.reload();
    await page
      .locator(`html[data-number="${number}"]`)
      .waitFor({ state: 'attached', timeout: PATIENCE * BACK_MS });

    const another = await launchChromium();
    try {
      // Without a goodbye: the first browser's page is gone, its socket ends with it.
      await page.context().close();
      const second = await openPage(another);
      await second.goto(origin);
      await second
        .locator(`html[data-number="${number}"]`)
        .waitFor({ state: 'attached', timeout: PATIENCE * BACK_MS });
    } finally {
      await another.close();
    }
  }));

test('a second browser is told that the screen is elsewhere, and takes over when the first ends', () =>
  withShownScreen(async ({ page, origin }) => {
    const another = await launchChromium();
    try {
      const second = await openPage(another);
      await second.goto(origin);
      await says(second, ja.elsewhere.title);
      expect(await second.getByText('佐＊').count()).toBe(0);
      await says(page, ja.welcome.title);

      await page.context().close();
      await says(second, ja.welcome.title);
    } finally {
      await another.close();
    }
  }));

test('a socket that is silent for three seconds leaves nothing of anybody on the screen', () =>
  withShownScreen(async ({ page }) => {
    // The page's own socket goes on, but nothing comes through it any more.
    await page.context().setOffline(true);
    await page.evaluate('window.stop()');
    const session = await page.context().newCDPSession(page);
    await session.send('Network.enable');
    await session.send('Network.emulateNetworkConditions', {
      offline: true,
      latency: 0,
      downloadThroughput: 0,
      uploadThroughput: 0,
    });
    await says(page, ja.welcome.title);
    await page.getByText('佐＊').waitFor({ state: 'detached', timeout: PATIENCE * SILENCE_MS_MAX });
    await says(page, ja.silent.title);
    expect(await page.locator('body').textContent()).not.toMatch(/12列|34番/u);
  }));

test('a daemon that is started again has its screen back by itself', () =>
  inTheBrowser({}, async ({ world, page }) => {
    await says(page, ja.waiting.title);
    const port = new URL(await originOf(world)).port;
    await world.stop();
    await says(page, ja.silent.title);
    world.config.screen = { ...present(world.config.screen), port: Number(port) };
    await world.start();
    await says(page, ja.waiting.title);
  }));

test('a page of another origin can neither frame the screen nor open its socket', () =>
  withShownScreen(async ({ page, origin }) => {
    const foreign = createServer((_, response) => {
      response.setHeader('Content-Type', 'text/html');
      response.end(`<!doctype html><title>foreign</title><iframe src="${origin}"></iframe>`);
    });
    foreign.listen(0, '127.0.0.1');
    await once(foreign, 'listening');
    try {
      const other = await page.context().newPage();
      const blocked = other.waitForEvent('console', (message) =>
        /frame-ancestors/u.test(message.text()),
      );
      await other.goto(`http://127.0.0.1:${(foreign.address() as AddressInfo).port}`);
      await blocked;
      const socket = `new Promise((resolve) => {
        const socket = new WebSocket('${origin.replace('http', 'ws')}/screen', ['kazasu.screen.v1', 'token.guess']);
        socket.onopen = () => resolve('open');
        socket.onclose = () => resolve('refused');
      })`;
      expect(await other.evaluate(socket)).toBe('refused');
      // The page itself is not handed to a foreign script either.
      const read = `fetch('${origin}').then((response) => response.text(), () => 'refused')`;
      expect(await other.evaluate(read)).toBe('refused');
    } finally {
      foreign.close();
    }
    await says(page, ja.welcome.title);
  }));

function present<Value>(value: Value | undefined): Value {
  if (value === undefined) throw new Error('no [screen] in the configuration');
  return value;
}
