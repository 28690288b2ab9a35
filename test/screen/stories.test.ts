/** What people see at a gate: a whole terminal with its reader, its printer and its platform. */

import { test as alone, expect, vi } from 'vitest';
import type { Screen } from '../../src/domain/screen.ts';
import { openUiServer } from '../../src/screen/ui-server.ts';
import { atTheGate, hanako, type Ticket, type World, withTerminal } from '../terminal.ts';
import { builtPages } from './fake-source.ts';
import { TestBrowser } from './test-browser.ts';

vi.setConfig({ maxConcurrency: 6, testTimeout: 120_000 });

/** An answer has left the screen by then, also on a busy machine; a refusal stays for ten seconds. */
const LEFT_MS_MAX = 60_000;

/** Each has a gate of its own, and waits most of its time until an answer has been shown long enough. */
const test = alone.concurrent;

const WITH_SCREEN = `[screen]
port = 0
reader = "right"
[screen.information]
ja = "右手の「総合案内」"
en = "Information, on your right"
`;

/** A gate with a screen, and with a name that a mask leaves something of. */
function atTheScreen(story: (world: World, ticket: Ticket) => Promise<void>): Promise<void> {
  const tickets = async (cards: Parameters<typeof hanako>[0]) => {
    const { hanako: ticket } = await hanako(cards);
    return { hanako: { ...ticket, holder: '佐藤 花子' } };
  };
  return withTerminal({ tickets, configured: WITH_SCREEN }, async (world) => {
    await world.screen({ screen: 'waiting' });
    await story(world, world.ticket('hanako'));
  });
}

const isOf = (screens: readonly Screen[], from: number, pattern: RegExp) =>
  screens.slice(from).filter((screen) => pattern.test(JSON.stringify(screen)));

test('waiting, hold, welcome with the seat; the name is gone with the card, and so is all of it a little later', () =>
  atTheScreen(async ({ hold, remove, screen, screens }, { card, seat }) => {
    const waiting = await screen({ screen: 'waiting', offline: false });
    expect(waiting).toMatchObject({
      language: 'ja',
      keys: [],
      place: { title: '春の音楽祭', gate: '西ゲート' },
      ways: { information: '右手の「総合案内」', otherGate: null },
      look: { profile: 'small', reader: 'right' },
      list: { age: 'fresh' },
    });
    await hold(card.card);
    expect(await screen({ screen: 'welcome' })).toMatchObject({
      seat,
      name: '佐＊ 花＊',
      tone: 'done',
      speech: '/voice/ja/welcome',
    });
    await remove();
    await screen({ screen: 'welcome', name: null });
    const gone = screens.length;
    await screen({ screen: 'waiting' }, LEFT_MS_MAX);
    const shown = screens.map(({ screen: name }) => name);
    expect(shown.slice(shown.lastIndexOf('hold'))).toEqual([
      'hold',
      'welcome',
      'welcome',
      'waiting',
    ]);
    expect(isOf(screens, gone - 1, /佐/u)).toEqual([]);
    expect(isOf(screens, 0, /佐藤|花子/u)).toEqual([]);
    expect(isOf(screens, screens.length - 1, /34番/u)).toEqual([]);
  }));

test('refused, with the reason and when the ticket was used', () =>
  atTheScreen(async ({ tap, hold, remove, screen, cards }, { card }) => {
    await tap(card.card);
    await hold(card.card);
    const used = await screen({ screen: 'refused', reason: 'already-entered' });
    expect(used).toMatchObject({
      first: { gate: '西ゲート' },
      speech: '/voice/ja/already-entered',
    });
    await remove();
    const stranger = await cards.card();
    await hold(stranger.card);
    const unknown = await screen({ screen: 'refused', reason: 'not-on-list' });
    expect(unknown).toMatchObject({ first: null, list: { age: 'fresh' }, tone: 'problem' });
    await remove();
    await screen({ screen: 'waiting' }, LEFT_MS_MAX);
  }));

test('whose card was revoked reads what to do about it there, and nobody reads or hears why', () =>
  atTheScreen(async (world, { card }) => {
    const { hold, remove, screen, screens, journal, activateTrust } = world;
    await activateTrust([card], 'certificateHold');
    await hold(card.card);
    const refused = await screen({ screen: 'refused', reason: 'certificate-revoked' });
    expect(refused).toMatchObject({ advice: 'on-hold', speech: '/voice/ja/certificate-revoked' });
    await remove();
    await screen({ screen: 'waiting' }, LEFT_MS_MAX);
    expect(JSON.stringify(screens.at(-1))).not.toContain('on-hold');
    expect(JSON.stringify(journal.all)).not.toMatch(/hold"|certificateHold|advice/u);
  }));

test('a card that is pulled too early is asked for again', () =>
  atTheScreen(async ({ hold, remove, screen }, { card }) => {
    const again = screen({ screen: 'again', reason: 'card-removed', tone: 'problem' });
    await hold({ ...card.card, faults: { removedAfter: 5 } });
    await again;
    await hold(card.card);
    await screen({ screen: 'welcome' });
    await remove();
  }));

test('a receipt that did not come out is owed, and the same card gets it', () =>
  atTheScreen(async ({ hold, remove, screen, printer }, { card, seat }) => {
    await printer('paper-out');
    await hold(card.card);
    await screen({ screen: 'receipt-owed', seat, minutes: 15 });
    await remove();
    await screen({ screen: 'receipt-owed', tone: null });
    await printer('none');
    await hold(card.card);
    await screen({ screen: 'welcome', seat });
    await remove();
  }));

test('a reader that is gone closes the gate, and opens it when it is back', () =>
  atTheScreen(async ({ reader, screen }) => {
    await reader('unplug');
    await screen({ screen: 'closed', reason: 'reader-lost', speech: '/voice/ja/closed' });
    await reader('plug');
    await screen({ screen: 'waiting' });
  }));

test('without a platform it says so, and entry goes on', () =>
  atTheScreen(async ({ stopPlatform, screen, hold, remove }, { card }) => {
    await stopPlatform();
    await screen({ screen: 'waiting', offline: true });
    await hold(card.card);
    await screen({ screen: 'welcome' });
    await remove();
  }));

test('the language that somebody chose is theirs alone', () =>
  atTheScreen(async ({ press, hold, remove, screen }, { card }) => {
    expect(press({ key: 'language', language: 'en' })).toBe('taken');
    await screen({
      screen: 'waiting',
      language: 'en',
      ways: { information: 'Information, on your right', otherGate: null },
    });
    await hold(card.card);
    await screen({ screen: 'welcome', language: 'en', speech: '/voice/en/welcome' });
    await remove();
    await screen({ screen: 'waiting', language: 'ja' }, LEFT_MS_MAX);
  }));

test('a restart in the middle of a welcome shows nothing of it any more', () =>
  atTheScreen(async ({ hold, remove, screen, screens, stop, start }, { card }) => {
    await hold(card.card);
    await screen({ screen: 'welcome', name: '佐＊ 花＊' });
    await stop();
    const before = screens.length;
    await start();
    await screen({ screen: 'waiting' });
    expect(isOf(screens, before - 1, /佐|34番/u)).toEqual([]);
    await remove();
  }));

test('without a screen in the configuration, nothing is spoken and no port is opened', () =>
  atTheGate(async ({ hold, remove, screen, journal }, { card }) => {
    await hold(card.card);
    await screen({ screen: 'welcome', speech: null });
    await remove();
    expect(journal.count({ event: 'device.ready', device: 'screen' })).toBe(0);
    expect(journal.count({ event: 'device.lost', device: 'screen' })).toBe(0);
  }));

alone(
  'a browser is at the present state at once, however often it comes, and never shows what is gone',
  () =>
    atTheScreen(async ({ source, hold, remove, screen }, { card }) => {
      const server = await openUiServer({
        source,
        port: 0,
        files: await builtPages(),
        embed: null,
        speech: async () => null,
        note: () => {},
      });
      try {
        const first = await TestBrowser.open(server.origin);
        await first.screen((shown) => shown.screen === 'waiting');
        await hold(card.card);
        await first.screen((shown) => shown.screen === 'welcome');
        first.socket.terminate();
        await remove();
        await screen({ screen: 'welcome', name: null });
        const second = await TestBrowser.open(server.origin);
        await second.screen((shown) => shown.screen === 'welcome');
        await second.screen((shown) => shown.screen === 'waiting');
        expect(second.frames.join()).not.toContain('佐');
        second.press({ key: 'language', language: 'en' });
        await second.screen((shown) => shown.language === 'en');
      } finally {
        await server.close();
      }
    }),
);
