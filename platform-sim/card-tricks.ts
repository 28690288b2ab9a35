/** Cards that lie: what a trickster has of somebody's card, and what comes of it. */

import { sign } from 'node:crypto';
import type { CardDefinition, CardTiming } from '../devices/card/sim-card-definition.ts';

/** As the bench has it: 424 kbit/s, a millisecond for each command, half a second for a signature. Modelled, not measured. */
export const CARD_TIMING: CardTiming = { bitRate: 424, perApduMs: 1, signatureMs: 500 };
/** Each command goes there and back. */
const RELAYED_TIMING: CardTiming = { ...CARD_TIMING, perApduMs: 20 };

/**
 * `clone`: somebody's certificate was copied onto a card with another key. `replay`: such a copy, which gives a signature
 * that the real card once made. `relay`: a cable's end; the real card answers, somewhere else. `interpose`: the real card
 * without its PIN: somebody sits between who says that every PIN is right, and has only a grant to sign with.
 */
export interface Trick {
  readonly how: 'clone' | 'replay' | 'relay' | 'interpose';
  /** Whose card it pretends to be. */
  readonly of: string;
}

/** Of the trickster's own card, the key alone is left. */
export function trickCard(
  how: Trick['how'],
  { userPrivateKey }: CardDefinition,
  victim: CardDefinition,
): CardDefinition {
  if (how === 'interpose') return { ...victim, faults: { interposed: true } };
  if (how === 'relay') return { ...victim, timing: RELAYED_TIMING };
  const clone = { ...victim, ...(userPrivateKey === undefined ? {} : { userPrivateKey }) };
  return how === 'clone' ? clone : { ...clone, faults: { replay: recorded(victim) } };
}

/** What the card signed at some earlier tap: the right prefix, by the right key, for another nonce. */
function recorded({ userPrivateKey = '' }: CardDefinition): string {
  const earlier = Buffer.concat([Buffer.from('kazasu-tap-1'), Buffer.alloc(96, 0x07)]);
  return sign('sha256', earlier, userPrivateKey).toString('base64');
}
