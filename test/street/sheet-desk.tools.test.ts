/** Sheets as they are drawn and checked in a thread of their own. */

import { afterAll, expect, test } from 'vitest';
import { issueDocument } from '../../platform-sim/municipality/issue.ts';
import { closeSheetDesk, drawSheet, verifySheets } from '../../platform-sim/street/sheet-desk.ts';
import { ask, giveCard, KAZASU, openIssuing } from '../municipality/issuing.ts';

afterAll(closeSheetDesk);

async function aSheet(): Promise<Uint8Array> {
  const issuing = await openIssuing();
  const card = giveCard(issuing, 'sato-hanako');
  const wanted = { document: 'resident-record', municipality: KAZASU, option: 'self' } as const;
  const issued = await issueDocument(ask(card, wanted), issuing);
  if (!('pdf' in issued)) throw new Error('nothing was issued');
  return issued.pdf;
}

test('a sheet is drawn dot by dot and can be read aloud; one that nobody here signed is called forged', async () => {
  const pdf = await aSheet();
  const { svg, text } = await drawSheet(pdf);
  expect(svg).toMatch(/viewBox="0 0 \d{3} \d{4}"><image .*href="data:image\/png;base64,/u);
  expect(text).toContain('花子');
  const verdict = await verifySheets(pdf, '/nowhere-at-all');
  expect(verdict.sheets).toEqual([{ genuine: false, fault: 'not-signed' }]);
});

test('what is no document is refused, and the next sheet is drawn all the same', async () => {
  await expect(drawSheet(Buffer.from('no PDF'))).rejects.toThrow('no PDF');
  expect((await drawSheet(await aSheet())).text).toContain('花子');
});

test('once closed, it begins anew when it is asked again', async () => {
  await closeSheetDesk();
  const { sheets } = await verifySheets('KZ1:nonsense', '/nowhere-at-all');
  expect(sheets).toEqual([{ genuine: false, fault: 'no-code' }]);
});
