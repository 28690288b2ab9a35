/**
 * centre.db: what the certificate centre keeps. A file apart from facts and lists, so that documents on their way hold up
 * neither. Each table belongs to the module that is named with it.
 */

import { openDatabase, type SqliteDatabase } from '../database.ts';

const SCHEMA = `
CREATE TABLE IF NOT EXISTS issue ( -- issues.ts
  request TEXT PRIMARY KEY, terminal TEXT NOT NULL,
  certificate TEXT NOT NULL, -- SHA-256 of its DER, as are all below
  question TEXT NOT NULL, -- SHA-256 over what was asked, by whom and where
  municipality TEXT NOT NULL, document TEXT NOT NULL, option TEXT NOT NULL, copies INTEGER NOT NULL,
  asked INTEGER NOT NULL, -- ms since the epoch, as are all times here
  state TEXT NOT NULL, -- open, issued, refused, printed, voided
  answer TEXT, -- as it was given; null before, and again once the issue has ended
  ended INTEGER, why TEXT, sheets INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS issue_by_terminal ON issue (terminal, asked);
CREATE INDEX IF NOT EXISTS issue_unended ON issue (asked) WHERE state IN ('open', 'issued');
CREATE TABLE IF NOT EXISTS document ( -- issues.ts: sealed, until the issue ends
  sha256 TEXT PRIMARY KEY, request TEXT NOT NULL UNIQUE, bytes BLOB NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS application ( -- applications.ts
  arrival INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE, question TEXT NOT NULL, terminal TEXT NOT NULL, certificate TEXT NOT NULL,
  answer TEXT NOT NULL, received INTEGER NOT NULL,
  state TEXT NOT NULL, -- turned-away (it was none, or could not be taken), pending, accepted, refused
  number TEXT UNIQUE, municipality TEXT, expected TEXT,
  said TEXT, -- JSON: domicile, head, and the applicant as the signing certificate names them
  der BLOB, -- the user-authentication certificate that is to be bound; null once it is decided
  record TEXT, decided INTEGER, decided_by TEXT, why TEXT
) STRICT;
CREATE INDEX IF NOT EXISTS application_by_holder ON application (certificate, arrival);
CREATE TABLE IF NOT EXISTS binding ( -- applications.ts: whose certificate stands for which register record
  certificate TEXT NOT NULL, municipality TEXT NOT NULL, record TEXT NOT NULL, der BLOB NOT NULL,
  application TEXT NOT NULL, at INTEGER NOT NULL, PRIMARY KEY (certificate, municipality)
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS holder ( -- holders.ts: the same, as municipalities know it without an application
  id INTEGER PRIMARY KEY AUTOINCREMENT, record TEXT NOT NULL UNIQUE, der BLOB NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS audit ( -- audit.ts
  id INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL, terminal TEXT NOT NULL, service TEXT NOT NULL,
  certificate TEXT, request TEXT, record TEXT, result TEXT NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS topology ( -- topologies.ts
  terminal TEXT PRIMARY KEY, build TEXT NOT NULL, profile TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS fault ( -- faults.ts
  name TEXT PRIMARY KEY, left INTEGER -- how many times more; null: until it is mended
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS told ( -- endings.ts: requests that their terminal's facts have named
  request TEXT PRIMARY KEY
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS fact_cursor ( -- endings.ts
  one INTEGER PRIMARY KEY CHECK (one = 1), arrival INTEGER NOT NULL
) STRICT;
`;

export function openCentreDatabase(directory: string): SqliteDatabase {
  return openDatabase(directory, 'centre.db', SCHEMA, 1);
}

/** One row of a table, as better-sqlite3 gives it. */
export function only<T>(row: unknown): T | null {
  return (row as T | undefined) ?? null;
}
