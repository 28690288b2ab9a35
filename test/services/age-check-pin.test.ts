/** The age check with the card's PIN: what is typed, what it costs, and where it is not. */

import { expect, test } from 'vitest';
import type { CardDefinition } from '../../devices/card/sim-card.ts';
import type { World } from '../terminal.ts';
import { atTheCounter, CONFIGURED, checked, cloneOf } from './counter.ts';

const WITH_PIN = { configured: `${CONFIGURED}pin = "always"\n` };
const PIN = '2468';
const ASKS = { screen: 'pin', digits: 0 } as const;

/** A counter that asks for the PIN, and a card with this one. */
const atThePad = (story: (world: World, card: CardDefinition) => Promise<void>) =>
  atTheCounter((world, old) => story(world, { ...old.card, pin: PIN }), WITH_PIN);

async function type({ press, screen }: World, digits: string): Promise<void> {
  let typed = 0;
  for (const character of digits) {
    expect(press({ key: 'character', character })).toBe('taken');
    typed += 1;
    await screen({ screen: 'pin', digits: typed });
  }
  expect(press({ key: 'enter' })).toBe('taken');
}

test('the right one: the platform gets a signature for this very question', () =>
  atThePad(async (world, card) => {
    await world.screen({
      screen: 'waiting',
      purpose: { service: 'age-check', age: 20, pin: true },
    });
    await world.hold(card);
    await world.screen({ ...ASKS, result: 'ask', tries: 3, speech: null });
    await type(world, PIN);
    await world.screen({ screen: 'result', ring: 'done' });
    const fact = await world.journal.next({ event: 'age.checked' });
    expect(fact).toMatchObject(checked('over', 'possession+pin'));
    await expectNoPin(world, PIN);
  }));

test('a wrong one costs one try, says how many are left, and at the last one asks before it goes on', () =>
  atThePad(async (world, card) => {
    await world.hold(card);
    await world.screen(ASKS);
    await type(world, '1111');
    await world.screen({ ...ASKS, result: 'wrong', tries: 2 });
    await type(world, '2222');
    await world.screen({ screen: 'pin-last-try' });
    expect(world.press({ key: 'character', character: '1' })).toBe('key-not-allowed');
    expect(world.press({ key: 'enter' })).toBe('taken');
    await world.screen({ ...ASKS, tries: 1 });
    await type(world, '3333');
    await world.screen({ screen: 'refused', reason: 'pin-blocked' });
    const wrong = world.journal.all.filter(({ event }) => event === 'pin.wrong');
    expect(wrong.map(({ tries }) => tries)).toEqual([2, 1, 0]);
    await world.remove();
    // The counter is the card's: it comes back blocked, and no PIN is asked for.
    const blocked = { event: 'service.refused', reason: 'pin-blocked' };
    expect(await world.tap({ ...card, pinTriesLeft: 0 })).toMatchObject(blocked);
    expect(world.platform.stores.register.answered('age-check')).toBe(0);
  }));

test('whoever stops at the last try harms nothing, and is asked to take the card', () =>
  atThePad(async (world, card) => {
    await world.hold({ ...card, pinTriesLeft: 1 });
    await world.screen({ screen: 'pin-last-try' });
    expect(world.press({ key: 'back' })).toBe('taken');
    await world.screen({ screen: 'take-card' });
    await world.journal.next({ event: 'service.cancelled', service: 'age-check' });
    await world.remove();
    await world.screen({ screen: 'waiting' });
    expect(world.journal.all.some(({ event }) => event === 'pin.wrong')).toBe(false);
  }));

test('three digits are sent to no card; one is taken back, and the fourth makes it whole', () =>
  atThePad(async (world, card) => {
    await world.hold(card);
    await world.screen(ASKS);
    for (const character of ['2', '4', '7']) world.press({ key: 'character', character });
    await world.screen({ screen: 'pin', digits: 3 });
    world.press({ key: 'enter' });
    world.press({ key: 'erase' });
    await world.screen({ screen: 'pin', digits: 2 });
    world.press({ key: 'character', character: '6' });
    world.press({ key: 'character', character: '8' });
    await world.screen({ screen: 'pin', digits: 4 });
    world.press({ key: 'character', character: '9' });
    world.press({ key: 'enter' });
    await world.screen({ screen: 'result', ring: 'done' });
    expect(world.journal.all.some(({ event }) => event === 'event.dropped')).toBe(false);
  }));

test('the card goes while its PIN is typed: what was typed is gone with it, and the next person begins anew', () =>
  atThePad(async (world, card) => {
    await world.hold(card);
    await world.screen(ASKS);
    world.press({ key: 'character', character: '2' });
    await world.screen({ screen: 'pin', digits: 1 });
    await world.remove();
    await world.screen({ screen: 'again', reason: 'card-removed' });
    await world.hold(card);
    await world.screen(ASKS);
    await type(world, PIN);
    await world.screen({ screen: 'result', ring: 'done' });
    expect(world.journal.all.some(({ event }) => event === 'pin.wrong')).toBe(false);
  }));

test('a card that takes the PIN and signs with another key than that of its certificate proves nothing', () =>
  atThePad(async (world, card) => {
    await world.hold(await cloneOf(card));
    await world.screen(ASKS);
    await type(world, PIN);
    await world.screen({ screen: 'refused', reason: 'possession-not-proved' });
    expect(world.platform.stores.register.answered('age-check')).toBe(0);
  }));

test('somebody between who says yes to every PIN is not believed, and nobody is asked', () =>
  atThePad(async (world, card) => {
    const yes = { ...card, faults: { statusWords: { '20': '9000' } } };
    expect(await world.tap(yes)).toMatchObject({ event: 'card.unreadable' });
    expect(world.platform.stores.register.answered('age-check')).toBe(0);
  }));

/** Not in a journal line, and on no screen: a PIN is four digits, so it is looked for where no number may be. */
async function expectNoPin({ journal, screens }: World, pin: string): Promise<void> {
  const lines = journal.all.map(({ at: _, ms: __, ...line }) => JSON.stringify(line));
  expect(lines.filter((line) => line.includes(pin))).toEqual([]);
  const shown = screens.map(({ number: _, ...screen }) => JSON.stringify(screen));
  expect(shown.filter((screen) => screen.includes(pin))).toEqual([]);
}
