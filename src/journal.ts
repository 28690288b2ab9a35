/**
 * The journal: JSON lines for the people who operate the terminal, on stdout and kept, rotated, under the state folder.
 * It is not the ledger: losing it loses no fact. What may be in it is named in src/domain/events.ts, and nothing else
 * gets through.
 */

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { createStream, type RotatingFileStream } from 'rotating-file-stream';
import { EVENTS, type EventName } from './domain/events.ts';

export const JOURNAL_FILES = { folder: 'journal', current: 'journal.jsonl', kept: 8 } as const;
const FILE_SIZE = '4M';
const REOPEN_AFTER_MS = 30_000;

export type JournalFields = Readonly<Record<string, unknown>>;

/** A line of the journal: `at` (ISO 8601, UTC), `event`, for facts `seq`, then the event's own fields. */
export interface JournalEntry {
  readonly event: EventName;
  readonly at: string;
  /** The number of the fact in the ledger; absent for events that are no facts. */
  readonly seq?: number;
  readonly fields: JournalFields;
}

export function journalName(index: number | null | Date): string {
  return index === null || index === 0 ? JOURNAL_FILES.current : `journal.${index}.jsonl`;
}

export class Journal {
  readonly #folder: string;
  readonly #out: NodeJS.WritableStream | null;
  #file: RotatingFileStream | null = null;
  #failedAt = Number.NEGATIVE_INFINITY;

  constructor(stateDirectory: string, out: NodeJS.WritableStream | null) {
    this.#folder = join(stateDirectory, JOURNAL_FILES.folder);
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
    this.#out = out;
    this.#open();
  }

  write(entry: JournalEntry): void {
    const line = `${JSON.stringify(lineOf(entry))}\n`;
    this.#out?.write(line);
    if (this.#file === null && performance.now() - this.#failedAt > REOPEN_AFTER_MS) this.#open();
    this.#file?.write(line);
  }

  async close(): Promise<void> {
    const file = this.#file;
    this.#file = null;
    if (file !== null) await new Promise<void>((resolve) => file.end(() => resolve()));
  }

  /** A disk that takes no journal must not stop the terminal: it goes on without the kept copy and tries again. */
  #open(): void {
    const file = createStream(journalName, {
      path: this.#folder,
      size: FILE_SIZE,
      rotate: JOURNAL_FILES.kept,
      mode: 0o600,
    });
    file.on('error', () => {
      this.#failedAt = performance.now();
      this.#file = null;
    });
    this.#file = file;
  }
}

function lineOf(entry: JournalEntry): JournalFields {
  const line: Record<string, unknown> = { at: entry.at, event: entry.event };
  if (entry.seq !== undefined) line['seq'] = entry.seq;
  for (const field of EVENTS[entry.event].fields) {
    if (entry.fields[field] !== undefined) line[field] = entry.fields[field];
  }
  return line;
}
