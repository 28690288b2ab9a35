/**
 * The facts of a terminal that does not run any more, from what is left of its ledger. Nothing in the folder is touched: what
 * is read is a copy, in which SQLite leaves aside what a power cut tore at the end of the write-ahead log.
 */

import { hash } from 'node:crypto';
import { copyFileSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import type { Fact } from '../domain/fact.ts';
import { codeOf } from './disk.ts';
import { BEGINNING, type ChainEnd, type FactText, factOf, flawOf } from './fact-chain.ts';
import { EARLIER_EPOCHS, type EarlierEpoch } from './ledger-epochs.ts';
import { LedgerFile } from './ledger-file.ts';
import { PRUNED } from './ledger-tables.ts';

/** A damaged index may name any number as the newest. */
const LOST_TRIES = 1_000;

export interface Rescued {
  /** Null: not one fact could be read. */
  readonly terminal: string | null;
  /** Those that the platform may not hold, by number, with their epoch. */
  readonly facts: readonly (FactText & { readonly epoch: string })[];
  /** The last fact that can be read without a gap before it; 0: none. */
  readonly upto: number;
  /** Why none behind it can, and the newest number that is known there. */
  readonly damage: { readonly why: string; readonly newest: number | null } | null;
}

/**
 * `workspace`: a folder for the copy, which is left there. `all`: also what the platform has acknowledged. Null where there is
 * no ledger. Throws what the file system throws.
 */
export function rescueFacts(directory: string, workspace: string, all: boolean): Rescued | null {
  if (!LedgerFile.isIn(directory)) return null;
  const copy = join(workspace, 'ledger.db');
  copyFileSync(LedgerFile.pathIn(directory), copy);
  const log = `${LedgerFile.pathIn(directory)}-wal`;
  if (existsSync(log)) copyFileSync(log, `${copy}-wal`);
  const database = new Database(copy);
  try {
    return read(database, all);
  } finally {
    database.close();
  }
}

function read(database: Database.Database, all: boolean): Rescued {
  const told = all ? NOTHING_TOLD : toldIn(database);
  const pruned = attempt(() => database.prepare<[], ChainEnd>(PRUNED).get()).value ?? BEGINNING;
  const facts: (FactText & { epoch: string })[] = [];
  let { terminal, last } = beginningAt(database, told.upto > pruned.seq ? told.upto : pruned);
  for (;;) {
    const next = attempt(() => factAt(database, last.seq + 1));
    const row = next.value ?? null;
    const flaw = row === null ? next.why : flawIn(row, last, terminal);
    if (row === null || flaw !== null) {
      return { terminal, facts, upto: last.seq, damage: damageAt(database, last.seq, flaw) };
    }
    const fact = factOf(row);
    terminal = fact.terminal;
    if (!told.has(fact)) facts.push({ ...row, epoch: fact.epoch });
    last = { seq: row.seq, hash: hash('sha256', row.text) };
  }
}

/** What the facts behind `at` continue, as far as it can be read. */
function beginningAt(
  database: Database.Database,
  at: number | ChainEnd,
): { terminal: string | null; last: { seq: number; hash: string | null } } {
  const terminal = attempt(() => metaOf(database, 'terminal')).value ?? null;
  if (typeof at !== 'number') return { terminal, last: at };
  const row = attempt(() => factAt(database, at)).value ?? null;
  return { terminal, last: { seq: at, hash: row === null ? null : hash('sha256', row.text) } };
}

function flawIn(
  row: FactText,
  last: { readonly seq: number; readonly hash: string | null },
  terminal: string | null,
): string | null {
  const said = attempt(() => factOf(row)).value;
  if (typeof said?.epoch !== 'string' || typeof said.terminal !== 'string') {
    return `fact ${row.seq} is not JSON`;
  }
  // Each line of the file is one fact.
  if (row.text.includes('\n')) return `fact ${row.seq} is not as it was written`;
  const { epoch } = said;
  return flawOf(row, last, { terminal: terminal ?? said.terminal, epochOf: () => epoch });
}

/** Null when nothing is missing behind the fact `upto`. */
function damageAt(
  database: Database.Database,
  upto: number,
  why: string | null,
): Rescued['damage'] {
  const newest = attempt(() => newestIn(database) ?? 0);
  // The last ones may all have been told and be gone.
  if (why === null && newest.why === null && (newest.value ?? 0) <= upto) return null;
  const reason = why ?? newest.why ?? `fact ${upto + 1} is missing`;
  return { why: reason, newest: newest.value ?? newestBehind(database, upto) };
}

/** Where the end of the table can't be read, the facts next to the damage may. */
function newestBehind(database: Database.Database, upto: number): number | null {
  for (let seq = upto + LOST_TRIES; seq > upto; seq -= 1) {
    if (attempt(() => factAt(database, seq)).value) return seq;
  }
  return null;
}

interface Told {
  /** The platform has all up to here, of every epoch. */
  readonly upto: number;
  readonly has: (fact: Fact) => boolean;
}

const NOTHING_TOLD: Told = { upto: 0, has: () => false };

/** Of damage nothing is known: facts are told twice rather than never. */
function toldIn(database: Database.Database): Told {
  const acknowledged = attempt(() => Number(metaOf(database, 'acknowledged') ?? 0)).value;
  if (acknowledged === undefined) return NOTHING_TOLD;
  // None where older software made the ledger and nobody has opened it since.
  const epochs =
    attempt(() => database.prepare<[], EarlierEpoch>(EARLIER_EPOCHS).all()).value ?? [];
  const earlier = new Map(epochs.map((one) => [one.epoch, one.acknowledged]));
  const place = epochs.findIndex((one) => one.acknowledged < one.upto);
  const untold = epochs[place];
  const base = epochs[place - 1]?.upto ?? 0;
  const upto = untold === undefined ? acknowledged : Math.max(base, untold.acknowledged);
  return { upto, has: ({ epoch, seq }) => seq <= (earlier.get(epoch) ?? acknowledged) };
}

function metaOf(database: Database.Database, key: string): string | undefined {
  const select = database.prepare<[string], { value: string }>(
    'SELECT value FROM meta WHERE key = ?',
  );
  return select.get(key)?.value;
}

function newestIn(database: Database.Database): number | null {
  const select = database.prepare<[], { seq: number | null }>('SELECT max(seq) AS seq FROM fact');
  return select.get()?.seq ?? null;
}

function factAt(database: Database.Database, seq: number): FactText | null {
  const select = database.prepare<[number], FactText>('SELECT seq, text FROM fact WHERE seq = ?');
  return select.get(seq) ?? null;
}

/** What SQLite finds damaged is a reason, and no end of the work. */
function attempt<T>(work: () => T): { readonly value?: T; readonly why: string | null } {
  try {
    return { value: work(), why: null };
  } catch (error) {
    if (error instanceof SyntaxError) return { why: 'not JSON' };
    if (!codeOf(error).startsWith('SQLITE_')) throw error;
    return { why: `it can't be read: ${codeOf(error)}` };
  }
}
