/** What the ledger's file gains with the removal of old facts. */

/** `upto`, `hash`: the last of the facts that were removed, as far as they are a chain; the first that is left continues it. */
export const RETENTION_TABLES = `
  CREATE TABLE pruned (
    one INTEGER PRIMARY KEY CHECK (one = 1), upto INTEGER NOT NULL, hash TEXT NOT NULL) STRICT;`;

export const PRUNED = 'SELECT upto AS seq, hash FROM pruned';
