/** Somebody at the kiosk who does what its screen says, and nothing that it does not. */

import { expect, test } from 'vitest';
import { CARD_PIN } from '../../platform-sim/people.ts';
import { domicileOf } from '../../platform-sim/street/first-certificate.ts';
import { KioskVisitor, type Wish } from '../../platform-sim/street/kiosk-visitor.ts';
import type { Place } from '../../platform-sim/street/place.ts';
import type { ScreenBrowser } from '../../platform-sim/street/screen-browser.ts';
import type { Screen } from '../../src/domain/screen.ts';

/** A kiosk that shows these one after the other, whatever is done; and what was done. */
function aKiosk(wish: Wish, ...shown: readonly object[]) {
  const done: unknown[] = [];
  let at = 0;
  const browser = {
    get screen() {
      return { ...shown[at], number: at } as unknown as Screen;
    },
    async until() {
      at += 1;
      if (at === shown.length) throw new Error('the screen did not come');
      return browser.screen;
    },
    press: (key: object) => void done.push(Object.values(key).join(' ')),
  } as unknown as ScreenBrowser;
  const place = {
    hold: async () => void done.push('card down'),
    hands: { remove: async () => void done.push('card up') },
    payment: {
      shown: async () => ({ tray: 0, waits: true }),
      insert: async (piece: number) => void done.push(`${piece} yen`),
      touch: async (who: string) => void done.push(`e-money of ${who}`),
    },
  } as unknown as Place;
  const resident = { person: { id: 'sato-hanako' } } as never;
  return { visitor: new KioskVisitor(place, browser, resident, wish), done };
}

const MENU = {
  screen: 'menu',
  items: [
    { id: 'resident-certificate', openness: { open: true } },
    { id: 'family-certificate', openness: { open: false } },
  ],
};
const RECORD: Wish = { errand: 'resident-certificate', document: 'resident-record' };

test('orders, types, pays what is asked in coins, and takes card and paper', async () => {
  const choose = (of: string, ...labels: readonly object[]) => ({
    screen: 'choose',
    of,
    choices: labels.map((label, id) => ({ id: String(id), label })),
  });
  const { visitor, done } = aKiosk(
    { ...RECORD, copies: 3 },
    MENU,
    { screen: 'place-card' },
    choose('document', { is: 'document', document: 'taxation' }),
    choose('document', { is: 'document', document: 'resident-record' }),
    choose('option', { is: 'option', option: 'self' }),
    choose('copies', { is: 'copies', copies: 1 }, { is: 'copies', copies: 3 }),
    ...[0, 1, 2, 3, 4].map((digits) => ({ screen: 'pin', result: 'ask', digits })),
    { screen: 'pin', result: 'checking', digits: 4 },
    { screen: 'confirm-order' },
    { screen: 'paying', chosen: null, fee: 450, inserted: 0 },
    { screen: 'paying', chosen: 'cash', fee: 450, inserted: 0 },
    { screen: 'paying', chosen: 'cash', fee: 450, inserted: 450 },
    { screen: 'take-card' },
    { screen: 'printing' },
    { screen: 'take-paper' },
    MENU,
  );
  await visitor.go();
  expect(done).toEqual([
    ...['choose resident-certificate', 'card down', 'more', 'choose 0', 'choose 0', 'choose 1'],
    ...[...CARD_PIN].map((digit) => `character ${digit}`),
    ...['enter', 'enter', 'choose cash'],
    ...['100 yen', '100 yen', '100 yen', '100 yen', '50 yen', 'card up', 'enter'],
  ]);
});

test('what is closed is waited for, and nobody presses it', async () => {
  const { visitor, done } = aKiosk({ errand: 'family-certificate' }, MENU, MENU);
  await expect(visitor.go()).rejects.toThrow('did not come');
  expect(done).toEqual([]);
});

test('writes where the family register is, one character after the other, and stops where it is told to', async () => {
  const domicile = domicileOf('nagihara-midori');
  const written = ['', ...domicile.number].map((_, typed, all) => ({
    screen: 'text-entry',
    field: 'domicile-number',
    typed: all.slice(1, typed + 1).join(''),
  }));
  const { visitor, done } = aKiosk({ errand: 'registration', domicile }, ...written, {
    screen: 'review',
  });
  const last = await visitor.go(({ screen }) => screen === 'review');
  expect(last.screen).toBe('review');
  expect(visitor.saw('text-entry')?.typed).toBe(domicile.number);
  expect(done).toEqual([...[...domicile.number].map((each) => `character ${each}`), 'enter']);
  expect(() => domicileOf('nobody')).toThrow('no family register');
});
