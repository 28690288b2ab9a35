/** A card that somebody puts down in the course of a visit, and perhaps has to put down again. */

import type { Reason } from '../src/domain/reason.ts';
import type { SensedTap } from '../src/domain/tap.ts';
import { resultOf } from './step-result.ts';

type Said = { readonly type: string } | ({ readonly type: 'card.present' } & SensedTap);

interface PlacedCard {
  /** The card that was put down last. */
  readonly seen: SensedTap;
  /** Why it has to be put down again; null: it does not. */
  readonly again: Reason | null;
}

/** Null for an event that tells of no card. */
export function tapIn(event: Said): SensedTap | null {
  return event.type === 'card.present' && 'tap' in event
    ? { tap: event.tap, sensedAt: event.sensedAt }
    : null;
}

/** One that was turned away and still lies there is not read again and again. */
export function isNewCard({ seen, again }: PlacedCard, event: Said): boolean {
  const tap = tapIn(event);
  return tap !== null && (again === null || tap.tap !== seen.tap);
}

/** After a step that did not go on, or whose card went. */
export function whyAgain(event: Said): Reason {
  const result = resultOf(event);
  return result?.next === 'hold-again' ? result.reason : 'card-removed';
}
