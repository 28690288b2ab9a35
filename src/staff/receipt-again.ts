/**
 * 再発行 of a kiosk's receipt: another paper instead of one that is owed, with a number of its own. It says what the ledger
 * knows of the order by now. A certificate is never printed again: when its order ends its bytes are gone, here and at the
 * centre, so whoever needs another one orders it anew.
 */

import type { OrderRecords } from '../certificate-order/order-records.ts';
import type { ChargeState, Charges } from '../charges.ts';
import type { MoneyEnd } from '../domain/municipal-certificate.ts';
import { paymentReceipt } from '../domain/payment-receipt.ts';
import { present } from '../domain/present.ts';
import type { Receipt } from '../domain/receipt.ts';
import type { PaperOutcome, Papers, PlannedPaper } from '../papers.ts';
import { catalogueOf } from '../text/index.ts';
import { plain } from '../text/ruby.ts';
import { type Decision, numberOfPaper, recordWhile, type StaffRecords } from './decisions.ts';

/** After that nobody is kept waiting: the paper is said to follow. */
const PRINTING_MS_MAX = 8_000;

const MONEY: Readonly<Record<ChargeState, Exclude<MoneyEnd, 'nothing-charged'>>> = {
  none: 'asked',
  open: 'asked',
  unknown: 'asked',
  charged: 'charged',
  'not-charged': 'returned',
};

export interface ReissueParts {
  /** The terminal's name. */
  readonly terminal: string;
  readonly papers: Papers;
  readonly charges: Charges;
  readonly orders: OrderRecords;
  readonly records: StaffRecords;
}

/**
 * `paper`: the owed one; null, having changed nothing, when it is not owed any more. Who and why are durable before anything
 * is printed. Rejects with DiskFullError, having changed nothing.
 */
export async function reissueReceipt(
  parts: ReissueParts,
  request: string,
  paper: string,
  { by, why }: Decision,
): Promise<PaperOutcome | null> {
  const { papers, records } = parts;
  const owed = () =>
    records.ledger.steps
      .about('receipt', request)
      .find(({ number, state }) => number === numberOfPaper(paper) && state === 'failed');
  const planned: PlannedPaper[] = [];
  const body = { paper, request, by, why };
  const fact = recordWhile(
    records,
    () => owed() !== undefined,
    { event: 'receipt.reissued', subject: request, body },
    (steps) => {
      steps.move(present(owed(), 'paper').id, 'settled', { printed: false });
      planned.push(papers.plan(steps, request, { request }));
    },
  );
  const [next] = planned;
  if (fact === null || next === undefined) return null;
  const late = new Promise<'owed'>((resolve) => {
    setTimeout(resolve, PRINTING_MS_MAX, 'owed').unref();
  });
  return Promise.race([papers.print(next, receiptOf(parts, request, next)), late]);
}

function receiptOf(
  { terminal, charges, orders, records }: ReissueParts,
  request: string,
  { paper, reissue }: PlannedPaper,
): Receipt {
  const { document, municipality, copies, sheets } = present(orders.orderedOf(request), 'order');
  const { yen, means } = present(charges.paidBy(request), 'charge');
  const [issued] = records.ledger.factsAbout(request, ['certificate.issued']);
  return paymentReceipt({
    ...{ paper, reissue, place: terminal, municipality, copies, yen, means, sheets, request },
    document: plain(catalogueOf('ja').kiosk.choices.documents[document]),
    money: MONEY[charges.stateOf(request)],
    at: Date.parse(present(issued, 'issue').at),
  });
}
