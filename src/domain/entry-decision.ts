/** What a gate answers to a card: pure, so that every rule of an entry stands here and is tested without a terminal. */

import type { EntryRow } from './entry-list.ts';
import type { EntryState } from './fact.ts';
import type { Reason } from './reason.ts';

/** What is known of the paper that belongs to the row's present entry. */
export type ReceiptState = 'none' | 'printed' | 'owed' | 'unknown' | 'being-printed';

/** An owed receipt is printed for the same card within this time; later the staff hands it out. */
export const RECEIPT_CLAIM_MS = 15 * 60_000;

export type EntryDecision =
  | { readonly decision: 'grant' }
  /** The entry stands already; only its paper is still owed. */
  | { readonly decision: 'claim-receipt' }
  | { readonly decision: 'refuse'; readonly reason: Reason };

export function decideEntry(
  row: EntryRow,
  state: EntryState,
  receipt: ReceiptState,
  now: number,
): EntryDecision {
  if (row.cancelledAt !== undefined) return { decision: 'refuse', reason: 'ticket-cancelled' };
  if (state.entered === null) return { decision: 'grant' };
  if (state.entered.byNumber) return { decision: 'refuse', reason: 'already-entered' };
  if (receipt === 'unknown') return { decision: 'refuse', reason: 'receipt-unsettled' };
  const inTime = now - Date.parse(state.entered.at) <= RECEIPT_CLAIM_MS;
  if (receipt === 'owed' && inTime) return { decision: 'claim-receipt' };
  return { decision: 'refuse', reason: 'already-entered' };
}
