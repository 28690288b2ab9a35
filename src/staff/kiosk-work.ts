/**
 * At a kiosk: everything that waits for a person, and what that person says of it. A request is all that is known of an
 * order here; whose it was is in no ledger.
 */

import { OrderRecords } from '../certificate-order/order-records.ts';
import { clearKiosk, kioskStops } from '../certificate-order/stop.ts';
import type { Charges } from '../charges.ts';
import { PAPERS_SHOWN_MAX } from '../domain/screen.ts';
import { shortRequest } from '../domain/short-request.ts';
import type { CaseSaid, StaffOutcome } from '../domain/staff-answer.ts';
import type { CaseDecision, CaseResult, CaseShown } from '../domain/staff-case.ts';
import type { Papers } from '../papers.ts';
import type { Recorder } from '../recorder.ts';
import { settleCharge, unknownCharges } from '../unknown-charges.ts';
import { StaffBook } from './book.ts';
import { closePaper, isNotRecorded, type StaffRecords } from './decisions.ts';
import { reissueReceipt } from './receipt-again.ts';
import type { StaffWork } from './staff-work.ts';

export interface KioskWorkParts {
  readonly terminal: string;
  readonly recorder: Recorder;
  readonly papers: Papers;
  readonly charges: Charges;
}

/** What a decision that somebody else was faster with comes to. */
const OVERTAKEN: CaseResult = 'decided-already';

export function kioskWork(parts: KioskWorkParts): StaffWork {
  const { ledger } = parts.recorder;
  const orders = new OrderRecords(parts.recorder);
  const records: StaffRecords = { ledger, book: new StaffBook(ledger) };
  return {
    errands: ['cases', 'health'],
    async waiting() {
      await records.book.readInSlices();
      const all = casesOf(orders, records);
      const cases = all.slice(0, PAPERS_SHOWN_MAX);
      const shown = { papers: [], cases, more: all.length - cases.length };
      return { shown, allPapers: records.book.papers.all };
    },
    async decide(said) {
      const subject = shortRequest(said.shown.request);
      try {
        const result = await decide(parts, orders, records, said);
        return { result, subject, first: null };
      } catch (error) {
        if (!isNotRecorded(error)) throw error;
        return { result: 'not-recorded', subject, first: null };
      }
    },
  };
}

/** What keeps others from being served comes first. */
function casesOf(orders: OrderRecords, { ledger, book }: StaffRecords): CaseShown[] {
  return [
    ...kioskStops(ledger).map((stop) => ({ is: 'stop', ...stop }) as const),
    ...orders.waiting().map(({ request }) => {
      const { done = 0, of = 0 } = orders.orderedOf(request)?.sheets ?? {};
      return { is: 'sheets', request, done, of } as const;
    }),
    ...unknownCharges(ledger).map((charge) => ({ is: 'money', ...charge }) as const),
    ...book.papers.all.map(({ paper, ticket: request, state }) => {
      return { is: 'receipt', request, paper, state } as const;
    }),
  ];
}

async function decide(
  { recorder, ...parts }: KioskWorkParts,
  orders: OrderRecords,
  records: StaffRecords,
  { shown, decision, by, why }: CaseSaid,
): Promise<StaffOutcome['result']> {
  const { ledger } = recorder;
  const { request } = shown;
  const said = { by, why };
  switch (shown.is) {
    case 'stop':
      return clearKiosk(ledger, said, request).length > 0 ? 'cleared' : OVERTAKEN;
    case 'sheets': {
      const isSaid = orders.settle(request, isYes(decision), said);
      return isSaid ? 'order-settled' : OVERTAKEN;
    }
    case 'money': {
      const isSaid = settleCharge(ledger, request, isYes(decision), said);
      return isSaid ? 'money-settled' : OVERTAKEN;
    }
    case 'receipt': {
      const { paper } = shown;
      if (decision === 'reissue') {
        const outcome = await reissueReceipt({ ...parts, orders, records }, request, paper, said);
        if (outcome === null) return OVERTAKEN;
        return outcome === 'printed' ? 'reissued' : 'reissue-waits';
      }
      const fact = closePaper(records, paper, isYes(decision), said);
      return fact === null ? OVERTAKEN : 'receipt-settled';
    }
  }
}

const YES: ReadonlySet<CaseDecision> = new Set(['all-printed', 'charged', 'handed-out']);

function isYes(decision: CaseDecision): boolean {
  return YES.has(decision);
}
