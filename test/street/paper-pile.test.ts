/** The pile of papers: of all places, in the order in which they were seen, and only the newest. */

import { expect, test } from 'vitest';
import { PaperPile } from '../../platform-sim/street/paper-pile.ts';
import type { Paper } from '../../platform-sim/street/receipt-stack.ts';

const SVG = '<svg viewBox="0 0 576 900"/>';

/** A place whose printer goes on counting over the runs. */
function aPlace(id: string) {
  const papers: Paper[] = [];
  const place = {
    id,
    newPapers: async (since: number) => papers.filter(({ number }) => number > since),
  };
  const print = (number: number) =>
    void papers.push({ number, complete: true, text: `${id} ${number}`, svg: SVG });
  return { ...place, print };
}

test('papers of several places get numbers of one row, each once, whatever its printer counts', async () => {
  const pile = new PaperPile();
  const [gate, kiosk] = [aPlace('gate-1'), aPlace('kiosk-1')];
  gate.print(7);
  kiosk.print(1);
  pile.add(await pile.look([gate, kiosk]));
  expect(await pile.look([gate, kiosk])).toEqual([]);
  gate.print(8);
  pile.add(await pile.look([gate, kiosk]));
  const { total, newest } = pile.shown('run');
  expect(total).toBe(3);
  expect(newest.map(({ number, place, text }) => [number, place, text])).toEqual([
    [3, 'gate-1', 'gate-1 8'],
    [2, 'kiosk-1', 'kiosk-1 1'],
    [1, 'gate-1', 'gate-1 7'],
  ]);
  expect(newest[0]).toMatchObject({ svg: '/papers/run/3.svg', width: 576, height: 900 });
});

test('only the newest are kept, and of a run that is over none', async () => {
  const pile = new PaperPile();
  const gate = aPlace('gate-1');
  for (let number = 1; number <= 30; number += 1) gate.print(number);
  pile.add(await pile.look([gate]));
  expect(pile.shown('run')).toMatchObject({ total: 30 });
  expect(pile.shown('run').newest).toHaveLength(24);
  expect([pile.svgOf(6), pile.svgOf(7)]).toEqual([null, SVG]);
  pile.forget();
  expect(pile.shown('next')).toEqual({ total: 0, newest: [] });
  expect(pile.svgOf(30)).toBeNull();
});
