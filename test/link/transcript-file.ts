/** Recorded conversations as files: one JSON text a line, what holds for the whole first. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Said {
  readonly from: 'terminal' | 'platform';
  readonly frame: Readonly<Record<string, unknown>>;
}

/** Something happened at the platform that no frame asked for. */
export interface Cue {
  readonly cue: string;
}

export interface Transcript {
  readonly subprotocol: string;
  /** ms since the epoch: what was signed was in force then. */
  readonly recordedAt: number;
  /** What the platform took for a terminal's frame, as JSON Schema. */
  readonly terminalFrame: unknown;
  readonly lines: readonly (Said | Cue)[];
  /** What could be fetched, base64 by SHA-256. */
  readonly objects: Readonly<Record<string, string>>;
}

const FOLDER = join(import.meta.dirname, 'transcripts');

/** One JSON text a line: what is said of the whole, then what was said. */
export function readTranscript(name: string): Transcript {
  const [head = '', ...lines] = readFileSync(join(FOLDER, `${name}.jsonl`), 'utf8')
    .trimEnd()
    .split('\n');
  return { ...JSON.parse(head), lines: lines.map((line) => JSON.parse(line)) };
}

export function transcriptText({ lines, ...head }: Transcript): string {
  return [head, ...lines].map((line) => `${JSON.stringify(line)}\n`).join('');
}
