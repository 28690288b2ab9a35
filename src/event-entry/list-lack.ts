/** What keeps a gate with a list and its keys from deciding. */

import { type EntryListManifest, gateRefusal } from '../domain/entry-list.ts';
import type { Reason } from '../domain/reason.ts';
import type { TerminalParts } from '../services/service.ts';

/** Null: nothing. `confirmedAt`: ms since the epoch. */
export function lackOf(
  parts: Pick<TerminalParts, 'now' | 'institution' | 'trust'>,
  manifest: EntryListManifest,
  confirmedAt: number,
): Reason | null {
  const refusal = gateRefusal(manifest, confirmedAt, parts.now(), parts.institution() !== null);
  return refusal ?? (parts.trust().anchors === 0 ? 'trust-missing' : null);
}
