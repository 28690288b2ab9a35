/**
 * Certificates of municipalities at a kiosk (証明書交付): chosen on the screen, authorised by a card and its PIN, paid,
 * printed. What each visit does is in src/certificate-order; here is when it can be begun.
 */

import { setup } from 'xstate';
import { CentreStanding } from '../certificate-order/centre-standing.ts';
import { certificateErrand } from '../certificate-order/certificate-errand.ts';
import { OrderRecords } from '../certificate-order/order-records.ts';
import { PdfInspector } from '../certificate-order/pdf-inspection.ts';
import { Settlement } from '../certificate-order/settlement.ts';
import { reasonOf } from '../certificate-order/sheets.ts';
import { kioskStops } from '../certificate-order/stop.ts';
import type { Answer } from '../domain/answer.ts';
import type { Reason } from '../domain/reason.ts';
import type { Service, TerminalParts } from './service.ts';

/** Nothing is done for a card alone: whoever holds one without having chosen anything is asked to take it. */
const nothingChosen = setup({ types: { output: {} as Answer } }).createMachine({
  id: 'nothingChosen',
  initial: 'over',
  states: { over: { type: 'final' } },
  output: { answer: 'cancelled' },
});

export function familyRegister(parts: TerminalParts): Service {
  const { recorder, charges } = parts;
  const records = new OrderRecords(recorder);
  const settlement = new Settlement({
    records,
    printer: () => parts.pagePrinter(),
    onSettled: () => void charges.settleOpen(),
  });
  const standing = new CentreStanding(parts);
  const inspector = new PdfInspector();
  const errand = (of: 'resident' | 'family') =>
    certificateErrand(of, {
      terminal: parts,
      records,
      inspector,
      openness: () => standing.openness(of),
    });

  const obstacle = (): Reason | null => {
    if (!settlement.isDone) void settlement.settle();
    if (kioskStops(recorder.ledger).length > 0) return 'kiosk-stopped';
    if (parts.pagePrinter() === null || !settlement.isDone) return 'page-printer-lost';
    const condition = parts.pageCondition() ?? 'offline';
    // Busy is what it is with a sheet of ours, too.
    if (condition !== 'ready' && condition !== 'busy') return reasonOf(condition);
    if (parts.paymentUnit() === null) return 'payment-lost';
    if (parts.institution() === null) return 'assurance-out-of-reach';
    return standing.obstacle() ?? (parts.trust().anchors === 0 ? 'trust-missing' : null);
  };

  return {
    id: 'family-register',
    needs: ['card', 'receipt', 'page', 'payment'],
    lists: [],
    obstacle,
    machine: nothingChosen,
    errands: [errand('resident'), errand('family')],
    wasIssued: (request) => records.wasIssued(request),
    place: () => ({
      title: '',
      startsAt: null,
      gate: parts.terminal,
      list: null,
      purpose: { service: 'family-register' },
    }),
  };
}
