/** What people see and hear in a state: its `meta`. */

import type { KeyName, StateMeta } from '../src/domain/screen.ts';

/** A screen with its keys. `timeout` is the delay of the machine after which it leaves; null: it stays. */
export function shows(
  screen: StateMeta['screen'],
  voice: StateMeta['voice'],
  keys: readonly KeyName[],
  timeout: string | null,
  tone: StateMeta['tone'] = null,
): StateMeta {
  return { screen, voice, tone, keys, timeout };
}

/**
 * A card is at work, or we are with what it showed. A reading that lasts is spoken of by the session (session.ts), which knows
 * how long it has been.
 */
export function holds(timeout: string | null): StateMeta {
  return shows('hold', null, [], timeout, 'hold');
}
