/** What a gate's screen may say of an answer. */

import type { CertificateVerdict } from '../domain/certificate-verdict.ts';
import { RECEIPT_CLAIM_MS } from '../domain/entry-decision.ts';
import { type EntryRow, listShown } from '../domain/entry-list.ts';
import { maskedName } from '../domain/masked-name.ts';
import { adviceOf } from '../domain/revocation.ts';
import type { FirstEntry } from '../domain/screen.ts';
import type { AnswerShown } from '../services/service.ts';
import type { Lease } from '../store/list-shelf.ts';

export interface Said {
  /** Of a person who is let in. */
  readonly row?: EntryRow;
  readonly first?: FirstEntry | null;
  /** ms since the epoch; now, unless their entry stood already. */
  readonly enteredAt?: number;
  readonly paper?: boolean;
}

/** `now`: ms since the epoch. */
export function answerShown(
  { row, first = null, enteredAt, paper = true }: Said,
  verdict: CertificateVerdict | null,
  lease: Lease | null,
  now: number,
): AnswerShown {
  return {
    seat: row?.seat ?? null,
    name: row === undefined ? null : maskedName(row.holder) || null,
    first,
    advice: adviceOf(verdict),
    list: lease && listShown(lease.file.manifest, lease.confirmedAt, now),
    paper,
    claimMinutes: Math.max(1, Math.ceil(((enteredAt ?? now) + RECEIPT_CLAIM_MS - now) / 60_000)),
  };
}
