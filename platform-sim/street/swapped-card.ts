/** A card whose answers are, from the middle of the reading on, another card's. */

import type { CardDefinition } from '../../devices/card/sim-card-definition.ts';

/** Beyond the names and the key of the first card, so that only the signature can tell. */
const OWN_SHARE = 0.6;

/** `first` as it answers at the beginning; of its certificate, the rest is `second`'s. Both have one. */
export function swappedMidway(first: CardDefinition, second: CardDefinition): CardDefinition {
  if (first.userCertificate === undefined || second.userCertificate === undefined) return first;
  const own = Buffer.from(first.userCertificate, 'base64');
  const other = Buffer.from(second.userCertificate, 'base64');
  const bytes = Math.floor(own.length * OWN_SHARE);
  // The header of the first promises how long it is, and a reader asks for no more.
  const rest = other.subarray(bytes - own.length + other.length);
  const spliced = Buffer.concat([own.subarray(0, bytes), rest]);
  return { ...first, userCertificate: spliced.toString('base64') };
}
