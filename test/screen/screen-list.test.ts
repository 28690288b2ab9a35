/** `kazasu screens`: every screen, without a terminal. */

import { expect, test } from 'vitest';
import type { AnyStateNode } from 'xstate';
import { LANGUAGES, SCREENS } from '../../src/domain/screen.ts';
import { listScreens, screenLines } from '../../src/screen/screen-list.ts';
import { allMachines } from '../documents/machines.ts';

const listed = listScreens('ja');

test('every state of every machine that a person can see is listed', async () => {
  const visible = (node: AnyStateNode): string[] => [
    ...(node.meta === undefined ? [] : [node.path.join('.')]),
    ...Object.values(node.states).flatMap(visible),
  ];
  const expected = [...(await allMachines()).values()].flatMap((machine) =>
    visible(machine.root).map((state) => `${machine.id} ${state}`),
  );
  expect(listed.map(({ machine, state }) => `${machine} ${state}`).sort()).toEqual(expected.sort());
  expect(expected.length).toBeGreaterThan(20);
});

test('every screen of the contract is shown by some state', () => {
  const shown = new Set(listed.map(({ screen }) => screen));
  expect(SCREENS.filter((screen) => !shown.has(screen))).toEqual([]);
});

test.each(LANGUAGES)('every screen has a headline in %s, without ruby', (language) => {
  for (const { titles } of listScreens(language)) {
    expect(titles.length).toBeGreaterThan(0);
    for (const title of titles) expect(title).toMatch(/^[^《》]+$/u);
  }
});

test('a state that ends by itself says after how long', () => {
  const welcomed = listed.find(({ state }) => state === 'operating.visit.answered.welcomed');
  expect(welcomed).toMatchObject({ timeout: { delay: 'welcomeStays', ms: 4_000 } });
});

test('people get one line a screen', () => {
  const lines = screenLines(listed).split('\n');
  expect(lines).toHaveLength(listed.length + 1);
  expect(lines.find((line) => line.includes('waiting.guiding'))).toMatch(
    /^terminal operating\.visit\.waiting\.guiding +waiting +waiting +staff +chooserStays 60000 ms +\S/u,
  );
});
