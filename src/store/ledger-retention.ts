/**
 * Old facts leave the ledger once the platform holds them. What they were continued by can still be verified: the number and
 * hash of the last of them stay. Facts that still decide something stay too, behind that point and no part of the chain
 * any more; they leave when nothing asks for them.
 */

import { hash } from 'node:crypto';
import type Database from 'better-sqlite3';
import { BEGINNING, type ChainEnd, type FactText, factOf } from './fact-chain.ts';
import type { LedgerFile } from './ledger-file.ts';
import { PRUNED } from './ledger-tables.ts';

/** Software that knows no such ledger would take it for damaged. */
const LEAST_SCHEMA = '4';
/** In one transaction, for which a tap may have to wait. */
const FACTS_AT_ONCE = 200;

export interface PruneOrder {
  /** Facts from then on stay. ISO 8601. */
  readonly before: string;
  /** Whether what is known of this subject still decides something. */
  readonly decides: (subject: string) => boolean;
}

/** `upto`, `hash`: the last fact of the chain that was removed or set behind it. */
export interface Pruned {
  readonly upto: number;
  readonly hash: string;
  /** How many facts are gone. */
  readonly count: number;
}

export class LedgerRetention {
  readonly #file: LedgerFile;
  readonly #sql: ReturnType<typeof prepare>;

  constructor(file: LedgerFile) {
    this.#file = file;
    this.#sql = prepare(file.database);
  }

  /** What the first fact of the chain continues. */
  get end(): ChainEnd {
    return this.#sql.end.get() ?? BEGINNING;
  }

  /** Inside a transaction. Only facts up to `last` may leave. Null: none is due. */
  prune(order: PruneOrder, last: number): Pruned | null {
    const stays = this.#staysBy(order);
    const due = this.#sql.next.all(this.end.seq, last, FACTS_AT_ONCE);
    const young = due.findIndex((row) => factOf(row).at >= order.before);
    const old = young < 0 ? due : due.slice(0, young);
    const newest = old.at(-1);
    if (newest === undefined) return this.#pruneKept(stays);
    const leaving = old.filter(({ subject }) => subject === null || !stays(subject));
    this.#remove(leaving);
    const end = { upto: newest.seq, hash: hash('sha256', newest.text) };
    this.#sql.move.run(end.upto, end.hash);
    if (Number(this.#file.meta('least_schema')) < Number(LEAST_SCHEMA)) {
      this.#file.setMeta('least_schema', LEAST_SCHEMA);
    }
    return { ...end, count: leaving.length };
  }

  clearRemains(): boolean {
    const [said] = this.#file.database.pragma('wal_checkpoint(TRUNCATE)') as { busy: number }[];
    return said?.busy === 0;
  }

  /** What once decided something, and does no more. */
  #pruneKept(stays: (subject: string) => boolean): Pruned | null {
    const { seq, hash: last } = this.end;
    const over = this.#sql.keptSubjects.all(seq).filter(({ subject }) => !stays(subject));
    const leaving = over
      .slice(0, FACTS_AT_ONCE)
      .flatMap(({ subject }) => this.#sql.keptAbout.all(subject, seq));
    if (leaving.length === 0) return null;
    this.#remove(leaving);
    return { upto: seq, hash: last, count: leaving.length };
  }

  #staysBy({ decides }: PruneOrder): (subject: string) => boolean {
    const known = new Map<string, boolean>();
    return (subject) => {
      const stays =
        known.get(subject) ?? (decides(subject) || this.#sql.openStep.get(subject) !== undefined);
      known.set(subject, stays);
      return stays;
    };
  }

  /** With the steps of which nothing else is known any more. */
  #remove(facts: readonly { readonly seq: number; readonly subject: string | null }[]): void {
    for (const { seq } of facts) this.#sql.remove.run(seq);
    for (const subject of new Set(facts.flatMap((fact) => fact.subject ?? []))) {
      this.#sql.removeSteps.run(subject);
    }
  }
}

type Due = FactText & { readonly subject: string | null };

function prepare(database: Database.Database) {
  return {
    end: database.prepare<[], ChainEnd>(PRUNED),
    move: database.prepare<[number, string]>(
      `INSERT INTO pruned (one, upto, hash) VALUES (1, ?, ?)
       ON CONFLICT DO UPDATE SET upto = excluded.upto, hash = excluded.hash`,
    ),
    next: database.prepare<[number, number, number], Due>(
      'SELECT seq, text, subject FROM fact WHERE seq > ? AND seq <= ? ORDER BY seq LIMIT ?',
    ),
    keptSubjects: database.prepare<[number], { subject: string }>(
      'SELECT DISTINCT subject FROM fact WHERE seq <= ? AND subject IS NOT NULL',
    ),
    keptAbout: database.prepare<[string, number], Due>(
      'SELECT seq, text, subject FROM fact WHERE subject = ? AND seq <= ?',
    ),
    openStep: database.prepare<[string], unknown>(
      `SELECT 1 FROM step WHERE subject = ? AND state IN ('due', 'started', 'unknown')`,
    ),
    remove: database.prepare<[number]>('DELETE FROM fact WHERE seq = ?'),
    // The last number of a kind stays, so that none is given twice.
    removeSteps: database.prepare<[string]>(
      `DELETE FROM step WHERE subject = ? AND state IN ('done', 'failed', 'settled')
         AND number < (SELECT max(number) FROM step other WHERE other.kind = step.kind)
         AND NOT EXISTS (SELECT 1 FROM fact WHERE fact.subject = step.subject)`,
    ),
  };
}
