/** What a gate answers to a card: pure, so that every rule of an entry stands here and is tested without a terminal. */

import type { EntryRow, ReentryRule } from './entry-list.ts';
import type { EntryState } from './fact.ts';
import type { Reason } from './reason.ts';

/** What is known of the paper that belongs to the row's present entry. */
export type ReceiptState = 'none' | 'printed' | 'owed' | 'unknown' | 'being-printed';

/** An owed receipt is printed for the same card within this time; later the staff hands it out. */
export const RECEIPT_CLAIM_MS = 15 * 60_000;

export type EntryDecision =
  /** `paper`: a seat ticket is printed with it. */
  | { readonly decision: 'grant'; readonly paper: boolean }
  /** The entry stands already; only its paper is still owed. */
  | { readonly decision: 'claim-receipt' }
  | { readonly decision: 'refuse'; readonly reason: Reason };

/** The entry that keeps the ticket's holder from coming in, or null. */
export function entryInTheWay(state: EntryState, reentry: ReentryRule): EntryState['entered'] {
  return state.left !== null && reentry === 'after-exit' ? null : state.entered;
}

export function decideEntry(
  row: EntryRow,
  state: EntryState,
  receipt: ReceiptState,
  now: number,
  reentry?: ReentryRule,
): EntryDecision {
  if (row.cancelledAt !== undefined) return { decision: 'refuse', reason: 'ticket-cancelled' };
  const entered = entryInTheWay(state, reentry);
  // Who did not walk through, or went out and comes back, has their seat ticket.
  const paper = !state.wasGranted || receipt === 'owed';
  if (entered === null) return { decision: 'grant', paper };
  if (entered.byNumber) return { decision: 'refuse', reason: 'already-entered' };
  if (receipt === 'unknown') return { decision: 'refuse', reason: 'receipt-unsettled' };
  const inTime = now - Date.parse(entered.at) <= RECEIPT_CLAIM_MS;
  // The answer to a claim looks like that to an entry: nobody comes back in by it.
  const isInside = state.left === null;
  if (receipt === 'owed' && inTime && isInside) return { decision: 'claim-receipt' };
  return { decision: 'refuse', reason: 'already-entered' };
}
