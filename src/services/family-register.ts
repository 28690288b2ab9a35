/**
 * Certificates of municipalities at a kiosk (証明書交付): chosen on the screen, authorised by a card and its PIN, paid,
 * printed. What each visit does is in src/certificate-order; here is when it can be begun.
 */

import { CentreStanding } from '../certificate-order/centre-standing.ts';
import { certificateErrand } from '../certificate-order/certificate-errand.ts';
import { OrderRecords } from '../certificate-order/order-records.ts';
import { PdfInspector } from '../certificate-order/pdf-inspection.ts';
import { Settlement } from '../certificate-order/settlement.ts';
import { reasonOf } from '../certificate-order/sheets.ts';
import { kioskStops } from '../certificate-order/stop.ts';
import type { Reason } from '../domain/reason.ts';
import { usageRegistration } from '../usage-registration/errand.ts';
import { registrationStatus, statusErrand } from '../usage-registration/status.ts';
import type { Service, TerminalParts } from './service.ts';

export function familyRegister(parts: TerminalParts): Service {
  const { recorder, charges } = parts;
  const records = new OrderRecords(recorder);
  const settlement = new Settlement({
    records,
    printer: () => parts.pagePrinter(),
    onSettled: () => void charges.settleOpen(),
  });
  const standing = new CentreStanding(parts);
  const status = registrationStatus(parts);
  const inspector = new PdfInspector();
  const errand = (of: 'resident' | 'family') =>
    certificateErrand(of, {
      terminal: parts,
      records,
      inspector,
      openness: () => {
        const reason = printing();
        return reason === null ? standing.openness(of) : { open: false, reason, from: null };
      },
    });

  /** What stands in the way of certificates alone: an application needs neither paper of theirs nor money. */
  const printing = (): Reason | null => {
    if (parts.pagePrinter() === null || !settlement.isDone) return 'page-printer-lost';
    const condition = parts.pageCondition() ?? 'offline';
    // Busy is what it is with a sheet of ours, too.
    if (condition !== 'ready' && condition !== 'busy') return reasonOf(condition);
    return parts.paymentUnit() === null ? 'payment-lost' : null;
  };

  const obstacle = (): Reason | null => {
    if (!settlement.isDone) void settlement.settle();
    if (kioskStops(recorder.ledger).length > 0) return 'kiosk-stopped';
    if (parts.institution() === null) return 'assurance-out-of-reach';
    return standing.obstacle() ?? (parts.trust().anchors === 0 ? 'trust-missing' : null);
  };

  return {
    id: 'family-register',
    needs: ['card', 'receipt', 'page', 'payment'],
    lists: [],
    obstacle,
    // A card without a choice: an attendant's opens the staff's menu, others are told how their application stands.
    machine: status.machine,
    errands: [errand('resident'), errand('family'), usageRegistration(parts), statusErrand(parts)],
    wasIssued: (request) => records.wasIssued(request),
    stop: () => inspector.close(),
    place: () => status.place(),
    ...(status.limitMs === undefined ? {} : { limitMs: status.limitMs }),
    ...(status.dialogue === undefined ? {} : { dialogue: status.dialogue }),
  };
}
