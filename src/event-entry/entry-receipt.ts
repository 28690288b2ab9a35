/** The seat ticket of an entry. */

import type { EntryListManifest, EntryRow, ListAge } from '../domain/entry-list.ts';
import type { Receipt } from '../domain/receipt.ts';
import { seatTicket } from '../domain/seat-ticket.ts';
import type { PlannedPaper } from '../papers.ts';

export interface EntryOnPaper {
  readonly planned: PlannedPaper;
  readonly row: EntryRow;
  readonly manifest: EntryListManifest;
  /** When the platform last said that this list is the newest; ms since the epoch, as the next. */
  readonly confirmedAt: number;
  readonly enteredAt: number;
  readonly gate: string | null;
  readonly listAge: ListAge;
}

export function entryReceipt(entry: EntryOnPaper): Receipt {
  const { planned, row, manifest, confirmedAt, enteredAt, gate, listAge } = entry;
  const { paper, reissue } = planned;
  const { title, place, startsAt, issuedAt } = manifest;
  const known = { paper, reissue, title, place, startsAt, enteredAt, gate };
  return seatTicket({
    ...known,
    seat: row.seat,
    ticket: row.ticket,
    listIssuedAt: Date.parse(issuedAt),
    listConfirmedAt: confirmedAt,
    listIsOld: listAge !== 'fresh',
  });
}
