/**
 * Effects that can't be undone (paper, money): intent committed first, then the effect, then its
 * evidence.
 *
 * After a power cut no session is resumed. Whatever `open` still returns is settled by asking the
 * device, and where the device can't know, a person.
 */

import { randomUUID } from 'node:crypto';
import type Database from 'better-sqlite3';

/**
 * - `due`: owed; nothing has been sent
 * - `started`: the intent is durable; the effect may have happened
 * - `done`: there is evidence that it happened
 * - `failed`: there is evidence that it did not happen, and nobody tries any more
 * - `unknown`: the device can't say; a person is asked
 * - `settled`: a person said, or it was met in another way
 */
export type StepState = 'due' | 'started' | 'done' | 'failed' | 'unknown' | 'settled';

export interface Step {
  readonly id: string;
  readonly kind: string;
  /** What it is about, in the words of `NewFact.subject`. */
  readonly subject: string | null;
  readonly state: StepState;
  readonly detail: Readonly<Record<string, unknown>>;
  /** 1, 2, 3, ... within its kind: what is printed on paper. */
  readonly number: number;
}

const NEXT: Readonly<Record<StepState, readonly StepState[]>> = {
  due: ['started', 'failed', 'settled'],
  started: ['due', 'done', 'failed', 'unknown'],
  unknown: ['due', 'done', 'failed', 'settled'],
  failed: ['due', 'settled'],
  done: [],
  settled: [],
};

const DETAIL_BYTES = 16_384;

export class StepError extends Error {
  override readonly name = 'StepError';
  readonly code: 'no-such-step' | 'illegal-transition';

  constructor(code: StepError['code'], message: string) {
    super(message);
    this.code = code;
  }
}

interface StepRow extends Omit<Step, 'detail'> {
  readonly detail: string;
}

/** Runs what moves a step on; false, having changed nothing, when somebody else has moved that step first. */
export function unlessOvertaken(work: () => void): boolean {
  try {
    work();
    return true;
  } catch (error) {
    if (error instanceof StepError && error.code === 'illegal-transition') return false;
    throw error;
  }
}

/** Runs `work` in one durable transaction, or in the one that is already open. */
export type Commit = <T>(work: () => T) => T;

/** The steps of one ledger. Inside the callback of `Ledger.record` they join its transaction. */
export class Steps {
  readonly #commit: Commit;
  readonly #insert: Database.Statement<[string, string, number, string | null, string]>;
  readonly #update: Database.Statement<[string, string, string]>;
  readonly #next: Database.Statement<[string], { number: number }>;
  readonly #byId: Database.Statement<[string], StepRow>;
  readonly #open: Database.Statement<[string], StepRow>;
  readonly #about: Database.Statement<[string, string], StepRow>;

  constructor(database: Database.Database, commit: Commit) {
    this.#commit = commit;
    this.#insert = database.prepare(
      "INSERT INTO step (id, kind, number, subject, state, detail) VALUES (?, ?, ?, ?, 'due', ?)",
    );
    this.#update = database.prepare('UPDATE step SET state = ?, detail = ? WHERE id = ?');
    this.#next = database.prepare(
      'SELECT coalesce(max(number), 0) + 1 AS number FROM step WHERE kind = ?',
    );
    const columns = 'SELECT id, kind, number, subject, state, detail FROM step';
    this.#byId = database.prepare(`${columns} WHERE id = ?`);
    // The words of the condition are those of the partial index, or SQLite would not use it.
    this.#open = database.prepare(
      `${columns} WHERE kind = ? AND state IN ('due', 'started', 'unknown') ORDER BY number`,
    );
    this.#about = database.prepare(`${columns} WHERE subject = ? AND kind = ? ORDER BY number`);
  }

  /** A new step in state `due`, with the next number of its kind. */
  plan(kind: string, subject: string | null, detail: Readonly<Record<string, unknown>> = {}): Step {
    const id = randomUUID();
    const text = detailText(detail);
    return this.#commit(() => {
      const number = this.#next.get(kind)?.number ?? 1;
      this.#insert.run(id, kind, number, subject, text);
      return { id, kind, number, subject, state: 'due', detail: JSON.parse(text) };
    });
  }

  /**
   * Moves a step on; members of `detail` are added to those that it has, or replace them. Throws a
   * StepError, having changed nothing, when the step can't go there from where it is now: also when
   * another process has just moved it.
   */
  move(id: string, state: StepState, detail: Readonly<Record<string, unknown>> = {}): Step {
    return this.#commit(() => {
      const step = this.find(id);
      if (step === null) throw new StepError('no-such-step', `there is no step ${id}`);
      if (!NEXT[step.state].includes(state)) {
        const what = `step ${step.kind} ${step.number} is ${step.state}`;
        throw new StepError('illegal-transition', `${what} and can't become ${state}`);
      }
      const text = detailText({ ...step.detail, ...detail });
      this.#update.run(state, text, id);
      return { ...step, state, detail: JSON.parse(text) };
    });
  }

  /** Adds to what a step knows, which stays in its state. Throws a StepError when there is no such step. */
  note(id: string, detail: Readonly<Record<string, unknown>>): void {
    this.#commit(() => {
      const step = this.find(id);
      if (step === null) throw new StepError('no-such-step', `there is no step ${id}`);
      this.#update.run(step.state, detailText({ ...step.detail, ...detail }), id);
    });
  }

  /** The steps of a kind that still ask for something: due, started or unknown, by number. */
  open(kind: string): Step[] {
    return this.#open.all(kind).map(stepOf);
  }

  /** Every step of a kind about a subject, by number. */
  about(kind: string, subject: string): Step[] {
    return this.#about.all(subject, kind).map(stepOf);
  }

  find(id: string): Step | null {
    const row = this.#byId.get(id);
    return row === undefined ? null : stepOf(row);
  }
}

function stepOf(row: StepRow): Step {
  return { ...row, detail: JSON.parse(row.detail) };
}

function detailText(detail: Readonly<Record<string, unknown>>): string {
  const text = JSON.stringify(detail);
  if (Buffer.byteLength(text) > DETAIL_BYTES) {
    throw new RangeError(`the detail of a step is over ${DETAIL_BYTES} bytes`);
  }
  return text;
}
