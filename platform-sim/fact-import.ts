/**
 * Facts that came without a link: the file that `kazasu journal rescue` made of a dead terminal's disk. They keep the ledger
 * and the number that they have, so taking them in again, or after their terminal came back, changes nothing.
 */

import { createHash } from 'node:crypto';
import { LIMITS } from '../src/link/protocol.ts';
import { RESCUE_END, RESCUE_HEADER } from '../src/link/upload-protocol.ts';
import { FACT } from './fact-schema.ts';
import { type FactStore, PLATFORM_TERMINAL, type StreamName } from './facts.ts';
import { InputError } from './input-error.ts';
import { readInputFile } from './input-file.ts';
import type { TerminalRegistry } from './terminal-registry.ts';

const FILE_BYTES_MAX = 1_073_741_824;
const BATCH = 500;
const LINE_FEED = 0x0a;

export interface Imported {
  readonly terminal: string;
  readonly stored: number;
  readonly repeated: number;
  readonly quarantined: number;
  /** What was not on that disk any more; null: nothing. */
  readonly lost: string | null;
}

interface Rescue {
  readonly terminal: string;
  readonly runs: readonly Run[];
  readonly lost: string | null;
  readonly sha256: string;
}

/** Facts of one ledger without a gap. */
interface Run extends StreamName {
  readonly from: number;
  readonly items: string[];
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
  const { terminal, runs, lost, sha256 } = readRescue(file);
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

function readRescue(file: string): Rescue {
  const bytes = readInputFile(file, FILE_BYTES_MAX);
  if (typeof bytes === 'string') throw new InputError(`${file}: ${bytes}`);
  const lines = [...linesOf(bytes)];
  const header = RESCUE_HEADER.safeParse(jsonOf(lines[0]));
  if (!header.success) throw new InputError(`${file}: was not made by "kazasu journal rescue"`);
  const end = RESCUE_END.safeParse(jsonOf(lines.at(-1)));
  if (!end.success) throw new InputError(`${file}: its end is missing; copy it again`);
  const body = bytes.subarray(0, bytes.length - Buffer.byteLength(lines.at(-1) ?? '') - 1);
  const sha256 = createHash('sha256').update(body).digest('hex');
  const items = lines.slice(1, -1);
  if (sha256 !== end.data.sha256 || items.length !== end.data.facts) {
    throw new InputError(`${file}: is not as it was written; copy it again`);
  }
  const { terminal } = header.data;
  return { terminal, runs: runsOf(file, terminal, items), lost: end.data.lost, sha256 };
}

function runsOf(file: string, terminal: string, items: readonly string[]): Run[] {
  const runs: Run[] = [];
  for (const [index, item] of items.entries()) {
    const parsed = FACT.safeParse(jsonOf(item));
    const isTooLong = Buffer.byteLength(item) > LIMITS.factBytes;
    if (!parsed.success || isTooLong || parsed.data.terminal !== terminal) {
      throw new InputError(`${file}, line ${index + 2}: is no fact of ${terminal}`);
    }
    const { epoch, seq } = parsed.data;
    const run = runs.at(-1);
    if (run?.epoch === epoch && run.from + run.items.length === seq) run.items.push(item);
    else runs.push({ terminal, epoch, from: seq, items: [item] });
  }
  return runs;
}

/** Whatever has a line feed behind it. */
function* linesOf(bytes: Buffer): Generator<string> {
  for (let from = 0; ; ) {
    const end = bytes.indexOf(LINE_FEED, from);
    if (end < 0) return;
    yield bytes.toString('utf8', from, end);
    from = end + 1;
  }
}

function jsonOf(line: string | undefined): unknown {
  try {
    return JSON.parse(line ?? '');
  } catch {
    return null;
  }
}
