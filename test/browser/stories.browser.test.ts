/** Each story of the gate, by touch alone and by arrows and Enter alone, in a real browser on a whole terminal. */

import { test as alone, describe, expect, vi } from 'vitest';
import { en } from '../../src/text/en.ts';
import { ja } from '../../src/text/ja.ts';
import { jaSimple } from '../../src/text/ja-simple.ts';
import { type AtTheScreen, inTheBrowser, PIN, says } from './gate-in-browser.ts';
import { arrows, finger, type Hand } from './hands.ts';

const { staff } = ja;

vi.setConfig({ maxConcurrency: 3, testTimeout: 240_000 });

/** Each has a gate and a page of its own, and waits most of its time until an answer has been shown long enough. */
const test = alone.concurrent;

describe.each([
  ['by touch alone', finger, { touch: true }],
  ['by arrows and Enter alone', arrows, { touch: false }],
] as const)('%s', (_, handOf, options) => {
  const atTheScreen = (story: (at: AtTheScreen & { readonly hand: Hand }) => Promise<void>) =>
    inTheBrowser(options, (at) => story({ ...at, hand: handOf(at.page) }));

  test('a visitor chooses English, is let in, and the next one finds Japanese', () =>
    atTheScreen(async ({ hand, page, world, ticket }) => {
      await says(page, ja.waiting.title);
      await hand.press(en.languages.en);
      await says(page, en.waiting.title);
      await world.hold(ticket.card.card);
      await says(page, en.welcome.title);
      expect(await page.locator('main').textContent()).toContain('佐＊ 花＊');
      expect(await page.locator('main').textContent()).toContain('34');
      await world.remove();
      await page.getByText('佐＊ 花＊').waitFor({ state: 'detached' });
      await says(page, ja.waiting.title);
      expect(await page.locator('html').getAttribute('lang')).toBe('ja');
    }));

  test('a visitor without a ticket reads in やさしい日本語 that the card is fine and where to go', () =>
    atTheScreen(async ({ hand, page, world }) => {
      const stranger = await world.cards.card();
      await hand.press(jaSimple.languages['ja-simple']);
      await says(page, jaSimple.waiting.title);
      await world.hold(stranger.card);
      await says(page, jaSimple.reasons['not-on-list'].title);
      expect(await page.getByText('not-on-list').isVisible()).toBe(true);
      await world.remove();
    }));

  test('the sound goes louder, off, and back', () =>
    atTheScreen(async ({ hand, page, world }) => {
      for (const level of ['loud', 'off', 'normal'] as const) {
        const shown = page.getByRole('button').filter({ hasText: ja.bar.sound[level] });
        const before = world.source.current.sound;
        await hand.press(ja.bar.sound[before]);
        await world.screen({ sound: level });
        await shown.first().waitFor();
      }
    }));

  test('staff lets somebody in by ticket number and takes it back', () =>
    atTheScreen(async ({ hand, page, world }) => {
      await openStaff(hand, page);
      await hand.press(staff.menu.entry);
      await says(page, staff.ticket.entry.title);
      for (const digit of '00429') await hand.press(digit);
      await hand.press(staff.keys.enter);
      await says(page, staff.confirm.entry.title);
      await hand.press(staff.confirm.entry.go);
      await says(page, staff.done.entered.title);
      const entered = await world.journal.next({ event: 'entry.granted', ticket: '00429' });
      expect(entered).toMatchObject({ assurance: 'attendant' });

      await hand.press(staff.keys.back);
      await hand.press(staff.menu.undo);
      for (const digit of '00429') await hand.press(digit);
      await hand.press(staff.keys.enter);
      await hand.press(staff.confirm.undo.go);
      await says(page, staff.why.title);
      await hand.press(staff.why['wrong-ticket']);
      await says(page, staff.done.undone.title);
      await world.journal.next({ event: 'entry.undone', ticket: '00429' });

      await hand.press(staff.keys.back);
      await hand.press(staff.menu.health({ count: 0 }));
      await says(page, staff.health.title);
      await hand.press(staff.keys.back);
      await hand.press(staff.keys.close);
      await says(page, ja.waiting.title);
    }));

  test('a ticket number with letters is typed, mended and given up', () =>
    atTheScreen(async ({ hand, page }) => {
      await openStaff(hand, page);
      await hand.press(staff.menu.entry);
      await hand.press('7');
      await hand.press(staff.keys.letters);
      await hand.press('K');
      await hand.press('Z');
      await page.getByText('7KZ', { exact: true }).waitFor();
      await hand.press(staff.keys.erase);
      await page.getByText('7K', { exact: true }).waitFor();
      await hand.press(staff.keys.back);
      await says(page, staff.menu.title);
      await hand.press(staff.keys.close);
      await says(page, ja.waiting.title);
    }));

  test('out of service, a gate says so, offers its staff key, and comes back by itself', () =>
    atTheScreen(async ({ hand, page, world }) => {
      await world.reader('unplug');
      await says(page, ja.closed.title);
      await openStaff(hand, page);
      await hand.press(staff.keys.close);
      await says(page, ja.closed.title);
      await world.reader('plug');
      await says(page, ja.waiting.title);
    }));

  test('a receipt that did not come out is owed; staff says that it was handed over', () =>
    atTheScreen(async ({ hand, page, world, ticket }) => {
      await world.printer('paper-out');
      await world.journal.next({ event: 'device.condition', condition: 'paper-out' });
      await world.hold(ticket.card.card);
      await says(page, ja.receiptOwed.title);
      await world.journal.next({ event: 'print.owed' });
      await world.remove();
      await says(page, ja.waiting.title);

      await openStaff(hand, page);
      await hand.press(staff.menu.papers({ count: 1 }));
      await says(page, staff.papers.title);
      await hand.press(ticket.ticket);
      await says(page, staff.paper.title);
      await hand.press(staff.paper.printed);
      await world.journal.next({ event: 'print.settled', printed: true });
    }));
});

async function openStaff(hand: Hand, page: AtTheScreen['page']): Promise<void> {
  await hand.press(ja.bar.staff);
  await says(page, staff.pin.title);
  for (const digit of PIN) await hand.press(digit);
  await hand.press(staff.keys.enter);
  await says(page, staff.menu.title);
}
