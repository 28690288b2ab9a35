/** Whether the ledger may go on where the platform says that it holds it, or must begin a new epoch. */

import type { EventName } from '../domain/events.ts';
import { DiskFullError, type FactStream, type Ledger } from '../store/ledger.ts';
import type { Welcome } from './connection.ts';

interface Parts {
  readonly ledger: Ledger;
  readonly journal: (event: EventName, fields: Readonly<Record<string, unknown>>) => void;
}

/**
 * What is told over a link that was welcomed so, or, where it is of another epoch than the hello, over the next one; null:
 * nothing, though the link is good for everything else. A platform that says no hash speaks `kazasu.v1`: it knows of no epoch that follows another.
 */
export function streamAfter(
  { upto, hash }: Welcome,
  stream: FactStream,
  { ledger, journal }: Parts,
): FactStream | null {
  if (hash === undefined) {
    if (stream.base === 0 && !stream.isOver) return stream;
    return nothing(journal, 'the platform knows of no epoch that follows another');
  }
  if (stream.isOver || !isAnotherLedger(stream, ledger, upto, hash)) return stream;
  if (opened(ledger, upto)) return ledger.stream();
  return nothing(journal, 'a new epoch can not be opened');
}

function isAnotherLedger(
  { base, gone }: FactStream,
  ledger: Ledger,
  upto: number,
  hash: string,
): boolean {
  if (upto === 0) return false;
  // Of what was removed nothing but its end can be held against what is said.
  return upto <= base || (upto >= gone && ledger.hashOf(upto) !== hash);
}

function opened(ledger: Ledger, held: number): boolean {
  try {
    return ledger.openEpoch(held);
  } catch (error) {
    if (!(error instanceof DiskFullError)) throw error;
    return false;
  }
}

function nothing(journal: Parts['journal'], detail: string): null {
  journal('link.refused', { reason: 'ledger-behind', detail });
  return null;
}
