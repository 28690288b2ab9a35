/** A power cut in the steps of an order of two sheets that matter most; power-cut.long.test.ts has all of them. */

import { afterEach, expect, test } from 'vitest';
import { endKiosks } from './kiosks.ts';
import { survives, thingsDone } from './power-cut.ts';

afterEach(endKiosks);

const SHEETS = 2;
const THINGS = await thingsDone(SHEETS);

/** What is cut off, and how the order ends. */
const CUTS = [
  ['after', 'certificate-issue', 'void'],
  ['after', 'certificate.issued', 'void'],
  ['after', 'authorise', 'void'],
  ['after', 'payment.authorised', 'void'],
  // Nobody can say whether the printer forgot it or never heard of it.
  ['after', 'sheet.intent', 'unknown'],
  ['after', 'print', 'void'],
  ['before', 'certificate.printed', 'printed'],
  ['after', 'certificate.printed', 'printed'],
  ['after', 'capture', 'printed'],
  ['after', 'receipt', 'printed'],
] as const;

test.each(CUTS)(
  'power goes %s %s: the order is %s, and the money with it',
  async (when, name, end) => {
    const at = THINGS.indexOf(name) + 1;
    expect(at).toBeGreaterThan(0);
    expect(await survives({ at, when, sheets: SHEETS, printerToo: false })).toBe(end);
  },
);

test('a printer that was switched off, too, can not say: staff is asked, and the money goes back', async () => {
  const at = THINGS.indexOf('print') + 1;
  expect(await survives({ at, when: 'after', sheets: SHEETS, printerToo: true })).toBe('unknown');
});
