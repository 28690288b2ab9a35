/**
 * evacuation.db: what the municipality keeps for the day on which people have to leave. A file apart from facts, so that a clerk who
 * looks holds up no terminal. Each table belongs to the module that is named with it.
 */

import { openDatabase, type SqliteDatabase } from '../database.ts';

const SCHEMA = `
CREATE TABLE IF NOT EXISTS resident ( -- residents.ts
  number TEXT PRIMARY KEY, -- in the municipality's register
  ref TEXT NOT NULL UNIQUE, -- 32 hex characters; stays through every import
  certificate TEXT UNIQUE, -- SHA-256 of its DER, hex; null: no card, or none known
  name TEXT NOT NULL, kana TEXT NOT NULL, born TEXT NOT NULL,
  district TEXT NOT NULL, address TEXT NOT NULL, household TEXT NOT NULL,
  needs TEXT NOT NULL, -- names of domain/evacuation.ts, with spaces
  support TEXT NOT NULL,
  protected INTEGER NOT NULL,
  gone INTEGER NOT NULL -- 1: in the register no more; kept, so that whoever comes back has the same ref
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS municipality ( -- residents.ts: whose register, page and clerks these are
  one INTEGER PRIMARY KEY CHECK (one = 1), code TEXT NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS revision ( -- here: rises whenever what the counts are made of is another
  one INTEGER PRIMARY KEY CHECK (one = 1), number INTEGER NOT NULL
) STRICT;
INSERT OR IGNORE INTO revision VALUES (1, 0);
CREATE TABLE IF NOT EXISTS incident ( -- town/incidents.ts: since when facts count; the newest
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  since INTEGER NOT NULL, by TEXT NOT NULL, at INTEGER NOT NULL -- ms since the epoch, as are all times here
) STRICT;
CREATE TABLE IF NOT EXISTS assignment ( -- town/assignments.ts: who looks after somebody; the newest counts
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  ref TEXT NOT NULL, who TEXT NOT NULL, by TEXT NOT NULL, at INTEGER NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS reconciled ( -- town/reconciling.ts: who an arrival without a row was
  key TEXT PRIMARY KEY, -- terminal, epoch and number of its fact, or shelter and mark
  ref TEXT NOT NULL, by TEXT NOT NULL, at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS clerk ( -- town/clerks.ts
  name TEXT PRIMARY KEY, role TEXT NOT NULL, password TEXT NOT NULL, -- scrypt$N$r$p$salt$hash
  tries INTEGER NOT NULL DEFAULT 0, -- wrong ones in a row
  closed_until INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS access ( -- town/access-log.ts: who looked at what; never changed, never deleted here
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  at INTEGER NOT NULL, clerk TEXT NOT NULL, what TEXT NOT NULL,
  detail TEXT NOT NULL -- JSON: reference ids, filters, counts; no name
) STRICT;
`;

/** Whoever counts looks again. In the transaction of what has changed. */
export function raiseRevision(db: SqliteDatabase): void {
  db.prepare('UPDATE revision SET number = number + 1').run();
}

export function revisionOf(db: SqliteDatabase): number {
  return Number(db.prepare('SELECT number FROM revision').pluck().get());
}

export function openEvacuationDatabase(directory: string): SqliteDatabase {
  return openDatabase(directory, 'evacuation.db', SCHEMA, 2);
}
