/**
 * The journal: JSON lines for the people who operate the terminal, on stdout and kept, rotated, under the state folder.
 * It is not the ledger: losing it loses no fact. What may be in it is named in src/domain/events.ts, and nothing else
 * gets through.
 */

import { closeSync, fstatSync, openSync, readSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { Writable } from 'node:stream';
import { createStream, type RotatingFileStream } from 'rotating-file-stream';
import { EVENTS, type EventName } from './domain/events.ts';
import { makeFolder } from './store/disk.ts';

export const JOURNAL_FILES = { folder: 'journal', current: 'journal.jsonl', kept: 8 } as const;
const FILE_SIZE = '4M';
const REOPEN_AFTER_MS = 30_000;
/** What waits for a reader of stdout that does not read; beyond it, lines are in the kept copy only. */
const WAITING_BYTES_MAX = 1_048_576;

export type JournalFields = Readonly<Record<string, unknown>>;

/** A line of the journal: `at` (ISO 8601, UTC), `event`, for facts `seq`, then the event's own fields. */
export interface JournalEntry {
  readonly event: EventName;
  readonly at: string;
  /** The number of the fact in the ledger; absent for events that are no facts. */
  readonly seq?: number;
  readonly fields: JournalFields;
}

/** `fields`: what the line says, and nothing that is not named for its event. */
export type JournalListener = (event: EventName, fields: JournalFields) => void;

export function journalName(index: number | null | Date): string {
  return index === null || index === 0 ? JOURNAL_FILES.current : `journal.${index}.jsonl`;
}

export class Journal {
  readonly #folder: string;
  readonly #out: Writable | null;
  readonly #listeners = new Set<JournalListener>();
  #file: RotatingFileStream | null = null;
  #failedAt = Number.NEGATIVE_INFINITY;
  #closed = false;

  constructor(stateDirectory: string, out: Writable | null) {
    this.#folder = join(stateDirectory, JOURNAL_FILES.folder);
    makeFolder(this.#folder);
    this.#out = out;
    this.#out?.on('error', ignore);
    this.#open();
  }

  write(entry: JournalEntry): void {
    if (this.#closed) return;
    const fields = lineOf(entry);
    const line = `${JSON.stringify(fields)}\n`;
    if (this.#out !== null && this.#out.writableLength < WAITING_BYTES_MAX) this.#out.write(line);
    if (this.#file === null && performance.now() - this.#failedAt > REOPEN_AFTER_MS) this.#open();
    this.#file?.write(line);
    for (const listener of this.#listeners) listener(entry.event, fields);
  }

  /** Calls the listener with every line from now on, also those that no medium took. */
  watch(listener: JournalListener): void {
    this.#listeners.add(listener);
  }

  async close(): Promise<void> {
    this.#closed = true;
    const file = this.#file;
    this.#file = null;
    if (file !== null) await new Promise<void>((resolve) => file.end(() => resolve()));
  }

  /** A disk that takes no journal must not stop the terminal: it goes on without the kept copy and tries again. */
  #open(): void {
    endTornLine(join(this.#folder, JOURNAL_FILES.current));
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

/** Whoever read stdout is gone (EPIPE), or it is a file on a full disk. The kept copy goes on, and so does the terminal. */
function ignore(): void {}

/** A line that a power cut tore must not swallow the first one of this run. */
function endTornLine(path: string): void {
  try {
    const file = openSync(path, 'a+');
    try {
      const { size } = fstatSync(file);
      const last = Buffer.alloc(1);
      if (size > 0) readSync(file, last, 0, 1, size - 1);
      if (size > 0 && last.toString() !== '\n') writeSync(file, '\n');
    } finally {
      closeSync(file);
    }
  } catch {
    // A disk that takes no byte: the stream, which comes next, says so.
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
