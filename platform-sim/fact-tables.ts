/** The tables of facts.db. A file of an earlier version gets those that it lacks. */

export const SCHEMA_VERSION = 2;

export const SCHEMA = `
CREATE TABLE IF NOT EXISTS stream (
  id INTEGER PRIMARY KEY,
  terminal TEXT NOT NULL, epoch TEXT NOT NULL,
  upto INTEGER NOT NULL, hash TEXT NOT NULL,
  boot INTEGER NOT NULL, software TEXT NOT NULL,
  first_seen TEXT NOT NULL, last_seen TEXT NOT NULL,
  UNIQUE (terminal, epoch)
) STRICT;
CREATE TABLE IF NOT EXISTS fact (
  arrival INTEGER PRIMARY KEY AUTOINCREMENT,
  stream INTEGER NOT NULL REFERENCES stream (id), seq INTEGER NOT NULL,
  hash TEXT NOT NULL, event TEXT NOT NULL, received TEXT NOT NULL, json TEXT NOT NULL,
  UNIQUE (stream, seq)
) STRICT;
CREATE TABLE IF NOT EXISTS quarantine (
  arrival INTEGER PRIMARY KEY AUTOINCREMENT,
  stream INTEGER NOT NULL REFERENCES stream (id), seq INTEGER NOT NULL,
  hash TEXT NOT NULL, received TEXT NOT NULL, json TEXT NOT NULL,
  UNIQUE (stream, seq, hash)
) STRICT;
CREATE TABLE IF NOT EXISTS flag (
  stream INTEGER NOT NULL REFERENCES stream (id), why TEXT NOT NULL, since TEXT NOT NULL,
  PRIMARY KEY (stream, why)
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS clock (
  stream INTEGER NOT NULL REFERENCES stream (id), boot INTEGER NOT NULL, origin INTEGER NOT NULL,
  PRIMARY KEY (stream, boot)
) STRICT, WITHOUT ROWID;
-- When the platform's clock stood how, as a terminal's of that boot stood at mono: clock-samples.ts. One an hour.
CREATE TABLE IF NOT EXISTS clock_sample (
  stream INTEGER NOT NULL REFERENCES stream (id), boot INTEGER NOT NULL, hour INTEGER NOT NULL,
  mono REAL NOT NULL, earliest INTEGER, latest INTEGER NOT NULL,
  PRIMARY KEY (stream, boot, hour)
) STRICT, WITHOUT ROWID;
-- Epochs that another one has taken the place of: their terminal speaks in them no more.
CREATE TABLE IF NOT EXISTS succeeded (
  stream INTEGER PRIMARY KEY REFERENCES stream (id)
) STRICT;
CREATE TABLE IF NOT EXISTS own (id TEXT PRIMARY KEY, seq INTEGER NOT NULL) STRICT, WITHOUT ROWID;
`;
