/** Somebody agrees that a television names the shelter where they are, or ends that: the effects of state-machines/television-where.ts. */

import type { Hindrance } from '../../state-machines/television-link-setup.ts';
import type { WhereInput } from '../../state-machines/television-where.ts';
import { withCard } from '../card-evidence.ts';
import { askValidCard } from '../card-steps.ts';
import type { Assurance } from '../domain/entry-list.ts';
import type { Reason } from '../domain/reason.ts';
import type { TerminalParts } from '../services/service.ts';
import { DiskFullError } from '../store/disk.ts';
import type { Links } from './links.ts';
import type { WhereConsents } from './where.ts';

export type WhereParts = Pick<
  TerminalParts,
  'reader' | 'trust' | 'institution' | 'now' | 'recorder'
> & { readonly links: Links; readonly where: WhereConsents };

const FREE: Hindrance = { reason: null };
const NOT_KEPT: Hindrance = { reason: 'link-not-kept' };

/** The card on the remote control proves its key, and is theirs. Needs no network. `signal`: an alert has interrupted. */
export async function agreeWhere(
  parts: WhereParts,
  { ref, card }: WhereInput,
  signal: AbortSignal,
): Promise<Hindrance> {
  if (card === null) return { reason: 'card-removed' };
  const { recorder, where } = parts;
  const shown = await withCard<Shown>(
    parts.reader(),
    async (reader) => {
      const valid = await askValidCard(parts, reader, card.tap);
      if (valid.refused !== null) return { refused: valid.refused };
      const { certificate, assurance } = valid.evidence;
      const owner = await parts.links.personOf(certificate);
      return owner === ref ? { assurance } : { refused: 'card-removed' };
    },
    (_, detail) => recorder.note('card.unreadable', { detail }),
  );
  if ('next' in shown) return { reason: shown.reason };
  if ('refused' in shown) return { reason: shown.refused };
  if (signal.aborted) return { reason: 'card-removed' };
  return kept(() => where.agree(ref, shown.assurance));
}

export function endWhere({ where }: WhereParts, { ref, card }: WhereInput): Hindrance {
  return kept(() => where.end(ref, card === null ? 'remote' : 'card'));
}

type Shown = { readonly assurance: Assurance } | { readonly refused: Reason };

function kept(work: () => void): Hindrance {
  try {
    work();
    return FREE;
  } catch (error) {
    if (!(error instanceof DiskFullError)) throw error;
    return NOT_KEPT;
  }
}
