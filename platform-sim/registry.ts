/**
 * lists.db: what the platform publishes (entry lists, trust) and the signed objects of it. A file apart from the
 * facts, so that importing a million rows never holds up the commit of a fact.
 *
 * A version is made in three steps: compute, sign, commit if nobody else was faster (`publish`).
 */

import { createHash } from 'node:crypto';
import type { EventName } from '../src/domain/events.ts';
import { changeMark, openDatabase, type SqliteDatabase } from './database.ts';

/** So many older versions stay fetchable, for a terminal that is in the middle of a download. */
const VERSIONS_KEPT = 8;

const SCHEMA = `
CREATE TABLE IF NOT EXISTS publication (
  list TEXT PRIMARY KEY, kind TEXT NOT NULL, version INTEGER NOT NULL,
  root TEXT NOT NULL, manifest TEXT NOT NULL, statement TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS object (
  id INTEGER PRIMARY KEY, sha256 TEXT NOT NULL UNIQUE, bytes BLOB NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS version_object (
  list TEXT NOT NULL, version INTEGER NOT NULL, part INTEGER NOT NULL, sha256 TEXT NOT NULL,
  PRIMARY KEY (list, version, part)
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS entry_list (
  list TEXT PRIMARY KEY, key BLOB NOT NULL, prefix_bits INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS entry_row (
  list TEXT NOT NULL, ticket TEXT NOT NULL, ref TEXT NOT NULL,
  certificate TEXT NOT NULL, -- SHA-256 of its DER; the certificate itself is kept nowhere
  seat TEXT NOT NULL, holder TEXT NOT NULL, party TEXT NOT NULL,
  cancelled_at TEXT,
  listed INTEGER NOT NULL, -- 0 once a later import left the ticket out
  PRIMARY KEY (list, ticket)
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS entry_row_evacuee ( -- what rows of residents say besides, as JSON
  list TEXT NOT NULL, ticket TEXT NOT NULL, said TEXT NOT NULL,
  PRIMARY KEY (list, ticket)
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS renewal ( -- both by SHA-256 of their DER
  old TEXT PRIMARY KEY, new TEXT NOT NULL UNIQUE, at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS anchor (
  id INTEGER PRIMARY KEY, sha256 TEXT NOT NULL UNIQUE, issuer_key TEXT NOT NULL, der BLOB NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS revocation_list (
  issuer_key TEXT NOT NULL, number TEXT NOT NULL,
  base TEXT, -- of a delta: the number of the full list that it builds on
  users_only INTEGER NOT NULL, this_update TEXT NOT NULL, next_update TEXT NOT NULL,
  sha256 TEXT NOT NULL, der BLOB NOT NULL
) STRICT;
CREATE UNIQUE INDEX IF NOT EXISTS one_of_each_kind ON revocation_list (issuer_key, base IS NULL);
CREATE TABLE IF NOT EXISTS institution (
  added INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, certificate BLOB NOT NULL,
  key BLOB NOT NULL, -- PKCS#8
  revoked_at TEXT
) STRICT;
CREATE TABLE IF NOT EXISTS command (
  added INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, issuer TEXT NOT NULL, number INTEGER NOT NULL,
  target TEXT NOT NULL, does TEXT NOT NULL, issued_at TEXT NOT NULL, expires TEXT NOT NULL,
  signed BLOB NOT NULL, UNIQUE (issuer, number)
) STRICT;
CREATE TABLE IF NOT EXISTS announcement (
  id TEXT PRIMARY KEY, event TEXT NOT NULL, subject TEXT NOT NULL, body TEXT NOT NULL, at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
`;

/** In SQLite's temporary file, which this connection alone sees and which ends with it. */
const ASIDE = `
CREATE TEMP TABLE aside (id INTEGER PRIMARY KEY, sha256 TEXT NOT NULL UNIQUE, bytes BLOB NOT NULL) STRICT;
`;

export type PublicationKind = 'entry-list' | 'trust' | 'institution';

/** The newest version of a list. Hashes in hex. */
export interface Publication {
  readonly list: string;
  readonly kind: PublicationKind;
  readonly version: number;
  readonly root: string;
  /** JSON text of the manifest. */
  readonly manifest: string;
  /** SHA-256 of the signed manifest, which is an object. */
  readonly statement: string;
}

export interface NewPublication extends Omit<Publication, 'statement'> {
  /** CMS SignedData over `manifest`. */
  readonly signed: Buffer;
  /** The version's objects by part: the chunks of a list by key prefix and its delta, the certificates and CRLs of trust. */
  readonly parts: readonly Part[];
}

export interface Part {
  readonly part: number;
  readonly sha256: string;
  /** Absent when the object is already stored, or set aside. */
  readonly bytes?: Buffer;
}

export type WholePart = Required<Part>;

/** A fact of the platform itself that is to be told once a version is out; `body` is JSON. */
export interface Announcement {
  readonly id: string;
  readonly event: EventName;
  readonly subject: string;
  readonly body: string;
  readonly at: number;
}

/** Part number of the signed manifest itself. */
const STATEMENT_PART = -1;
/** Part number of what changed since the version before. */
export const DELTA_PART = -2;

export class Registry {
  /** For the modules that keep their own tables here: entry-lists.ts, trust.ts and institutions.ts. */
  readonly db: SqliteDatabase;

  /** Opens or creates lists.db in `directory`. */
  constructor(directory: string) {
    this.db = openDatabase(directory, 'lists.db', SCHEMA, 3);
    this.db.exec(ASIDE);
  }

  publications(): Publication[] {
    return this.db.prepare('SELECT * FROM publication ORDER BY list').all() as Publication[];
  }

  publication(list: string): Publication | undefined {
    const select = this.db.prepare('SELECT * FROM publication WHERE list = ?');
    return select.get(list) as Publication | undefined;
  }

  /** The list key: 32 bytes; undefined when `list` is no entry list. */
  listKey(list: string): Buffer | undefined {
    const select = this.db.prepare('SELECT key FROM entry_list WHERE list = ?').pluck();
    return select.get(list) as Buffer | undefined;
  }

  object(sha256: string): Buffer | undefined {
    const select = this.db.prepare('SELECT bytes FROM object WHERE sha256 = ?').pluck();
    return select.get(sha256) as Buffer | undefined;
  }

  /** The parts of a version, without their bytes, in order. */
  parts(list: string, version: number): Part[] {
    const select = this.db.prepare(
      `SELECT part, sha256 FROM version_object
       WHERE list = ? AND version = ? AND part >= 0 ORDER BY part`,
    );
    return select.all(list, version) as Part[];
  }

  /** Takes the bytes of a part of the next version out of memory, until `publish` is asked for that version. */
  setAside({ part, sha256, bytes }: WholePart): Part {
    const add = 'INSERT INTO temp.aside (sha256, bytes) VALUES (?, ?) ON CONFLICT DO NOTHING';
    this.db.prepare(add).run(sha256, bytes);
    return { part, sha256 };
  }

  /**
   * Commits a version together with what `alongside` writes, if it continues the version that is held.
   * Returns false, with nothing changed, when another process published in the meantime.
   */
  publish(next: NewPublication, alongside: () => void): boolean {
    const published = this.#commit(next, alongside);
    const forget = this.db.prepare('DELETE FROM temp.aside WHERE sha256 = ?');
    for (const { sha256 } of next.parts) forget.run(sha256);
    return published;
  }

  #commit(next: NewPublication, alongside: () => void): boolean {
    return this.db
      .transaction(() => {
        if ((this.publication(next.list)?.version ?? 0) !== next.version - 1) return false;
        alongside();
        const statement = createHash('sha256').update(next.signed).digest('hex');
        this.#storeParts(next, [
          ...next.parts,
          { part: STATEMENT_PART, sha256: statement, bytes: next.signed },
        ]);
        this.db
          .prepare('INSERT OR REPLACE INTO publication VALUES (?, ?, ?, ?, ?, ?)')
          .run(next.list, next.kind, next.version, next.root, next.manifest, statement);
        this.#forgetOldVersions(next.list, next.version);
        return true;
      })
      .immediate();
  }

  /** Puts the same manifest under a new signature. False, with nothing changed, when another version is the newest. */
  resign({ list, version, statement }: Publication, signed: Buffer): boolean {
    return this.db
      .transaction(() => {
        if (this.publication(list)?.statement !== statement) return false;
        const sha256 = createHash('sha256').update(signed).digest('hex');
        const part = STATEMENT_PART;
        this.db
          .prepare('DELETE FROM version_object WHERE list = ? AND version = ? AND part = ?')
          .run(list, version, part);
        this.#storeParts({ list, version }, [{ part, sha256, bytes: signed }]);
        const update = 'UPDATE publication SET statement = ? WHERE list = ?';
        this.db.prepare(update).run(sha256, list);
        return true;
      })
      .immediate();
  }

  #storeParts(
    { list, version }: Pick<Publication, 'list' | 'version'>,
    parts: readonly Part[],
  ): void {
    const addObject = this.db.prepare(
      'INSERT INTO object (sha256, bytes) VALUES (?, ?) ON CONFLICT DO NOTHING',
    );
    const addFromAside = this.db.prepare(
      `INSERT INTO object (sha256, bytes) SELECT sha256, bytes FROM temp.aside WHERE sha256 = ?
       ON CONFLICT DO NOTHING`,
    );
    const addPart = this.db.prepare('INSERT INTO version_object VALUES (?, ?, ?, ?)');
    for (const { part, sha256, bytes } of parts) {
      if (bytes) addObject.run(sha256, bytes);
      else addFromAside.run(sha256);
      addPart.run(list, version, part, sha256);
    }
  }

  #forgetOldVersions(list: string, version: number): void {
    this.db
      .prepare('DELETE FROM version_object WHERE list = ? AND version <= ?')
      .run(list, version - VERSIONS_KEPT);
    this.db.exec('DELETE FROM object WHERE sha256 NOT IN (SELECT sha256 FROM version_object)');
  }

  announce({ id, event, subject, body, at }: Announcement): void {
    this.db
      .prepare('INSERT INTO announcement VALUES (?, ?, ?, ?, ?)')
      .run(id, event, subject, body, at);
  }

  announcements(): Announcement[] {
    return this.db.prepare('SELECT * FROM announcement ORDER BY at').all() as Announcement[];
  }

  withdrawAnnouncement(id: string): void {
    this.db.prepare('DELETE FROM announcement WHERE id = ?').run(id);
  }

  changeMark(): string {
    return changeMark(this.db);
  }

  close(): void {
    this.db.close();
  }
}
