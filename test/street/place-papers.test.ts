/** What came out of the slots of one place: each paper once, in one row of numbers, whatever each printer counts. */

import { expect, test } from 'vitest';
import { PlacePapers } from '../../platform-sim/street/place-papers.ts';
import type { Paper } from '../../platform-sim/street/receipt-stack.ts';

function aSlot(name: string) {
  const out: Paper[] = [];
  let isDead = false;
  return {
    print: () => {
      const number = out.length + 1;
      out.push({ number, complete: true, text: `${name} ${number}`, svg: '' });
    },
    die: () => {
      isDead = true;
    },
    async papers(since: number) {
      if (isDead) throw new Error('nobody there');
      return out.filter(({ number }) => number > since);
    },
  };
}

const texts = (papers: readonly Paper[]) => papers.map(({ number, text }) => `${number}: ${text}`);

test('papers of two slots have numbers of one row, also when two look at once', async () => {
  const [receipts, sheets] = [aSlot('receipt'), aSlot('sheet')];
  const papers = new PlacePapers([receipts, null, sheets]);
  sheets.print();
  receipts.print();
  const [one, other] = await Promise.all([papers.since(0), papers.since(0)]);
  expect(texts(one)).toEqual(['1: receipt 1', '2: sheet 1']);
  expect(other).toEqual(one);
  sheets.print();
  expect(texts(await papers.since(2))).toEqual(['3: sheet 2']);
  expect(await papers.since(3)).toEqual([]);
});

test('a printer that is gone hides nothing of the other, and nothing that came out before', async () => {
  const [receipts, sheets] = [aSlot('receipt'), aSlot('sheet')];
  const papers = new PlacePapers([receipts, sheets]);
  receipts.print();
  await papers.since(0);
  receipts.die();
  sheets.print();
  expect(texts(await papers.since(0))).toEqual(['1: receipt 1', '2: sheet 1']);
});

test('no more than the last two hundred are kept', async () => {
  const sheets = aSlot('sheet');
  const papers = new PlacePapers([sheets]);
  for (let sheet = 0; sheet < 250; sheet += 1) sheets.print();
  const kept = await papers.since(0);
  expect([kept.length, kept[0]?.number]).toEqual([200, 51]);
});
