/** What is on the screen when, with machines whose effects the tests play and whose clock they turn. */

import { expect, test } from 'vitest';
import type { Screen } from '../../src/domain/screen.ts';
import { PIN, SHOWN, Stage, settled } from './stage.ts';

const names = (frames: readonly Screen[]) => frames.map(({ screen }) => screen);

test('a start: it says that it will serve in a moment, and then that it waits', async () => {
  const stage = new Stage();
  expect(stage.screen).toMatchObject({ number: 1, screen: 'closed', reason: 'starting' });
  await settled();
  expect(stage.screen).toMatchObject({
    screen: 'waiting',
    language: 'ja',
    keys: ['staff'],
    place: { title: '春の音楽祭', gate: '西ゲート', startsAt: null },
    list: SHOWN.list,
  });
});

test('an entry: hold, welcome with seat and name, no name without the card, and nothing any more', async () => {
  const stage = await Stage.open();
  await stage.hold();
  expect(stage.screen).toMatchObject({ screen: 'hold', tone: 'hold', speech: null, keys: [] });
  await stage.answer({ answer: 'granted' });
  expect(stage.screen).toMatchObject({
    screen: 'welcome',
    name: '佐＊ 花＊',
    seat: 'B 12列 34番',
    list: null,
    tone: 'done',
    speech: '/voice/ja/welcome',
  });
  await stage.take();
  expect(stage.screen).toMatchObject({ screen: 'welcome', name: null, seat: 'B 12列 34番' });
  expect(stage.shown?.name).toBeNull();
  await stage.wait(4_000);
  expect(stage.screen).toMatchObject({ screen: 'waiting' });
  expect(stage.shown).toBeNull();
});

test('a reading that lasts is spoken of', async () => {
  const stage = await Stage.open();
  await stage.hold();
  await stage.wait(1_000);
  expect(stage.screen).toMatchObject({ screen: 'hold', speech: '/voice/ja/hold' });
});

test('who takes the card away before the answer is there hears it all the same, and is shown no name', async () => {
  const stage = await Stage.open();
  await stage.hold();
  await stage.take();
  await stage.answer({ answer: 'granted' });
  expect(stage.screen).toMatchObject({
    screen: 'welcome',
    name: null,
    tone: 'done',
    speech: '/voice/ja/welcome',
  });
  const { number } = stage.screen;
  await stage.wait(1_000);
  stage.hub.refresh();
  await settled();
  expect(stage.screen.number).toBe(number);
  await stage.wait(3_000);
  expect(stage.screen).toMatchObject({ screen: 'waiting', tone: null, speech: null });
});

test('a refusal says why and when the ticket was used, and stays to be read', async () => {
  const stage = await Stage.open();
  const first = { at: '2016-02-20T08:01:00.000Z', gate: '東ゲート' };
  await stage.hold();
  const shown = { ...SHOWN, seat: null, name: null, first };
  await stage.answer({ answer: 'refused', reason: 'already-entered' }, shown);
  const refused = { screen: 'refused', reason: 'already-entered', first, list: SHOWN.list };
  expect(stage.screen).toMatchObject({
    ...refused,
    tone: 'problem',
    speech: '/voice/ja/already-entered',
  });
  await stage.take();
  expect(stage.screen).toMatchObject({ ...refused, tone: null, speech: null });
  await stage.wait(10_000);
  expect(stage.screen.screen).toBe('waiting');
});

test('a card that could not be read is asked for again', async () => {
  const stage = await Stage.open();
  await stage.hold();
  await stage.answer({ answer: 'hold-again', reason: 'card-removed' }, null);
  const again = { screen: 'again', reason: 'card-removed' };
  expect(stage.screen).toMatchObject({ ...again, speech: '/voice/ja/card-removed' });
  await stage.take();
  expect(stage.screen).toMatchObject(again);
  await stage.hold();
  expect(stage.screen.screen).toBe('hold');
});

test('a receipt that does not come is owed, while the card is there and after it is gone', async () => {
  const stage = await Stage.open();
  const owed = { screen: 'receipt-owed', seat: 'B 12列 34番', minutes: 15 };
  await stage.hold();
  await stage.answer({ answer: 'granted' });
  await stage.owe();
  expect(stage.screen).toMatchObject({ ...owed, tone: 'done' });
  await stage.take();
  await stage.hold();
  await stage.answer({ answer: 'claimed' });
  await stage.take();
  await stage.owe();
  expect(stage.screen).toMatchObject({ ...owed, speech: '/voice/ja/receipt-owed' });
  await stage.wait(8_000);
  expect(stage.screen.screen).toBe('waiting');
});

test('a card that is forgotten is called for, without anything of its holder', async () => {
  const stage = await Stage.open();
  await stage.hold();
  await stage.answer({ answer: 'granted' });
  await stage.wait(15_000);
  expect(stage.screen).toMatchObject({
    screen: 'take-card',
    tone: 'take',
    speech: '/voice/ja/take-card',
  });
  expect(JSON.stringify(stage.screen)).not.toMatch(/佐|12列/u);
});

test('out of service says why, and is over by itself', async () => {
  const stage = await Stage.open();
  await stage.obstruct(['reader-lost']);
  expect(stage.screen).toMatchObject({
    screen: 'closed',
    reason: 'reader-lost',
    speech: '/voice/ja/closed',
    keys: ['staff'],
  });
  await stage.obstruct([]);
  expect(stage.screen.screen).toBe('waiting');
});

test('a card that could not be recorded is told that the terminal is closed', async () => {
  const stage = await Stage.open();
  await stage.hold();
  await stage.answer({ answer: 'not-recorded', reason: 'disk-full' }, null);
  expect(stage.screen).toMatchObject({ screen: 'closed', reason: 'disk-full', tone: 'problem' });
});

test('a terminal that ends shows nobody any more', async () => {
  const stage = await Stage.open();
  await stage.hold();
  await stage.answer({ answer: 'granted' });
  stage.actor.send({ type: 'terminal.stop' });
  await settled();
  expect(stage.screen).toMatchObject({ screen: 'closed', reason: 'starting' });
  expect(stage.shown).toBeNull();
});

test('whoever chooses a language is told how in it, served in it, and the next one finds Japanese', async () => {
  const stage = await Stage.open();
  expect(await stage.press({ key: 'language', language: 'en' })).toBe('taken');
  expect(stage.screen).toMatchObject({ language: 'en', speech: '/voice/en/waiting' });
  await stage.hold();
  expect(stage.screen).toMatchObject({ screen: 'hold', language: 'en' });
  expect(await stage.press({ key: 'language', language: 'ja-simple' })).toBe('taken');
  await stage.answer({ answer: 'granted' });
  expect(stage.screen).toMatchObject({ screen: 'welcome', speech: '/voice/ja-simple/welcome' });
  await stage.take();
  await stage.wait(4_000);
  expect(stage.screen).toMatchObject({ screen: 'waiting', language: 'ja', speech: null });
  await stage.press({ key: 'language', language: 'en' });
  await stage.wait(60_000);
  expect(stage.screen.language).toBe('ja');
});

test('the sound key goes through its levels; without sound nothing is spoken', async () => {
  const stage = await Stage.open();
  await stage.press({ key: 'sound' });
  expect(stage.screen).toMatchObject({ sound: 'loud', speech: '/voice/ja/waiting' });
  await stage.press({ key: 'sound' });
  expect(stage.screen).toMatchObject({ sound: 'off', speech: null });
  await stage.hold();
  await stage.answer({ answer: 'granted' });
  expect(stage.screen).toMatchObject({ tone: 'done', speech: null });
  await stage.take();
  await stage.wait(4_000);
  expect(stage.screen).toMatchObject({ screen: 'waiting', sound: 'normal' });
});

test('a key does nothing on a screen that does not offer it, or that is gone', async () => {
  const stage = await Stage.open();
  const { number } = stage.screen;
  expect(await stage.press({ key: 'enter' })).toBe('key-not-allowed');
  await stage.hold();
  expect(stage.hub.press(number, { key: 'staff' })).toBe('stale-screen');
  expect(await stage.press({ key: 'staff' })).toBe('key-not-allowed');
  expect(stage.hub.press(stage.screen.number + 1, { key: 'sound' })).toBe('stale-screen');
});

test('a screen that comes and goes within one turn is not shown, and harms no key', async () => {
  const stage = await Stage.open();
  const { number } = stage.screen;
  await stage.obstruct(['reader-lost'], []);
  expect(stage.screen).toMatchObject({ screen: 'waiting', number });
  expect(await stage.press({ key: 'staff' })).toBe('taken');
});

test('keys that are pressed faster than the screen changes are all taken, in their order', async () => {
  const stage = await Stage.open();
  await stage.press({ key: 'staff' });
  const { number } = stage.screen;
  await stage.press({ key: 'language', language: 'en' });
  expect(stage.screen.number).toBeGreaterThan(number);
  for (const character of '4711') {
    expect(stage.hub.press(number, { key: 'character', character })).toBe('taken');
  }
  expect(stage.vault.join('')).toBe('4711');
});

test('what is typed on a secret screen reaches the vault alone', async () => {
  const stage = await Stage.open();
  await stage.press({ key: 'staff' });
  expect(stage.screen).toMatchObject({ screen: 'staff-pin', keys: PIN.keys });
  await stage.press({ key: 'character', character: '7' });
  await stage.press({ key: 'erase' });
  expect(stage.staffEvents).toEqual([{ type: 'key.character' }, { type: 'key.erase' }]);
  await stage.press({ key: 'enter' });
  expect(stage.screen.screen).toBe('staff-ticket');
  await stage.press({ key: 'character', character: 'A' });
  expect(stage.staffEvents.at(-1)).toEqual({ type: 'key.character', character: 'A' });
  expect(stage.vault).toEqual(['7']);
  await stage.press({ key: 'back' });
  expect(stage.screen.screen).toBe('waiting');
});

test('where nobody is staff, there is no key for them', async () => {
  const stage = await Stage.open({ hasStaff: false });
  expect(stage.screen.keys).toEqual([]);
  expect(await stage.press({ key: 'staff' })).toBe('key-not-allowed');
});

test('a frame is sent only when something changed, and each has a number of its own', async () => {
  const stage = await Stage.open();
  const before = stage.frames.length;
  for (let look = 0; look < 5; look += 1) stage.hub.refresh();
  await settled();
  expect(stage.frames).toHaveLength(before);
  stage.offline = true;
  stage.hub.refresh();
  await settled();
  expect(stage.screen).toMatchObject({ screen: 'waiting', offline: true });
  await stage.hold();
  await stage.answer({ answer: 'granted' });
  await stage.take();
  expect(names(stage.frames.slice(before))).toEqual(['waiting', 'hold', 'welcome', 'welcome']);
  const numbers = stage.frames.map(({ number }) => number);
  expect(numbers).toEqual(numbers.map((_, index) => index + 2));
});
