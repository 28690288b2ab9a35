import { expect, test } from 'vitest';
import type { ReceiptPrinter } from '../devices/receipt/receipt-printer.ts';
import { PrinterSlot } from '../src/printer-slot.ts';

const printer: ReceiptPrinter = {
  name: 'printer',
  modelled: true,
  condition: async () => 'ready',
  print: async () => ({ outcome: 'printed' }),
  close: async () => {},
};
const listener = { onCondition: () => {}, onLost: () => {} };

test('whoever prints before the printer was first opened waits for it', async () => {
  const opening = Promise.withResolvers<ReceiptPrinter>();
  const slot = new PrinterSlot(() => opening.promise, listener);
  const wanted = slot.afterFirstTry();
  const opened = slot.open();
  expect(slot.current).toBeNull();
  opening.resolve(printer);
  await opened;
  expect(await wanted).toBe(printer);
});

test('a printer that does not open at the first try is waited for no longer', async () => {
  const slot = new PrinterSlot(async () => Promise.reject(new Error('no such port')), listener);
  const wanted = slot.afterFirstTry();
  await expect(slot.open()).rejects.toThrow('no such port');
  expect(await wanted).toBeNull();
});

test('a printer that is closed is not handed out', async () => {
  const slot = new PrinterSlot(async () => printer, listener);
  await slot.open();
  expect(await slot.afterFirstTry()).toBe(printer);
  await slot.close();
  expect(await slot.afterFirstTry()).toBeNull();
});
