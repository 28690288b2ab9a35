/**
 * Facts of one terminal as lines of text, in the file of `kazasu journal rescue` and in parcels: a header that names the
 * terminal, the exact texts, an end with the hash of all before it.
 */

import { createHash } from 'node:crypto';
import { LIMITS } from '../src/link/protocol.ts';
import { RESCUE_END, RESCUE_HEADER } from '../src/link/upload-protocol.ts';
import { FACT } from './fact-schema.ts';
import type { StreamName } from './facts.ts';
import { InputError } from './input-error.ts';

const LINE_FEED = 0x0a;

export interface FactLines {
  readonly terminal: string;
  readonly runs: readonly Run[];
  readonly lost: string | null;
  readonly sha256: string;
}

/** Facts of one ledger without a gap. */
export interface Run extends StreamName {
  readonly from: number;
  readonly items: string[];
}

/** `file`: how it is called in what is wrong. Throws InputError. */
export function readFactLines(file: string, bytes: Buffer): FactLines {
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
