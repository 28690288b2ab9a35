/** How a visit at a shelter begins, by a card or by a choice on the screen, and what whoever hosts it hears in the end. */

import type { Answer } from '../src/domain/answer.ts';
import type { ErrandEnd, ErrandInput } from '../src/domain/errand.ts';
import type { SensedTap } from '../src/domain/tap.ts';
import type { ShelterContext } from './shelter-visit-setup.ts';

export function begun(input: SensedTap | ErrandInput): ShelterContext {
  return {
    begunBy: 'errand' in input ? 'choice' : 'card',
    seen: 'tap' in input ? { tap: input.tap, sensedAt: input.sensedAt } : { tap: 0, sensedAt: 0 },
    people: [],
    here: null,
    needs: [],
    act: null,
    said: null,
    asked: 'undo',
    kind: 'water',
    by: '',
    unread: 0,
    reason: 'card-unreadable',
    taken: null,
    given: null,
    typed: 'form',
    problem: null,
    error: null,
  };
}

/** Whoever hosts the visit hears of its end in their own words. */
export function endOf({ begunBy, error }: ShelterContext): Answer | ErrandEnd {
  if (begunBy === 'choice') return { why: error === null ? 'done' : 'failed', error };
  return error === null ? { answer: 'cancelled' } : { answer: 'defect', error };
}
