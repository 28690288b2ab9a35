/**
 * Somebody between the terminal and a genuine card, who has the card but not its PIN: a right PIN is pretended, and what
 * the terminal wants signed then is taken to a grant that an institution was given elsewhere. A grant signs nothing but
 * `kazasu-tap-1`, so that is what comes back.
 */

import { sign } from 'node:crypto';
import { INS, SW } from './apdu.ts';
import { ok, parseCommand, status } from './sim-card-commands.ts';

const TAP_PREFIX = Buffer.from('kazasu-tap-1', 'ascii');
const TAP_MESSAGE_BYTES = 108;

/** What comes instead of the card's own answer; null for what is passed through. `key`: the card's, PKCS#8 PEM. */
export function interposed(bytes: Uint8Array, key: string): Uint8Array | null {
  const command = parseCommand(bytes);
  if (command?.ins === INS.verify && command.data.length > 0) return status(SW.ok);
  if (command?.ins !== INS.performSecurityOperation || command.p1 !== 0x00) return null;
  const message = Buffer.alloc(TAP_MESSAGE_BYTES);
  message.set(TAP_PREFIX);
  // Whatever it may choose, the digest of what was asked would be the best of it.
  message.set(command.data.subarray(-32), TAP_PREFIX.length);
  return ok(sign('sha256', message, key));
}
