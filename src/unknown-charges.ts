/**
 * Charges of which the payment unit can't say what became of them: staff does. On an open ledger, the running daemon's own or
 * one that a command opened beside it.
 */

import { CHARGE } from './charges.ts';
import type { Ledger } from './store/ledger.ts';
import { type Step, type Steps, unlessOvertaken } from './store/steps.ts';

export interface UnknownCharge {
  readonly request: string;
  readonly yen: number;
}

/** Oldest first. */
export function unknownCharges({ steps }: { readonly steps: Steps }): UnknownCharge[] {
  return steps
    .open(CHARGE)
    .filter(isUnknown)
    .map(({ detail: { request, yen } }) => ({ request: String(request), yen: Number(yen) }));
}

/**
 * Staff says whether the money of a request was taken. False, having changed nothing, when none waits for this answer any
 * more. Throws DiskFullError.
 */
export function settleCharge(
  ledger: Ledger,
  request: string,
  charged: boolean,
  { by, why }: { readonly by: string; readonly why: string },
): boolean {
  const step = ledger.steps.about(CHARGE, request).find(isUnknown);
  if (step === undefined) return false;
  const { payment, yen, means } = step.detail;
  const body = { request, payment, yen, means, charged, by, why };
  return unlessOvertaken(() => {
    ledger.record([{ event: 'payment.settled', subject: step.subject, body }], (steps) => {
      steps.move(step.id, 'settled', { charged });
    });
  });
}

function isUnknown({ state }: Step): boolean {
  return state === 'unknown';
}
