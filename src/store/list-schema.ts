/** The shape of a list file: shared by the worker that writes it and the reader. */

/** "KZL1" in SQLite's application_id: what an entry list's file is recognised by. */
export const LIST_FILE_MARK = 0x4b_5a_4c_31;

/**
 * WITHOUT ROWID: the rows arrive in key order and are looked up by key alone; measured at 0.6 of
 * the size of a rowid table with an index. `head` is written last: a file without it is not whole.
 */
export const LIST_FILE_SCHEMA = `
  CREATE TABLE head (
    one INTEGER PRIMARY KEY CHECK (one = 1), root TEXT NOT NULL, manifest TEXT NOT NULL) STRICT;
  CREATE TABLE entry (
    key BLOB PRIMARY KEY, ref BLOB NOT NULL, sealed BLOB NOT NULL) STRICT, WITHOUT ROWID;`;
