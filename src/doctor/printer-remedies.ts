/** What to do about a printer that asks for help, by what it says of itself. */

import type { PageCondition } from '../../devices/page/page-printer.ts';
import type { PrinterCondition } from '../../devices/receipt/receipt-printer.ts';

export const PRINTER_REMEDIES: Readonly<Record<Exclude<PrinterCondition, 'ready'>, string>> = {
  'paper-out': 'put in a new roll; receipts that are owed stay owed (`kazasu papers`)',
  'cover-open': "close the printer's cover",
  error: 'switch the printer off and on; look for jammed paper and at the cutter',
  offline: "press the printer's online or feed button, or let a hot head cool down",
  silent: 'switch the printer on; check cable, `baud` and flow control in the configuration',
};

export const PAGE_REMEDIES: Readonly<Record<Exclude<PageCondition, 'ready'>, string>> = {
  'paper-out': 'put A4 into the tray, and tell the printer so if it asks',
  jam: 'take the jammed paper out; a sheet that was in the printer belongs to the last certificate: do not hand it out unseen',
  'cover-open': 'close the covers and trays of the printer',
  'toner-out': 'change toner or drum, or empty the waste toner',
  offline: 'switch the printer on; check its cable and `[page] url` in the configuration',
  stopped: 'look at the panel of the printer: it is paused, or its output tray is full',
  busy: 'wait; if it stays so, cancel at its panel what others sent to it',
};
