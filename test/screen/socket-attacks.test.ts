/** Whoever is not the one page on this machine, or does not keep to the protocol, changes nothing and shows nothing. */

import { once } from 'node:events';
import { connect } from 'node:net';
import { describe, expect, test } from 'vitest';
import { SCREEN_CLOSED, SCREEN_PROTOCOL } from '../../src/domain/screen.ts';
import { stopwatch } from '../rig/stopwatch.ts';
import { FakeSource, type Served, serve } from './fake-source.ts';
import {
  type Handshake,
  openSocket,
  outcomeOf,
  protocolsOf,
  TestBrowser,
  tokenOf,
} from './test-browser.ts';

const refused = (reason: string) => ({ event: 'screen.refused', reason });

/** The screen is unharmed: its browser is shown what changes, and its keys arrive. */
async function expectUnharmed(browser: TestBrowser, { source }: Served): Promise<void> {
  source.show();
  const { number } = source.current;
  await browser.screen((screen) => screen.number === number, `screen ${number}`);
  const before = source.pressed.length;
  browser.press({ key: 'language', language: 'en' });
  await browser.until(() => {
    source.show();
    return source.pressed.length > before || undefined;
  }, 'key');
}

describe('a websocket is refused', () => {
  test.each<[string, Handshake, string]>([
    ['of a foreign origin', { origin: 'http://evil.example' }, 'foreign-origin'],
    ['of another port of this machine', { origin: 'http://127.0.0.1:1' }, 'foreign-origin'],
    ['of a page without an origin', { origin: 'null' }, 'foreign-origin'],
    ['without an origin', { origin: undefined }, 'foreign-origin'],
    ['under a name that was rebound', { host: 'evil.example:8401' }, 'foreign-host'],
    ['without a token', { protocols: [SCREEN_PROTOCOL] }, 'token'],
    ['with a guessed token', { protocols: protocolsOf('A'.repeat(22)) }, 'token'],
    ['with a token in the address', { path: '/screen?token=A' }, 'not-of-the-protocol'],
    ['elsewhere', { path: '/' }, 'not-of-the-protocol'],
    ['of another protocol', { protocols: ['chat'] }, 'not-of-the-protocol'],
  ])('%s', async (_, handshake, reason) => {
    const served = await serve();
    const browser = await TestBrowser.open(served.origin);
    const token = await tokenOf(served.origin);
    expect(await outcomeOf(openSocket(served.origin, token, handshake))).toBe(403);
    expect(served.journal.count(refused(reason))).toBe(1);
    await expectUnharmed(browser, served);
  });

  test('with a token that was used', async () => {
    const { origin, journal } = await serve();
    const token = await tokenOf(origin);
    const first = openSocket(origin, token);
    expect(await outcomeOf(first)).toBe('open');
    first.close();
    await once(first, 'close');
    expect(await outcomeOf(openSocket(origin, token))).toBe(403);
    expect(journal.count(refused('token'))).toBe(1);
  });

  test('with a token that newer pages pushed out', async () => {
    const { origin } = await serve();
    const token = await tokenOf(origin);
    for (let page = 0; page < 8; page += 1) await tokenOf(origin);
    expect(await outcomeOf(openSocket(origin, token))).toBe(403);
  });
});

test('a second browser is told so, and the first one goes on', async () => {
  const served = await serve();
  const first = await TestBrowser.open(served.origin);
  const second = await TestBrowser.open(served.origin);
  expect(await second.closed()).toBe(SCREEN_CLOSED.anotherBrowser);
  expect(second.frames).toEqual([]);
  expect(served.journal.count(refused('another-browser'))).toBe(1);
  await expectUnharmed(first, served);
});

test('a browser that reloads is back at the present state', async () => {
  const served = await serve();
  for (let reload = 0; reload < 10; reload += 1) {
    const browser = await TestBrowser.open(served.origin);
    served.source.show();
    await browser.screen((screen) => screen.number === served.source.current.number);
    // Not closed but cut, as a process that is killed leaves it.
    browser.socket.terminate();
  }
  const last = await TestBrowser.open(served.origin);
  await expectUnharmed(last, served);
});

test('a browser that hangs gives way to the next one in less than two seconds', async () => {
  const served = await serve();
  const hung = await TestBrowser.open(served.origin);
  // Its kernel still takes what comes; it answers nothing any more.
  hung.socket.pause();
  const took = stopwatch();
  const next = await TestBrowser.open(served.origin);
  await next.screen();
  expect(took()).toBeLessThan(2_000);
  await expectUnharmed(next, served);
});

test('a browser that hangs is noticed even if no other comes', async () => {
  const { origin, journal, source } = await serve();
  const hung = await TestBrowser.open(origin);
  hung.socket.pause();
  await journal.next({ event: 'screen.disconnected' });
  expect(source.listeners.size).toBe(0);
});

test('a browser that only listens is told every second that the daemon lives', async () => {
  const { origin } = await serve();
  const browser = await TestBrowser.open(origin);
  await browser.until(() => (browser.beats >= 2 ? true : undefined), 'two beats');
  expect(browser.screens).toHaveLength(1);
});

describe('a frame is refused and the screen goes on', () => {
  const KEY = { type: 'key', number: 1 };
  test.each<[string, string | Buffer]>([
    ['binary', Buffer.from('{}')],
    ['no JSON', 'hello'],
    ['an empty one', ''],
    ['null', 'null'],
    ['another type', '{"type":"screen"}'],
    ['an unknown key', JSON.stringify({ ...KEY, key: { key: 'power' } })],
    ['a key and more', JSON.stringify({ ...KEY, key: { key: 'sound', level: 11 } })],
    ['a frame and more', JSON.stringify({ ...KEY, key: { key: 'sound' }, at: 1 })],
    ['an unknown language', JSON.stringify({ ...KEY, key: { key: 'language', language: 'tlh' } })],
    ['two characters', JSON.stringify({ ...KEY, key: { key: 'character', character: '12' } })],
    ['no screen', JSON.stringify({ type: 'key', key: { key: 'sound' } })],
    ['half a screen', JSON.stringify({ ...KEY, number: 0.5, key: { key: 'sound' } })],
    ['a prototype', '{"__proto__":{"type":"key"},"number":1,"key":{"key":"sound"}}'],
    ['a choice of words', JSON.stringify({ ...KEY, key: { key: 'choose', choice: 'a b' } })],
    ['deep nesting', `${'['.repeat(2_000)}${']'.repeat(2_000)}`],
  ])('%s', async (_, frame) => {
    const served = await serve();
    const browser = await TestBrowser.open(served.origin);
    browser.socket.send(frame);
    await served.journal.next(refused('bad-frame'));
    expect(served.source.pressed).toEqual([]);
    await expectUnharmed(browser, served);
  });

  test.each(['stale-screen', 'key-not-allowed'] as const)('%s', async (result) => {
    const served = await serve();
    const browser = await TestBrowser.open(served.origin);
    served.source.result = result;
    browser.press({ key: 'enter' });
    await served.journal.next(refused(result));
    await expectUnharmed(browser, served);
  });

  test('a burst of keys, beyond what hands can do', async () => {
    const served = await serve();
    const browser = await TestBrowser.open(served.origin);
    for (let key = 0; key < 60; key += 1) browser.press({ key: 'sound' }, 1);
    await served.journal.next(refused('too-many-keys'));
    const taken = served.source.pressed.length;
    expect(taken).toBeGreaterThanOrEqual(20);
    expect(taken).toBeLessThan(60);
    await browser.until(() => {
      if (served.source.pressed.length > taken) return true;
      // Once a beat.
      browser.press({ key: 'sound' }, 1);
      return undefined;
    }, 'key after the burst');
  });
});

test('whoever sends nothing but what is refused is cut off, and can come back', async () => {
  const served = await serve();
  const browser = await TestBrowser.open(served.origin);
  for (let frame = 0; frame < 5; frame += 1) browser.socket.send('hello');
  expect(await browser.closed()).toBe(SCREEN_CLOSED.badFrame);
  await expectUnharmed(await TestBrowser.open(served.origin), served);
});

test('a frame that is too large ends its socket alone', async () => {
  const served = await serve();
  const browser = await TestBrowser.open(served.origin);
  browser.socket.send('x'.repeat(4_097));
  // RFC 6455 7.4.1: too big to process.
  expect(await browser.closed()).toBe(1009);
  expect(served.journal.count(refused('frame-too-large'))).toBe(1);
  await expectUnharmed(await TestBrowser.open(served.origin), served);
});

test('a browser that does not read costs one frame of memory, and gets the newest one when it does', async () => {
  const source = new FakeSource();
  const { origin } = await serve({ source });
  const browser = await TestBrowser.open(origin);
  await browser.screen();
  browser.socket.pause();
  const title = 'x'.repeat(100_000);
  const changes = 1_000;
  for (let change = 0; change < changes; change += 1) {
    source.show({ place: { title, gate: '', startsAt: null } });
    await new Promise(setImmediate);
  }
  browser.socket.resume();
  await browser.screen((screen) => screen.number === source.current.number, 'the newest screen');
  // What the kernel's buffers took, and no 100 MB.
  expect(browser.screens.length).toBeLessThan(changes / 4);
});

test('a thousand refused connections are told in a few lines, and the browser is unharmed', async () => {
  const served = await serve();
  const browser = await TestBrowser.open(served.origin);
  const { port } = new URL(served.origin);
  const knock = async (): Promise<void> => {
    const socket = connect(Number(port), '127.0.0.1');
    socket.on('error', () => {});
    socket.write(`GET /screen HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nUpgrade: websocket\r\n`);
    socket.write('Connection: Upgrade\r\nOrigin: http://evil.example\r\n\r\n');
    socket.resume();
    await once(socket, 'close');
  };
  for (let round = 0; round < 20; round += 1) {
    await Promise.all(Array.from({ length: 50 }, knock));
  }
  const told = served.journal.count(refused('foreign-origin'));
  expect(told).toBeGreaterThan(0);
  expect(told).toBeLessThan(50);
  await expectUnharmed(browser, served);
});

test('connections that never ask for anything do not keep the browser away for good', async () => {
  const served = await serve();
  const { port } = new URL(served.origin);
  const idle = Array.from({ length: 200 }, () => {
    const socket = connect(Number(port), '127.0.0.1');
    socket.on('error', () => {});
    return socket.resume();
  });
  await Promise.all(idle.slice(0, 64).map((socket) => once(socket, 'connect')));
  await Promise.all(idle.map((socket) => (socket.closed ? null : once(socket, 'close'))));
  await expectUnharmed(await TestBrowser.open(served.origin), served);
});
