/** What people see in the states of a visit at a shelter. */

import type { KeyName, StateMeta } from '../src/domain/screen.ts';

/** The card has to stay. */
export const HOLD_FOR_CARD: StateMeta = {
  screen: 'hold',
  voice: null,
  tone: 'hold',
  keys: [],
  timeout: 'cardStep',
};
/** It may go: what is done now is ours. */
export const HOLD: StateMeta = { ...HOLD_FOR_CARD, timeout: null };

/** A screen that stays for so long. */
export function shows(
  screen: StateMeta['screen'],
  voice: StateMeta['voice'],
  timeout: string,
  keys: readonly KeyName[] = [],
  tone: StateMeta['tone'] = null,
): StateMeta {
  return { screen, voice, tone, keys, timeout };
}
