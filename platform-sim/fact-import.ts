/**
 * Facts that came without a link: the file that `kazasu journal rescue` made of a dead terminal's disk. They keep the ledger
 * and the number that they have, so taking them in again, or after their terminal came back, changes nothing.
 */

import { type Run, readFactLines } from './fact-lines.ts';
import { type FactStore, PLATFORM_TERMINAL } from './facts.ts';
import { InputError } from './input-error.ts';
import { readInputFile } from './input-file.ts';
import type { TerminalRegistry } from './terminal-registry.ts';

const FILE_BYTES_MAX = 1_073_741_824;
const BATCH = 500;

export interface Imported {
  readonly terminal: string;
  readonly stored: number;
  readonly repeated: number;
  readonly quarantined: number;
  /** What was not on that disk any more; null: nothing. */
  readonly lost: string | null;
}

/** Who decided it. */
export interface ImportDecision {
  readonly by: string;
  readonly why: string;
}

/** Throws InputError, then nothing is taken in; a gap ends the work where it is. */
export function importFacts(
  { facts, terminals }: { readonly facts: FactStore; readonly terminals: TerminalRegistry },
  file: string,
  decision: ImportDecision,
  now: number,
): Imported {
  const bytes = readInputFile(file, FILE_BYTES_MAX);
  if (typeof bytes === 'string') throw new InputError(`${file}: ${bytes}`);
  const { terminal, runs, lost, sha256 } = readFactLines(file, bytes);
  const isKnown =
    terminals.standing(terminal) !== null ||
    facts.terminals().some((known) => known.terminal === terminal);
  if (!isKnown || terminal === PLATFORM_TERMINAL) {
    throw new InputError(`${file}: of ${terminal}, which was never a terminal of this platform`);
  }
  const count = { stored: 0, repeated: 0, quarantined: 0 };
  for (const run of runs) {
    for (let at = 0; at < run.items.length; at += BATCH) {
      const batch = run.items.slice(at, at + BATCH);
      const outcome = facts.store(run, run.from + at, batch, now);
      if (outcome.kind === 'gap') throw gapBefore(file, run, outcome.upto);
      count.stored += outcome.stored;
      count.repeated += outcome.repeated;
      count.quarantined += outcome.quarantined;
    }
  }
  if (count.quarantined > 0) terminals.quarantine(terminal, 'fork', now);
  const body = { terminal, ...count, lost, ...decision };
  facts.appendOwn(`rescue/${sha256}`, 'facts.rescued', terminal, body, now);
  return { terminal, ...count, lost };
}

function gapBefore(file: string, { terminal, from }: Run, upto: number): InputError {
  return new InputError(
    `${file}: begins at fact ${from} of ${terminal}, and the platform holds ${upto}: rescue again with --all`,
  );
}
