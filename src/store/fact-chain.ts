/** The chain of a ledger: each fact carries the next number and the SHA-256 of its predecessor's exact text. */

import { hash } from 'node:crypto';
import type { Fact } from '../domain/fact.ts';

/** A fact as it is sent: its number and its exact JSON text. */
export interface FactText {
  readonly seq: number;
  readonly text: string;
}

export type ChainVerdict =
  | { readonly ok: true; readonly facts: number }
  | { readonly ok: false; readonly seq: number; readonly why: string };

/** Whose facts a ledger holds, and in which epoch each number is. */
export interface ChainOwner {
  readonly terminal: string;
  readonly epochOf: (seq: number) => string;
}

/** What the first fact has in place of a predecessor's hash. */
export const GENESIS = '0'.repeat(64);

/** The number and hash of a fact that others continue. */
export interface ChainEnd {
  readonly seq: number;
  readonly hash: string;
}

/** What the first fact of a ledger continues. */
export const BEGINNING: ChainEnd = { seq: 0, hash: GENESIS };

/** Checks every fact: number, predecessor's hash, terminal and epoch. `rows`: all behind `from`, oldest first. */
export function verifyChain(
  rows: Iterable<FactText>,
  owner: ChainOwner,
  from: ChainEnd = BEGINNING,
): ChainVerdict {
  let last = from;
  for (const row of rows) {
    const why = flawOf(row, last, owner);
    if (why !== null) return { ok: false, seq: row.seq, why };
    last = { seq: row.seq, hash: hash('sha256', row.text) };
  }
  return { ok: true, facts: last.seq };
}

/** What is wrong with a row that should follow `last` (hash null: not known), or null. */
export function flawOf(
  row: FactText,
  last: { readonly seq: number; readonly hash: string | null },
  owner: ChainOwner,
): string | null {
  if (row.seq !== last.seq + 1) return `fact ${last.seq + 1} is missing`;
  let fact: Partial<Fact>;
  try {
    fact = factOf(row);
  } catch {
    return `fact ${row.seq} is not JSON`;
  }
  if (fact.seq !== row.seq) return `fact ${row.seq} carries another number`;
  if (last.hash !== null && fact.prev !== last.hash) {
    return `fact ${row.seq} does not continue fact ${last.seq}`;
  }
  if (fact.terminal !== owner.terminal || fact.epoch !== owner.epochOf(row.seq)) {
    return `fact ${row.seq} is another ledger's`;
  }
  return null;
}

export function factOf({ text }: { readonly text: string }): Fact {
  return JSON.parse(text);
}
