/** A remote control at the screen: what each button presses, and what of it a browser ever gets to see. */

import { expect, test } from 'vitest';
import { REMOTE_BUTTONS, type RemoteButton } from '../../src/domain/remote.ts';
import type { Screen } from '../../src/domain/screen.ts';
import { openUiServer } from '../../src/screen/ui-server.ts';
import { builtPages, serve } from './fake-source.ts';
import { Stage } from './stage.ts';
import { TestBrowser } from './test-browser.ts';

const DIGITS = REMOTE_BUTTONS.filter((button) => button.startsWith('digit-'));

async function atPin(): Promise<Stage> {
  const stage = await Stage.open();
  await stage.press({ key: 'staff' });
  expect(stage.screen.screen).toBe('staff-pin');
  return stage;
}

async function thumbs(stage: Stage, ...buttons: RemoteButton[]): Promise<void> {
  for (const button of buttons) await stage.thumb(button);
}

test('digits of a secret go to its keeper, OK ends it; blue takes the last one back', async () => {
  const stage = await atPin();
  await thumbs(stage, 'digit-4', 'digit-0', 'digit-9', 'digit-1', 'blue');
  expect(stage.vault).toEqual(['4', '0', '9', '1']);
  expect(stage.staffEvents.map(({ type }) => type)).toEqual([
    ...Array(4).fill('key.character'),
    'key.erase',
  ]);
  expect(JSON.stringify(stage.staffEvents)).not.toMatch(/[0-9]/u);
  await thumbs(stage, 'digit-1', 'ok');
  expect(stage.screen.screen).toBe('staff-ticket');
});

test('digits of what is no secret are typed where something is typed, and nowhere else', async () => {
  const stage = await Stage.open();
  await thumbs(stage, ...DIGITS);
  expect(stage.screen.screen).toBe('waiting');
  await stage.press({ key: 'staff' });
  await thumbs(stage, 'digit-1', 'ok', 'digit-7');
  expect(stage.staffEvents.at(-1)).toEqual({ type: 'key.character', character: '7' });
  expect(stage.vault).toEqual(['1']);
});

test('from one whose keys could reach something else no digit of a secret is taken, and that is said', async () => {
  const stage = await atPin();
  await stage.thumb('digit-4', false);
  expect([stage.vault, stage.staffEvents, stage.refusedDigits]).toEqual([[], [], [true]]);
  await stage.thumb('digit-5', true);
  expect(stage.vault).toEqual(['5']);
  await stage.thumb('ok', false);
  await stage.thumb('digit-7', false);
  expect(stage.staffEvents.at(-1)).toEqual({ type: 'key.character', character: '7' });
});

test('the page gets arrows, OK and back, but OK after a digit ends the number', async () => {
  const stage = await atPin();
  const page: string[] = [];
  const unwatch = stage.hub.watchButtons((button) => page.push(button));
  await thumbs(stage, 'up', 'down', 'left', 'right', 'back', 'ok');
  expect(page.splice(0)).toEqual(['up', 'down', 'left', 'right', 'back', 'ok']);
  // An arrow went somewhere else: OK means that.
  await thumbs(stage, 'digit-1', 'left', 'ok');
  expect(page.splice(0)).toEqual(['left', 'ok']);
  expect(stage.screen.screen).toBe('staff-pin');
  await thumbs(stage, 'digit-1', 'ok');
  expect([page, stage.screen.screen]).toEqual([[], 'staff-ticket']);
  // A digit of the screen before ends no number of this one.
  await thumbs(stage, 'ok');
  expect(page.splice(0)).toEqual(['ok']);
  unwatch();
  await thumbs(stage, 'up');
  expect(page).toEqual([]);
});

test('yellow is the next language, and goes round', async () => {
  const stage = await Stage.open();
  const languages: string[] = [];
  for (const _ of [1, 2, 3]) {
    await stage.thumb('yellow');
    languages.push(stage.screen.language);
  }
  expect(languages).toEqual(['ja-simple', 'en', 'ja']);
});

test('volume goes up to loud and down to silence, a step at a time, and stops there', async () => {
  const stage = await Stage.open();
  const after = async (...buttons: RemoteButton[]): Promise<string[]> => {
    const levels: string[] = [];
    for (const button of buttons) {
      await stage.thumb(button);
      levels.push(stage.screen.sound);
    }
    return levels;
  };
  expect(await after('volume-up', 'volume-up')).toEqual(['loud', 'loud']);
  expect(await after('volume-down', 'volume-down', 'volume-down')).toEqual([
    'normal',
    'off',
    'off',
  ]);
  expect(await after('volume-up')).toEqual(['normal']);
  // A step that goes round through another level shows that level to nobody.
  const frames = stage.frames.map(({ sound }) => sound);
  expect(frames).toEqual(['normal', 'loud', 'normal', 'off', 'normal']);
});

test('a colour without a meaning on a screen does nothing', async () => {
  const stage = await Stage.open();
  const { number, colours } = stage.screen;
  expect(colours).toEqual({});
  await thumbs(stage, 'red', 'green', 'blue');
  expect(stage.screen.number).toBe(number);
});

test('not one byte on the page’s socket tells which digits of a secret were typed', async () => {
  const typed = async (digits: readonly RemoteButton[]): Promise<string[]> => {
    const stage = await atPin();
    const server = await openUiServer({
      source: stage.hub,
      port: 0,
      files: await builtPages(),
      embed: null,
      speech: async () => null,
      note: () => {},
    });
    const browser = await TestBrowser.open(server.origin);
    await browser.screen(({ screen }) => screen === 'staff-pin');
    for (const digit of digits) await stage.thumb(digit);
    await stage.thumb('ok');
    await browser.screen(({ screen }) => screen === 'staff-ticket');
    await browser.close();
    await server.close();
    return browser.frames.filter((text) => text !== '{"type":"beat"}');
  };
  const [one, other] = [
    await typed(['digit-4', 'digit-0', 'digit-9', 'digit-1']),
    await typed(['digit-7', 'digit-7', 'digit-2', 'digit-8']),
  ];
  expect(one.length).toBeGreaterThan(0);
  expect(one).toEqual(other);
  expect(one.every((text) => text.startsWith('{"type":"screen"'))).toBe(true);
});

test('a browser gets each button behind the screen on which it was pressed', async () => {
  const { source, origin } = await serve();
  const browser = await TestBrowser.open(origin);
  await browser.screen();
  source.show({ language: 'en' });
  source.pressButton('ok');
  source.show({ language: 'ja' });
  const told = await browser.until(() => {
    const news = browser.frames.slice(1).filter((text) => !text.includes('"beat"'));
    return news.length >= 2 && news.some((text) => text.includes('"button"')) ? news : undefined;
  }, 'a button');
  const kinds = told.map((text) => JSON.parse(text) as { type: string; screen?: Screen });
  expect(kinds[0]).toMatchObject({ type: 'screen' });
  expect(kinds[0]?.screen?.number).toBeGreaterThan(1);
  expect(kinds.find(({ type }) => type === 'button')).toEqual({ type: 'button', button: 'ok' });
  await browser.close();
  expect(source.buttonListeners.size).toBe(0);
});
