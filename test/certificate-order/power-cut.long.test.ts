/** A power cut at every step there is, and then with dice: how many sheets, where, and whether the printer lost its power, too. */

import { expect, test } from 'vitest';
import { Dice } from '../chaos/dice.ts';
import { endKiosks } from './kiosks.ts';
import { survives, thingsDone } from './power-cut.ts';

const SEEDS = 200;
const LONG = { timeout: 600_000 };

test('before and after each thing that an order of two sheets does', LONG, async () => {
  const things = await thingsDone(2);
  for (const [place, name] of things.entries()) {
    for (const when of ['before', 'after'] as const) {
      const end = await survives({ at: place + 1, when, sheets: 2, printerToo: false });
      const isBetween =
        (name === 'sheet.intent' && when === 'after') || (name === 'print' && when === 'before');
      // A printer that knows its jobs leaves nothing else to be asked.
      expect([name, when, end === 'unknown']).toEqual([name, when, isBetween]);
      await endKiosks();
    }
  }
});

test(`${SEEDS} power cuts by dice`, LONG, async () => {
  const ends = new Set<string>();
  for (let seed = 1; seed <= SEEDS; seed += 1) {
    const dice = new Dice(seed);
    const sheets = dice.pick([1, 2, 3, 4]);
    const at = 1 + Math.floor(dice.next() * (15 + 3 * sheets));
    const when = dice.pick(['before', 'after'] as const);
    ends.add(await survives({ at, when, sheets, printerToo: dice.pick([true, false, false]) }));
    await endKiosks();
  }
  expect(ends).toEqual(new Set(['none', 'void', 'printed', 'unknown']));
});
