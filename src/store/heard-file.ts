/** The file behind what neighbours told: its tables, and how it is asked. */

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';

export const HEARD_FILE = 'heard.db';
/** Of SQLite's `user_version`: another one is another form, and begun anew. */
const FORM = 1;
const BUSY_MS = 5_000;
const TABLES = `
  CREATE TABLE certificate (id INTEGER PRIMARY KEY, der BLOB NOT NULL UNIQUE) STRICT;
  CREATE TABLE fact (
    id INTEGER PRIMARY KEY,
    list TEXT NOT NULL, terminal TEXT NOT NULL, epoch TEXT NOT NULL, seq INTEGER NOT NULL,
    own INTEGER NOT NULL, counts INTEGER NOT NULL, judged INTEGER NOT NULL,
    event TEXT NOT NULL, subject TEXT NOT NULL, number TEXT,
    before TEXT NOT NULL, text TEXT NOT NULL, signature BLOB NOT NULL, certificate INTEGER NOT NULL,
    UNIQUE (list, terminal, epoch, seq)) STRICT;
  CREATE INDEX fact_about ON fact (subject);
  CREATE INDEX fact_of_ticket ON fact (number);
  CREATE INDEX fact_judged ON fact (terminal, event, judged);
  CREATE TABLE held (
    terminal TEXT PRIMARY KEY, why TEXT NOT NULL, at INTEGER NOT NULL) STRICT, WITHOUT ROWID;
  CREATE TABLE released (
    terminal TEXT PRIMARY KEY, after INTEGER NOT NULL, "by" TEXT NOT NULL,
    why TEXT NOT NULL) STRICT, WITHOUT ROWID;`;

const HELD = 'SELECT terminal, why, at FROM held ORDER BY at';

/** Throws what SQLite throws, and for a file of another form. */
export function openHeardFile(path: string): Database.Database {
  const database = new Database(path, { timeout: BUSY_MS });
  try {
    database.pragma('journal_mode = WAL');
    // Nothing here is the only copy.
    database.pragma('synchronous = NORMAL');
    const form = database.pragma('user_version', { simple: true });
    if (form === 0) {
      database.transaction(() => {
        database.exec(TABLES);
        database.pragma(`user_version = ${FORM}`);
      })();
    } else if (form !== FORM) {
      throw new Error('of another form');
    }
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

/** Of whom nothing more is believed, for whoever only looks: nothing is changed. Throws what SQLite throws. */
export function lookAtHeld(directory: string): HeldRow[] {
  const path = join(directory, HEARD_FILE);
  if (!existsSync(path)) return [];
  // As in ledger-inspection.ts: where there is a log, nothing of it may be touched.
  const readonly = existsSync(`${path}-wal`);
  const database = new Database(path, { readonly, fileMustExist: true, timeout: BUSY_MS });
  try {
    database.pragma('query_only = ON');
    if (database.pragma('user_version', { simple: true }) !== FORM) return [];
    return database.prepare<[], HeldRow>(HELD).all();
  } finally {
    database.close();
  }
}

interface ReleaseRow {
  readonly by: string;
  readonly why: string;
}
interface Row {
  readonly seq: number;
  readonly before: string;
  readonly text: string;
  readonly signature: Buffer;
  readonly certificate: number;
}
interface StreamRow {
  readonly list: string;
  readonly terminal: string;
  readonly epoch: string;
  readonly upto: number;
  readonly judged: number;
}
export interface HeldRow {
  readonly terminal: string;
  readonly why: string;
  readonly at: number;
}
type Text = { readonly text: string };
type Count = { readonly count: number };

export function prepareHeard(database: Database.Database) {
  return {
    rows: database.prepare<[], Count>('SELECT count(*) count FROM fact'),
    // The newest are found in the index alone.
    streams: database.prepare<[], StreamRow & Text>(
      `SELECT list, terminal, epoch, seq upto, judged, text FROM
       (SELECT list, terminal, epoch, max(seq) seq FROM fact GROUP BY list, terminal, epoch)
       JOIN fact USING (list, terminal, epoch, seq)`,
    ),
    // 0: heard alone; 1: with this terminal's own.
    about: database.prepare<[string, 0 | 1], Text>(
      'SELECT text FROM fact WHERE subject = ? AND own <= ? AND counts = 1 ORDER BY id',
    ),
    told: database.prepare<[string, number, number], Text & { id: number }>(
      'SELECT id, text FROM fact WHERE list = ? AND counts = 1 AND id > ? ORDER BY id LIMIT ?',
    ),
    ofTicket: database.prepare<[string], Text>(
      'SELECT text FROM fact WHERE number = ? AND own = 0 AND counts = 1 ORDER BY id',
    ),
    after: database.prepare<[string, string, string, number, number], Row>(
      `SELECT seq, before, text, signature, certificate FROM fact
       WHERE list = ? AND terminal = ? AND epoch = ? AND seq > ? ORDER BY seq LIMIT ?`,
    ),
    text: database.prepare<[string, string, string, number], Text>(
      'SELECT text FROM fact WHERE list = ? AND terminal = ? AND epoch = ? AND seq = ?',
    ),
    addCertificate: database.prepare<[Buffer]>(
      'INSERT INTO certificate (der) VALUES (?) ON CONFLICT DO NOTHING',
    ),
    certificateId: database.prepare<[Buffer], { id: number }>(
      'SELECT id FROM certificate WHERE der = ?',
    ),
    certificate: database.prepare<[number], { der: Buffer }>(
      'SELECT der FROM certificate WHERE id = ?',
    ),
    insert: database.prepare(
      `INSERT INTO fact (list, terminal, epoch, seq, own, counts, judged, event, subject, number,
       before, text, signature, certificate) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    ),
    own: database.prepare<[string, string, string], { seq: number } & Text>(
      `SELECT seq, text FROM fact
       WHERE list = ? AND terminal = ? AND epoch = ? AND own = 1 ORDER BY seq`,
    ),
    disown: database.prepare<[string, string, string, number]>(
      'UPDATE fact SET own = 0 WHERE list = ? AND terminal = ? AND epoch = ? AND seq = ?',
    ),
    count: database.prepare<[string, string, number, number, string], Count>(
      `SELECT count(*) count FROM fact
       WHERE terminal = ? AND event = ? AND judged > ? AND judged <= ?
       AND id > coalesce((SELECT after FROM released WHERE terminal = ?), 0)`,
    ),
    hold: database.prepare<[string, string, number]>(
      'INSERT INTO held (terminal, why, at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING',
    ),
    held: database.prepare<[], HeldRow>(HELD),
    isHeld: database.prepare<[string]>('SELECT 1 FROM held WHERE terminal = ?'),
    unhold: database.prepare<[string]>('DELETE FROM held WHERE terminal = ?'),
    releaseAfter: database.prepare<[string, string, string]>(
      `INSERT OR REPLACE INTO released (terminal, after, "by", why)
       VALUES (?, (SELECT coalesce(max(id), 0) FROM fact), ?, ?)`,
    ),
    released: database.prepare<[string], ReleaseRow>(
      'SELECT "by", why FROM released WHERE terminal = ?',
    ),
    forget: database.prepare<[string]>(
      'DELETE FROM fact WHERE list NOT IN (SELECT value FROM json_each(?))',
    ),
  };
}
